"""Responses of bots to changes: which bots read, react to or answer a message, and when."""

from collections.abc import Iterable
from math import sqrt
from operator import itemgetter

from mockserver.bots import customers
from mockserver.bots.context import BotContext, target_of
from mockserver.bots.script import Person
from mockserver.storage.collection import Record
from mockserver.storage.world import Change

MAX_DEPTH = 3  # consecutive answers, so that a conversation among bots ends
ANSWERS_IF_NAMED = 0.95  # minimum probability of an answer to a message with the person's name

#: Spans in seconds.
REACTS_AFTER = (2, 120)
READS_AFTER = (1, 45)

#: The bots in a conversation except the sender, as pairs of contact id and person.
Listeners = list[tuple[str, Person]]


def on_changes(context: BotContext, changes: Iterable[Change]) -> None:
    """Add the changes of a request to the transcript, and plan responses to its messages."""
    changes, user_id = list(changes), context.world.user_id
    deleted_conversations = {
        before["id"]
        for kind, before, after in changes
        if kind == "conversation" and before is not None and after is None
    }
    for kind, before, after in changes:
        match kind, before, after:
            case "message", None, dict():
                text = after["message"]
                context.add_line("message", after["contact"], **target_of(after), text=text)
                on_message(context, after)
                customers.on_message(context, after)
            case "message", dict(), dict():
                _on_message_changed(context, before, after)
            case "message", dict(), None:
                if before["conversation_id"] not in deleted_conversations:
                    context.add_line("delete", before["contact"], **target_of(before))
            case "conversation", dict(), None:
                context.forget_conversation(before["id"])
            case "conversation", dict(), dict():
                if before["last_opened_at"] != after["last_opened_at"]:
                    context.add_line("open", user_id, conversation_id=after["id"])
            case "contact", dict(), None:
                context.state.customers.pop(before["id"], None)
                name = before["display_name"] or before["username"]
                context.add_line("was_deleted", before["id"], name=name)
            case "group", None, dict():
                conversation_id = after["conversation_id"]
                context.add_line("create_group", user_id, conversation_id=conversation_id)
            case "group", dict(), dict():
                _on_members_changed(context, before, after)


def _on_message_changed(context: BotContext, before: Record, after: Record) -> None:
    target, text = target_of(after), after["message"]
    if before["message"] != text:
        context.add_line("edit", after["contact"], **target, text=text)
    old, new = _reactions(before), _reactions(after)
    for action, reactions in (("react", new - old), ("unreact", old - new)):
        for username, reaction in sorted(reactions):
            context.add_line(action, "", **target, text=reaction, name=username)


def _on_members_changed(context: BotContext, before: Record, after: Record) -> None:
    old, new, contacts = before["contacts"], after["contacts"], context.world["contact"]
    joined = [("join", member) for member in new if member not in old]
    left = [("leave", member) for member in old if member not in new and member in contacts]
    for action, member in joined + left:
        context.add_line(action, member, conversation_id=after["conversation_id"])


def _reactions(message: Record) -> set[tuple[str, str]]:
    return {
        (username, reaction)
        for entry in message["reactions"]
        for reaction, usernames in entry.items()
        for username in usernames
    }


def on_message(context: BotContext, message: Record, depth: int = 0) -> None:
    """Plan responses to a message; ``depth`` is the number of answers that led to it."""
    conversation = context.world["conversation"].get(message["conversation_id"])
    if conversation is None:
        return
    listeners = [
        (contact_id, person)
        for contact_id in context.participants(conversation)
        if contact_id != message["contact"]
        and (person := context.person_of(contact_id)) is not None
    ]
    if not listeners or not context.has_capacity:
        return
    context.state.heard_count += 1
    if message["contact"] == context.world.user_id:
        _plan_read(context, message, listeners)
    if depth < MAX_DEPTH:
        _plan_reactions(context, message, listeners)
        _plan_answers(context, message, listeners, depth)


def _plan_read(context: BotContext, message: Record, listeners: Listeners) -> None:
    """Plan one read of the message, by the listener that would read it first."""
    conversation_id, n = message["conversation_id"], context.state.heard_count
    if conversation_id in context.state.unread:
        return  # already decided, at an earlier unread message
    context.state.unread.add(conversation_id)
    readers = []
    for contact_id, person in listeners:
        if context.random.chance(person.reads, "reads", person.username, n):
            after = context.random.between(READS_AFTER, "read", person.username, n)
            readers.append((context.next_awake(person, context.now + after, n), contact_id))
    if readers:
        due, contact_id = min(readers)
        context.plan(due, "read", contact_id, conversation_id=conversation_id)


def _plan_reactions(context: BotContext, message: Record, listeners: Listeners) -> None:
    n, random = context.state.heard_count, context.random
    for contact_id, person in listeners:
        # Divide, so that a large group does not get too many reactions.
        if random.chance(person.reacts / sqrt(len(listeners)), "reacts", person.username, n):
            due = context.now + random.between(REACTS_AFTER, "reacts.after", person.username, n)
            if context.is_awake(person, due):
                context.plan(due, "react", contact_id, **target_of(message))


def _plan_answers(context: BotContext, message: Record, listeners: Listeners, depth: int) -> None:
    """Plan at most one answer, or two to a question of the user."""
    text, conversation_id = message["message"], message["conversation_id"]
    random, n, is_question = context.random, context.state.heard_count, "?" in text
    named = {
        contact_id
        for contact_id, _ in listeners
        if context.first_name(contact_id).casefold() in text.casefold()
    }
    candidates: list[tuple[int, str, Person]] = []
    for contact_id, person in listeners:
        if (contact_id, conversation_id) in context.state.answering:
            continue
        answers = person.answers
        probability = answers.questions if is_question else answers.anything
        if contact_id in named:
            probability = max(probability, ANSWERS_IF_NAMED)
        elif named:
            probability /= 4
        if random.chance(probability / 2**depth, "answers", person.username, n):
            after = random.between(answers.after_seconds, "thinks", person.username, n)
            candidates.append((context.now + after, contact_id, person))
    maximum = 2 if is_question and message["contact"] == context.world.user_id else 1
    candidates.sort(key=itemgetter(0))
    for due, contact_id, person in candidates[:maximum]:
        reply = _reply(context, person, message, is_question)
        context.state.answering.add((contact_id, conversation_id))
        sent_at = context.next_awake(person, due + context.typing_seconds(reply), n)
        target = target_of(message)
        context.plan(sent_at, "answer", contact_id, **target, text=reply, depth=depth + 1)


def _reply(context: BotContext, person: Person, message: Record, is_question: bool) -> str:
    """Return the first matching reply of a person, or else an unprompted line."""
    sender = context.first_name(message["contact"])
    for index, reply in enumerate(person.replies):
        if reply.matches(message["message"], is_question):
            return context.next_line(reply.say, f"reply.{index}", person.username, sender)
    return context.unprompted_line(person, sender)
