"""Schemas of the simulated actions' bodies, and the checks that depend on stored objects."""

from collections.abc import Iterator
from itertools import islice

from mockserver.errors import did_you_mean, join_names
from mockserver.resources.base import ALL, unknown_reference
from mockserver.resources.conversations import owner_of
from mockserver.resources.fields import AttachmentInput
from mockserver.schema.compound import List
from mockserver.schema.fields import NonEmptyString, StrictString, repr_value
from mockserver.schema.schema import Schema
from mockserver.storage.collection import Record
from mockserver.storage.world import World

TEXT, OPTIONAL = NonEmptyString(required=True), NonEmptyString()
ATTACHMENTS = List(AttachmentInput())

FROM = {"from": TEXT}  # a keyword of Python, so not the name of an argument
MESSAGE = Schema.with_fields(
    **FROM,
    conversation_id=OPTIONAL,
    message=StrictString(required=True),
    attachments=ATTACHMENTS,
)
EDIT = Schema.with_fields(message_id=TEXT, message=StrictString(), attachments=ATTACHMENTS)
DELETE = Schema.with_fields(message_id=TEXT)
REACTION = Schema.with_fields(**FROM, message_id=TEXT, reaction=TEXT)
READ = Schema.with_fields(**FROM, conversation_id=OPTIONAL, message_id=OPTIONAL)
ACTIVE = Schema.with_fields(contact=TEXT)
MEMBERSHIP = Schema.with_fields(contact=TEXT, group_id=TEXT)
OPEN = Schema.with_fields(conversation_id=TEXT)

#: The attributes that refer to an object by id, each with its kind.
ID_ATTRIBUTES = {"conversation_id": "conversation", "message_id": "message", "group_id": "group"}
MAX_SEARCHED = 1000  # usernames among which a near miss is searched


def check(world: World, values: Record) -> Iterator[str]:
    """Yield a problem for each unknown object, and one if the contact cannot act on the object."""
    for attribute, kind in ID_ATTRIBUTES.items():
        yield from unknown_reference(world, kind, attribute, values.get(attribute))
    for attribute in ("from", "contact"):  # the acting contact, by id or username
        if attribute in values:
            yield from _check_actor(world, attribute, values)


def check_change(world: World, values: Record) -> Iterator[str]:
    """Yield the problems of ``check``, and one if the sender cannot edit or delete the message."""
    yield from check(world, values)
    message = find_message(world, values)
    if message is None:
        return
    message_id, sender = message["id"], world["contact"].get(message["contact"])
    if sender is None:
        yield f"message_id: the sender of message '{message_id}' was deleted and cannot act"
    elif sender["id"] == world.user_id:
        yield (
            f"message_id: message '{message_id}' is the user's own; "
            f"edit or delete it through the API, at /v1/messages/{message_id}"
        )
    else:
        conversation = world["conversation"][message["conversation_id"]]
        yield from _check_membership(world, "message_id", sender, conversation)


def check_read(values: Record) -> Iterator[str]:
    """Yield a problem unless exactly one of ``conversation_id`` and ``message_id`` is given."""
    count = len(values.keys() & {"conversation_id", "message_id"})
    if count != 1:
        yield f"give exactly one of conversation_id and message_id, not {count or 'none'}"


def find_message(world: World, values: Record) -> Record | None:
    """Return the message that the values refer to, or None."""
    return world["message"].get(values.get("message_id", ""))


def find_conversation_id(world: World, values: Record) -> str:
    """Return the id of the conversation that the values refer to, or an empty string."""
    message = find_message(world, values)
    return str(message["conversation_id"] if message else values.get("conversation_id", ""))


def find_contact(world: World, name: str) -> Record:
    """Return the contact with this id or username.

    Raises:
        LookupError: No contact, or more than one, has the name.
    """
    contacts = world["contact"]
    by_id = contacts.get(name)
    if by_id is not None:
        return by_id
    matches = [contact for contact in contacts.find(ALL) if contact["username"] == name]
    if len(matches) > 1:
        ids = join_names(contact["id"] for contact in matches)
        raise LookupError(
            f"{len(matches)} contacts have the username {repr_value(name)}; use one of their "
            f"ids: {ids}"
        )
    if not matches:
        usernames = (contact["username"] for contact in islice(contacts.find(ALL), MAX_SEARCHED))
        hint = did_you_mean(name, usernames)
        raise LookupError(f"no contact has the id or username {repr_value(name)}{hint}")
    return matches[0]


def _check_actor(world: World, attribute: str, values: Record) -> Iterator[str]:
    try:
        actor = find_contact(world, values[attribute])
    except LookupError as error:
        yield f"{attribute}: {error}"
        return
    conversation = world["conversation"].get(find_conversation_id(world, values))
    if actor["id"] == world.user_id:
        yield (
            f"{attribute}: '{actor['username']}' is the authenticated user, "
            "who acts through the API itself (/v1); name another contact"
        )
    elif conversation is not None:
        yield from _check_membership(world, attribute, actor, conversation)


def _check_membership(
    world: World, attribute: str, actor: Record, conversation: Record
) -> Iterator[str]:
    kind, owner = owner_of(world, conversation)
    members = [owner["id"]] if kind == "contact" else owner["contacts"]
    if actor["id"] not in members:
        contacts = world["contact"]
        names = join_names(f"'{contacts[contact_id]['username']}'" for contact_id in members)
        group = f" of the group {repr_value(owner['name'])}" if kind == "group" else ""
        yield (
            f"{attribute}: '{actor['username']}' is not in the conversation "
            f"'{conversation['id']}'{group}; its members: {names or 'none'}"
        )
