"""The queue: strangers come with a problem, wait for the user's answer, thank or give up, and go.

They are contacts like all others, and are deleted a while after they have left; so there are never
more of them than the script says.
"""

from __future__ import annotations

from mockserver.bots.context import BotContext, first_name
from mockserver.bots.scenario import Queue
from mockserver.bots.state import PlannedAction, Stranger
from mockserver.resources.base import key
from mockserver.schema.schema import Draft
from mockserver.storage.collection import Record
from mockserver.storage.world import World

READS_AFTER = (2, 20)
THINKS = (5, 50)
LEAVES_AFTER = (3, 30)
#: What ends it: they say that, and go.
THANKS, GIVES_UP = "thanks", "gives_up"
FOLLOWS, REMINDS, OPENS = "follows", "reminds", "opens"


def arrive(company: BotContext, world: World, deed: PlannedAction) -> None:
    """Somebody new comes in, and types."""
    queue, strangers = _queue(company), company.state.strangers
    if len(strangers) >= queue.most:
        return
    dice, n = company.dice, company.turn("stranger", "")
    name = queue.names[dice.turn(len(queue.names), "stranger.name", "", n)]
    draft = Draft(
        {
            "username": f"{''.join(name.split())}{n + 1}",
            "phone_number": phone_number(company, "stranger", n),
            "display_name": name,
        }
    )
    who = company.others.resources.contacts.create(world, draft)["id"]
    problem = dice.turn(len(queue.problems), "problem", "", n)
    strangers[who] = Stranger(n, problem)
    company.note(world, "arrive", who, world["contact"][who]["conversation_id"])
    opens = queue.problems[problem].opens
    line = opens[dice.number("opens", "", n) % len(opens)]
    _plan_line(company, world, who, OPENS, company.worded(line, _user(world), "opens", "", n), 0)


def hear(company: BotContext, world: World, message: Record) -> None:
    """The user has said something to one of them."""
    conversation = world["conversation"].get(message["conversation_id"])
    who = "" if conversation is None else conversation["contact_id"] or ""
    stranger = company.state.strangers.get(who)
    if stranger is None or stranger.has_left or message["contact"] != world.user_id:
        return
    if not company.can_listen:
        return
    place, dice = message["conversation_id"], company.dice
    stranger = company.state.strangers[who] = stranger._replace(turn=stranger.turn + 1, reminded=0)
    n = stranger.number * 1024 + stranger.turn
    if place not in company.state.unread:
        company.state.unread.add(place)
        after = dice.between(READS_AFTER, "stranger.reads", "", n)
        company.plan(world.clock.now() + after, "read", who, place=place)
    queue = _queue(company)
    follows = queue.problems[stranger.problem].follows
    if stranger.told < len(follows):
        text = company.worded(follows[stranger.told], _user(world), "follows", "", n)
        kind = FOLLOWS
    else:
        text, kind = company.next_of(queue.thanks, THANKS, "", _user(world)), THANKS
    _plan_line(company, world, who, kind, text, dice.between(THINKS, "stranger.thinks", "", n))


def speak(company: BotContext, world: World, deed: PlannedAction) -> None:
    """Say what was typed, unless something came between."""
    stranger = _waiting(company, world, deed)
    if stranger is None:
        return
    said = company.say(world, deed.who, deed.place or None, deed.text)
    if deed.about == FOLLOWS:
        stranger = stranger._replace(told=stranger.told + 1)
    stranger = stranger._replace(turn=stranger.turn + 1)
    company.state.strangers[deed.who] = stranger
    _plan_wait(
        company, world, deed.who, said["conversation_id"], ends=deed.about in (THANKS, GIVES_UP)
    )


def wait(company: BotContext, world: World, deed: PlannedAction) -> None:
    """Nobody has answered for too long."""
    stranger = _waiting(company, world, deed)
    if stranger is None:
        return
    queue, place = _queue(company), deed.place
    if not company.has_place(world, deed.who, place):  # the user has deleted the conversation
        part(company, world, deed)
        return
    if stranger.reminded < len(queue.reminders):
        n = stranger.number * 1024 + stranger.turn
        line = queue.reminders[stranger.reminded]
        company.say(world, deed.who, place, company.worded(line, _user(world), REMINDS, "", n))
        turned = stranger._replace(reminded=stranger.reminded + 1, turn=stranger.turn + 1)
        company.state.strangers[deed.who] = turned
        _plan_wait(company, world, deed.who, place, ends=False)
    else:
        company.say(
            world, deed.who, place, company.next_of(queue.gives_up, GIVES_UP, "", _user(world))
        )
        company.state.strangers[deed.who] = stranger._replace(turn=stranger.turn + 1)
        _plan_wait(company, world, deed.who, place, ends=True)


def part(company: BotContext, world: World, deed: PlannedAction) -> None:
    """Leave; they are deleted later."""
    stranger = company.state.strangers.get(deed.who)
    if stranger is None or deed.who not in world["contact"] or stranger.turn != deed.depth:
        return
    company.state.strangers[deed.who] = stranger._replace(has_left=True)
    company.others.active(world, Draft({"contact": deed.who}))
    company.note(world, "part", deed.who, deed.place)
    after = company.dice.between(_queue(company).forgotten, "forgotten", "", stranger.number)
    company.plan(world.clock.now() + after, "forget", deed.who)


def forget(company: BotContext, world: World, deed: PlannedAction) -> None:
    """Delete one who has left, as the user could."""
    company.state.strangers.pop(deed.who, None)
    contact = world["contact"].get(deed.who)
    if contact is not None:
        for conversation in world["conversation"].find(key("contact_id", deed.who)):
            company.forget_place(conversation["id"])
        company.others.resources.contacts.delete(world, deed.who)
        company.tell(world.clock.now(), "forget", deed.who, contact["conversation_id"], None)


def phone_number(company: BotContext, what: str, n: int) -> str:
    """One of those that are nobody's."""
    return f"1-555-01{company.dice.number('phone', what, n) % 100:02}"


def _queue(company: BotContext) -> Queue:
    queue = company.script.queue
    assert queue is not None, "there are strangers only where there is a queue"
    return queue


def _user(world: World) -> str:
    return first_name(world, world.user_id)


def _waiting(company: BotContext, world: World, deed: PlannedAction) -> Stranger | None:
    """The stranger, if they are there, and still have in mind what they had."""
    stranger = company.state.strangers.get(deed.who)
    if stranger is None or stranger.turn != deed.depth or deed.who not in world["contact"]:
        return None
    return stranger


def _plan_line(
    company: BotContext, world: World, who: str, kind: str, text: str, thinks: int
) -> None:
    turn = company.state.strangers[who].turn
    due = world.clock.now() + thinks + company.typing(text)
    company.plan(due, "speak", who, about=kind, text=text, depth=turn)


def _plan_wait(company: BotContext, world: World, who: str, place: str, *, ends: bool) -> None:
    """What they do if nobody says anything more: go, where that was the end, or remind."""
    stranger, queue = company.state.strangers[who], _queue(company)
    n = stranger.number * 1024 + stranger.turn
    span, act = (LEAVES_AFTER, "part") if ends else (queue.patience, "wait")
    after = company.dice.between(span, act, "", n)
    company.plan(world.clock.now() + after, act, who, place=place, depth=stranger.turn)
