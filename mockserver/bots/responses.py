"""What those on stage make of a message: who reads it, who reacts to it, and who answers."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from mockserver.bots.context import BotContext, first_name
from mockserver.bots.scenario import Person
from mockserver.resources.conversations import owner_of
from mockserver.storage.collection import Record
from mockserver.storage.world import World

DEEPEST = 3
"""How many answers may follow from one message: then somebody says something else."""

ASKED_BY_NAME = 0.95
REACTS_AFTER = (2, 120)
#: How soon they read, in seconds, where they are awake.
READS_AFTER = (1, 45)


class Listener(NamedTuple):
    """Somebody who hears it."""

    contact_id: str
    person: Person


def hear(company: BotContext, world: World, message: Record, depth: int = 0) -> None:
    """Plan what follows from a message; ``depth`` is how many answers led to it."""
    conversation = world["conversation"].get(message["conversation_id"])
    if conversation is None:
        return
    kind, owner = owner_of(world, conversation)
    listeners = [
        Listener(each, person)
        for each in (owner["contacts"] if kind == "group" else (owner["id"],))
        if each != message["contact"] and (person := company.person(each)) is not None
    ]
    if not listeners or not company.can_listen:
        return
    company.state.heard += 1
    by_user = message["contact"] == world.user_id
    if by_user:
        _plan_read(company, world, message, listeners)
    if depth < DEEPEST:
        _plan_reactions(company, world, message, listeners)
        _plan_answers(company, world, message, listeners, depth)


def _plan_read(
    company: BotContext, world: World, message: Record, listeners: list[Listener]
) -> None:
    """The first who comes by reads it: then it is read."""
    place, n = message["conversation_id"], company.state.heard
    if place in company.state.unread:
        return  # somebody will, or has decided not to
    company.state.unread.add(place)
    found = []
    for who, person in listeners:
        if company.dice.falls(person.reads, "reads", person.username, n):
            after = company.dice.between(READS_AFTER, "read", person.username, n)
            found.append((company.when_awake(person, world.clock.now() + after, n), who))
    if found:
        due, who = min(found)
        company.plan(due, "read", who, place=place)


def _plan_reactions(
    company: BotContext, world: World, message: Record, listeners: list[Listener]
) -> None:
    n, dice = company.state.heard, company.dice
    for who, person in listeners:
        # Of many who hear it, each is less likely to.
        if dice.falls(person.reacts / sqrt(len(listeners)), "reacts", person.username, n):
            after = dice.between(REACTS_AFTER, "reacts.after", person.username, n)
            due = world.clock.now() + after
            if company.is_awake(person, due):
                place, about = message["conversation_id"], message["id"]
                company.plan(due, "react", who, place=place, about=about)


def _plan_answers(
    company: BotContext, world: World, message: Record, listeners: list[Listener], depth: int
) -> None:
    """One of them answers; a question of the user's, two."""
    text, place, n = message["message"], message["conversation_id"], company.state.heard
    question = "?" in text
    folded = text.casefold()
    named = {who for who, _ in listeners if first_name(world, who).casefold() in folded}
    found: list[tuple[int, int, str, Person]] = []
    for who, person in listeners:
        if (who, place) in company.state.busy:
            continue
        chance = person.questions if question else person.anything
        if who in named:
            chance = max(chance, ASKED_BY_NAME)
        elif named:
            chance /= 4
        if company.dice.falls(chance / 2**depth, "answers", person.username, n):
            after = company.dice.between(person.thinks, "thinks", person.username, n)
            found.append((world.clock.now() + after, len(found), who, person))
    most = 2 if question and message["contact"] == world.user_id else 1
    for due, _, who, person in sorted(found)[:most]:
        answer = _answer(company, world, person, message, question)
        due = company.when_awake(person, due + company.typing(answer), n)
        company.state.busy.add((who, place))
        company.plan(
            due, "answer", who, place=place, about=message["id"], text=answer, depth=depth + 1
        )


def _answer(
    company: BotContext, world: World, person: Person, message: Record, question: bool
) -> str:
    """What somebody answers: the first reply that fits, or what they would have said anyway."""
    name, text = first_name(world, message["contact"]), message["message"]
    for place, reply in enumerate(person.replies):
        if reply.fits(text, question):
            return company.next_of(reply.say, f"reply.{place}", person.username, name)
    return company.own_line(person, name)
