"""What the reference says, in the words of a description: of the API, its operations and events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.openapi.attributes import ATTRIBUTES
from mockserver.resources.base import Resource

INFO: dict[str, Any] = {
    "title": "Protocol API",
    "version": "1",
    "summary": "A messaging API: contacts, conversations, groups, messages, attachments.",
    "description": """\
**Identifiers** are 16 characters of `A-Za-z0-9`, and case-sensitive. **Timestamps** are integer \
Unix seconds. An object has all its attributes, with `null` where there is no value; clients must \
bear attributes that are added later.

**Bodies** are JSON, URL-encoded or multipart, with the same meaning. JSON is typed strictly: \
`"true"` is no boolean. An attribute or parameter that an endpoint does not list is a 400 that \
names it.

**Errors** are objects of `type`, `message` and `documentation_url`: `invalid_request` for any \
4xx, `api_error` for any 5xx. An unknown path is a 404, another method than those listed a 405 \
with `Allow`.

**Lists** answer a page, latest first. `starting_after` gives the page that follows an object, \
`ending_before` the one that directly precedes it, in the same order. Both at once, or a cursor \
that names no existing object of the collection, is a 400. Walking with `starting_after` never \
repeats an object, and never skips one that existed throughout. Filters combine; `false` filters \
nothing, and an id that names nothing finds nothing.
""",
    "contact": {"name": "Protocol", "url": "https://protocol.chat/docs"},
}

TAGS = {
    "contacts": "The people, the authenticated user among them.",
    "conversations": "With one contact, or of a group.",
    "groups": "Several contacts under a name, with a conversation of their own.",
    "messages": "What was said in a conversation, with reactions and attachments.",
    "attachments": "Files that were uploaded, on a message or not yet on one.",
    "webhooks": "What a receiver is sent when something has happened.",
}

SUMMARIES = {
    "list": "List {path}",
    "create": "Create {a} {kind}",
    "retrieve": "Retrieve {a} {kind}",
    "update": "Update {a} {kind}",
    "delete": "Delete {a} {kind}",
}
LIST = "A page of them, in the reverse order of creation: latest first."
RETRIEVE = "The object as it is now. To read through the API counts as no activity."
UPDATE = (
    "What is left out stays as it is. An update that changes nothing emits no event, and does not "
    "move the clock."
)

#: What is particular to an operation, beside what is true of all of its kind.
DESCRIPTIONS = {
    "contacts.list": "The authenticated user is listed too.",
    "contacts.create": (
        "Creates the conversation with the contact too, whose id is the answer's "
        "`conversation_id`. Usernames need not be unique."
    ),
    "contacts.delete": (
        "Deletes all conversations with the contact too, with their messages, and takes the "
        "contact out of every group. A message in a group's conversation outlives its sender: it "
        "keeps the contact's last state. The authenticated user cannot be deleted (409)."
    ),
    "conversations.create": (
        "Give exactly one of `contact_id` and `group_id`, the id of an existing one. Always "
        "creates a new conversation; the contact's or group's `conversation_id` is set if it was "
        "null."
    ),
    "conversations.update": (
        "Pins one of its messages, pins or mutes the conversation, archives it, or restores it "
        "by a null `archived_at`."
    ),
    "conversations.delete": (
        "Deletes its messages too, for good. A contact's or group's `conversation_id` that named "
        "it moves to their oldest remaining conversation, or else is null."
    ),
    "groups.create": "Creates the group's conversation too.",
    "groups.update": "`contacts` is the whole new membership.",
    "groups.delete": "Deletes its conversations with their messages too, for good.",
    "messages.create": (
        "Sends it, as the authenticated user. An empty message is a 400 unless it has attachments."
    ),
    "messages.update": (
        "Each attribute replaces the old value. Attachments that are left out of `attachments` "
        "are detached: their `message_id` is null. `updated_at` is set when a value changes."
    ),
    "messages.delete": (
        "For good, its attachments too. A conversation that had it pinned has none pinned then."
    ),
    "attachments.create": (
        "Uploads a file: a part of a multipart form is stored with its bytes, name and type. A "
        "text in its place only names one: its last path segment is the filename, the type is "
        "guessed from it, and the content is empty."
    ),
    "attachments.update": "Renames it; `file_url` follows.",
    "attachments.delete": "For good, the file too.",
}
EVENTS = {
    "created": "There is a new {kind}.",
    "updated": "{A} {kind} has changed by an update; what merely follows elsewhere emits nothing.",
    "deleted": "{A} {kind} is gone, by name or with what it belonged to.",
}
PAYLOADS = {
    "created": "The payload is the whole object as it was when the request was done.",
    "updated": "The payload is the whole object as it was when the request was done.",
    "deleted": "The payload is the whole object as it was before the request.",
}

SCHEMAS = {
    "EmbeddedContact": (
        "A contact as messages and groups show it: always its present state, or its last one."
    ),
    "Error": "What every error is answered with.",
    "Reference": "An id, or an object of which only the id is read.",
}


def attributes(name: str) -> Mapping[str, str]:
    """What is said of the attributes of a component schema."""
    for suffix in ("Form", "Upload"):
        name = name.removesuffix(suffix)
    kind = name.removesuffix("Create").removesuffix("Update")
    return {**ATTRIBUTES.get(kind, {}), **ATTRIBUTES.get(name, {})}


def operation(resource: Resource, verb: str) -> tuple[str, str]:
    """The summary and the description of an operation."""
    words = {"path": resource.path, "kind": resource.kind, "a": _article(resource)}
    general = {"list": LIST, "retrieve": RETRIEVE, "update": UPDATE}.get(verb)
    own = DESCRIPTIONS.get(f"{resource.path}.{verb}")
    said = [each for each in (own, general) if each]
    return SUMMARIES[verb].format(**words), " ".join(said)


def event(resource: Resource, verb: str) -> tuple[str, str]:
    """The summary and the description of an event."""
    said = EVENTS[verb].format(kind=resource.kind, A=_article(resource).capitalize())
    return f"{resource.kind}.{verb}", f"{said} {PAYLOADS[verb]}"


def _article(resource: Resource) -> str:
    return "an" if resource.kind[0] in "aeiou" else "a"
