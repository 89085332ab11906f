"""What an act on the other side may say, and what is wrong with what it names."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.resources.base import no_such
from mockserver.resources.fields import AttachmentInputs
from mockserver.schema.fields import Text
from mockserver.schema.schema import Attributes
from mockserver.simulation import contact_lookup
from mockserver.storage.collection import Record
from mockserver.storage.world import World

MESSAGE = Attributes(
    {
        "from": Text(required=True),
        "conversation_id": Text(),
        "message": Text(required=True, empty=True),
        "attachments": AttachmentInputs(),
    }
)
EDIT = Attributes(
    {
        "message_id": Text(required=True),
        "message": Text(empty=True),
        "attachments": AttachmentInputs(),
    }
)
DELETE = Attributes({"message_id": Text(required=True)})
REACTION = Attributes(
    {
        "from": Text(required=True),
        "message_id": Text(required=True),
        "reaction": Text(required=True),
    }
)
READ = Attributes({"from": Text(required=True), "conversation_id": Text(), "message_id": Text()})
ACTIVE = Attributes({"contact": Text(required=True)})
MEMBERSHIP = Attributes({"contact": Text(required=True), "group_id": Text(required=True)})
OPEN = Attributes({"conversation_id": Text(required=True)})

#: What an act may name by id, with its kind; and by id or username, who acts.
NAMED = {"conversation_id": "conversation", "message_id": "message", "group_id": "group"}
ACTORS = ("from", "contact")


def check(world: World, values: Record) -> Iterator[str]:
    """A problem for each thing that is not there, and for one who cannot act there."""
    for attribute, kind in NAMED.items():
        if attribute in values and values[attribute] not in world[kind]:
            yield f"{attribute}: {no_such(world, kind, values[attribute])}"
    for attribute in ACTORS:
        if attribute in values:
            yield from _check_actor(world, attribute, values)


def check_sender(world: World, values: Record) -> Iterator[str]:
    """What keeps the sender of a message from editing or deleting it."""
    message = named_message(world, values)
    if message is None:
        return
    message_id, sender = message["id"], world["contact"].get(message["contact"])
    if sender is None:
        yield f"message_id: the sender of message '{message_id}' was deleted, and acts no more"
    elif sender["id"] == world.user_id:
        yield (
            f"message_id: message '{message_id}' is the user's own; "
            f"edit or delete it through the API, at /v1/messages/{message_id}"
        )
    else:
        conversation = world["conversation"][message["conversation_id"]]
        yield from contact_lookup.check_place(world, "message_id", sender, conversation)


def check_read(values: Record) -> Iterator[str]:
    """Whether it is told how far a contact reads."""
    named = values.keys() & {"conversation_id", "message_id"}
    if len(named) != 1:
        yield f"give exactly one of conversation_id and message_id, not {len(named) or 'none'}"


def named_message(world: World, values: Record) -> Record | None:
    """The message that the act is about, if there is one."""
    return world["message"].get(values.get("message_id", ""))


def home(world: World, values: Record) -> str:
    """The id of the conversation in which the act takes place; empty where there is none."""
    message = named_message(world, values)
    return str(message["conversation_id"] if message else values.get("conversation_id", ""))


def _check_actor(world: World, attribute: str, values: Record) -> Iterator[str]:
    try:
        actor = contact_lookup.find(world, values[attribute])
    except LookupError as error:
        yield f"{attribute}: {error}"
        return
    conversation = world["conversation"].get(home(world, values))
    if actor["id"] == world.user_id:
        yield (
            f"{attribute}: '{actor['username']}' is the authenticated user, "
            "who acts through the API itself (/v1); name another contact"
        )
    elif conversation is not None:
        yield from contact_lookup.check_place(world, attribute, actor, conversation)
