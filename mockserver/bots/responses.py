"""How bots respond to what the user and others do: who reads, reacts to or answers a message."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import NamedTuple

from mockserver.bots import customers
from mockserver.bots.context import BotContext, conversation_name, first_name
from mockserver.bots.script import Person
from mockserver.resources.conversations import owner_of
from mockserver.storage.collection import Record
from mockserver.storage.world import Change, World

MAX_DEPTH = 3
"""How many answers may follow each other before the topic ends."""

ANSWERS_IF_NAMED = 0.95
"""Minimum probability that a person answers a message with their name in it."""

#: Spans in seconds.
REACTS_AFTER = (2, 120)
READS_AFTER = (1, 45)


def on_changes(context: BotContext, world: World, changes: Iterable[Change]) -> None:
    """Add the changes of a request to the transcript, and plan responses to its messages."""
    changes = list(changes)
    deleted_conversations = {
        before["id"]
        for kind, before, after in changes
        if kind == "conversation" and before is not None and after is None
    }
    for kind, before, after in changes:
        match kind, before, after:
            case "message", None, dict():
                _add_message_line(context, world, "message", after, after["message"])
                on_message(context, world, after)
                customers.on_message(context, world, after)
            case "message", dict(), dict():
                _on_message_changed(context, world, before, after)
            case "message", dict(), None:
                if before["conversation_id"] not in deleted_conversations:
                    _add_message_line(context, world, "delete", before)
            case "conversation", dict(), None:
                context.forget_conversation(before["id"])
            case "conversation", dict(), dict():
                if before["last_opened_at"] != after["last_opened_at"]:
                    context.add_line(world, "open", world.user_id, after["id"])
            case "contact", dict(), None:
                context.state.customers.pop(before["id"], None)
                name = before["display_name"] or before["username"]
                context.state.transcript.add(world.clock.now(), "was_deleted", before["id"], name)
            case "group", None, dict():
                context.add_line(world, "create_group", world.user_id, after["conversation_id"])
            case "group", dict(), dict():
                _on_members_changed(context, world, before, after)


def _on_message_changed(context: BotContext, world: World, before: Record, after: Record) -> None:
    if before["message"] != after["message"]:
        _add_message_line(context, world, "edit", after, after["message"])
    old, new = _reactions(before), _reactions(after)
    for action, reactions in (("react", new - old), ("unreact", old - new)):
        for username, reaction in sorted(reactions):
            context.state.transcript.add(
                world.clock.now(),
                action,
                "",
                username,
                conversation_id=after["conversation_id"],
                conversation_name=conversation_name(world, after["conversation_id"]),
                message_id=after["id"],
                text=reaction,
            )


def _on_members_changed(context: BotContext, world: World, before: Record, after: Record) -> None:
    old, new = before["contacts"], after["contacts"]
    joined = [("join", member) for member in new if member not in old]
    left = [("leave", member) for member in old if member not in new and member in world["contact"]]
    for action, member in joined + left:
        context.add_line(world, action, member, after["conversation_id"])


def _add_message_line(
    context: BotContext, world: World, action: str, message: Record, text: str | None = None
) -> None:
    conversation_id = message["conversation_id"]
    context.add_line(world, action, message["contact"], conversation_id, message["id"], text)


def _reactions(message: Record) -> set[tuple[str, str]]:
    return {
        (username, reaction)
        for entry in message["reactions"]
        for reaction, usernames in entry.items()
        for username in usernames
    }


class Listener(NamedTuple):
    """A bot that takes part in the conversation of a message."""

    contact_id: str
    person: Person


def on_message(context: BotContext, world: World, message: Record, depth: int = 0) -> None:
    """Plan responses to a message; ``depth`` is how many answers led to it."""
    conversation = world["conversation"].get(message["conversation_id"])
    if conversation is None:
        return
    kind, owner = owner_of(world, conversation)
    listeners = [
        Listener(contact_id, person)
        for contact_id in (owner["contacts"] if kind == "group" else (owner["id"],))
        if contact_id != message["contact"]
        and (person := context.person_of(contact_id)) is not None
    ]
    if not listeners or not context.has_capacity:
        return
    context.state.heard_count += 1
    if message["contact"] == world.user_id:
        _plan_read(context, world, message, listeners)
    if depth < MAX_DEPTH:
        _plan_reactions(context, world, message, listeners)
        _plan_answers(context, world, message, listeners, depth)


def _plan_read(
    context: BotContext, world: World, message: Record, listeners: list[Listener]
) -> None:
    """Plan that the first listener who would read the message does."""
    conversation_id, n = message["conversation_id"], context.state.heard_count
    if conversation_id in context.state.unread:
        return  # decided with an earlier message
    context.state.unread.add(conversation_id)
    readers = []
    for contact_id, person in listeners:
        if context.random.chance(person.reads, "reads", person.username, n):
            after = context.random.between(READS_AFTER, "read", person.username, n)
            due = context.next_awake(person, world.clock.now() + after, n)
            readers.append((due, contact_id))
    if readers:
        due, contact_id = min(readers)
        context.plan(due, "read", contact_id, conversation_id=conversation_id)


def _plan_reactions(
    context: BotContext, world: World, message: Record, listeners: list[Listener]
) -> None:
    n, random = context.state.heard_count, context.random
    for contact_id, person in listeners:
        # The more listeners, the less likely each of them reacts.
        if random.chance(person.reacts / sqrt(len(listeners)), "reacts", person.username, n):
            after = random.between(REACTS_AFTER, "reacts.after", person.username, n)
            due = world.clock.now() + after
            if context.is_awake(person, due):
                context.plan(
                    due,
                    "react",
                    contact_id,
                    conversation_id=message["conversation_id"],
                    message_id=message["id"],
                )


def _plan_answers(
    context: BotContext, world: World, message: Record, listeners: list[Listener], depth: int
) -> None:
    """Plan at most one answer, or two to a question of the user."""
    text, conversation_id = message["message"], message["conversation_id"]
    n, now = context.state.heard_count, world.clock.now()
    is_question = "?" in text
    folded = text.casefold()
    named = {
        contact_id
        for contact_id, _ in listeners
        if first_name(world, contact_id).casefold() in folded
    }
    planned: list[tuple[int, int, str, Person]] = []
    for contact_id, person in listeners:
        if (contact_id, conversation_id) in context.state.answering:
            continue
        answers = person.answers
        probability = answers.questions if is_question else answers.anything
        if contact_id in named:
            probability = max(probability, ANSWERS_IF_NAMED)
        elif named:
            probability /= 4
        if context.random.chance(probability / 2**depth, "answers", person.username, n):
            after = context.random.between(answers.after_seconds, "thinks", person.username, n)
            planned.append((now + after, len(planned), contact_id, person))
    maximum = 2 if is_question and message["contact"] == world.user_id else 1
    for due, _, contact_id, person in sorted(planned)[:maximum]:
        reply = _reply(context, world, person, message, is_question)
        context.state.answering.add((contact_id, conversation_id))
        context.plan(
            context.next_awake(person, due + context.typing_seconds(reply), n),
            "answer",
            contact_id,
            conversation_id=conversation_id,
            message_id=message["id"],
            text=reply,
            depth=depth + 1,
        )


def _reply(
    context: BotContext, world: World, person: Person, message: Record, is_question: bool
) -> str:
    """Return the first matching reply of a person, or else an unprompted line."""
    sender, text = first_name(world, message["contact"]), message["message"]
    for index, reply in enumerate(person.replies):
        if reply.matches(text, is_question):
            return context.next_line(reply.say, f"reply.{index}", person.username, sender)
    return context.unprompted_line(person, sender)
