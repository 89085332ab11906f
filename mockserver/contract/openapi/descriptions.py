"""Descriptions of the API, its operations, events and attributes, as the reference has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.resources.base import Resource

INFO: dict[str, Any] = {
    "title": "Protocol API",
    "version": "1",
    "summary": "A messaging API: contacts, conversations, groups, messages, attachments.",
    "description": """\
**Identifiers** are 16 characters of `A-Za-z0-9` and case-sensitive. **Timestamps** are integer \
Unix seconds. An object has all its attributes, with `null` for a missing value; clients must \
accept attributes that are added later.

**Bodies** are JSON, URL-encoded or multipart, with the same meaning. JSON is typed strictly: \
`"true"` is not a boolean. An unknown attribute or parameter is a 400 that names it.

**Errors** are objects with `type`, `message` and `documentation_url`: `invalid_request` for any \
4xx, `api_error` for any 5xx. An unknown path is a 404; an unsupported method is a 405 with \
`Allow`.

**Lists** return a page, latest first. `starting_after` returns the page that follows an object, \
`ending_before` the one that directly precedes it, in the same order. Both at once, or a cursor \
that is not the id of an existing object, is a 400. Paging with `starting_after` never repeats an \
object, and never skips one that existed throughout. Filters combine; `false` filters nothing, and \
an unknown id finds nothing.
""",
    "contact": {"name": "Protocol", "url": "https://protocol.chat/docs"},
}

TAGS = {
    "contacts": "People, including the authenticated user.",
    "conversations": "Conversations with a contact or of a group.",
    "groups": "Named groups of contacts, each with a conversation.",
    "messages": "Messages in conversations, with reactions and attachments.",
    "attachments": "Uploaded files, each on at most one message.",
    "webhooks": "Events sent to webhook receivers.",
}

SUMMARIES = {
    "list": "List {path}",
    "create": "Create {a} {kind}",
    "retrieve": "Retrieve {a} {kind}",
    "update": "Update {a} {kind}",
    "delete": "Delete {a} {kind}",
}

#: Descriptions that apply to an operation of any resource.
GENERAL_DESCRIPTIONS = {
    "list": "Returns a page, latest first.",
    "retrieve": "Returns the current state. Reading through the API does not count as activity.",
    "update": (
        "Omitted attributes keep their values. An update that changes nothing emits no event and "
        "does not move the clock."
    ),
}

#: Descriptions that apply to one operation; the general one follows.
DESCRIPTIONS = {
    "contacts.list": "Includes the authenticated user.",
    "contacts.create": (
        "Also creates the conversation with the contact; its id is the response's "
        "`conversation_id`. Usernames need not be unique."
    ),
    "contacts.delete": (
        "Also deletes all conversations with the contact, including their messages, and removes "
        "the contact from every group. Messages in group conversations remain and show the "
        "contact's last state. The authenticated user cannot be deleted (409)."
    ),
    "conversations.create": (
        "Requires exactly one of `contact_id` and `group_id`, the id of an existing object. Always "
        "creates a new conversation; sets the contact's or group's `conversation_id` if it was "
        "null."
    ),
    "conversations.update": (
        "Pins one of its messages, pins or mutes the conversation, archives it, or restores it "
        "with a null `archived_at`."
    ),
    "conversations.delete": (
        "Also deletes its messages. A contact's or group's `conversation_id` that referred to it "
        "changes to their oldest remaining conversation, or null."
    ),
    "groups.create": "Also creates the group's conversation.",
    "groups.update": "`contacts` replaces all members.",
    "groups.delete": "Also deletes its conversations, including their messages.",
    "messages.create": (
        "Sends the message as the authenticated user. An empty message without attachments is a "
        "400."
    ),
    "messages.update": (
        "Each attribute replaces the old value. Attachments that `attachments` omits are detached: "
        "their `message_id` becomes null. `updated_at` is set if a value changes."
    ),
    "messages.delete": "Also deletes its attachments. A conversation that pinned it is unpinned.",
    "attachments.create": (
        "Uploads a file: a part of a multipart form is stored with its bytes, name and type. A "
        "text instead of a file is a path: its last segment is the filename, from which the type "
        "is guessed, and the content is empty."
    ),
    "attachments.update": "Renames the file; `file_url` changes too.",
    "attachments.delete": "Also deletes the stored file.",
}

EVENTS = {
    "created": "{A} {kind} was created.",
    "updated": "{A} {kind} was updated. Side effects of other changes do not emit this event.",
    "deleted": "{A} {kind} was deleted, directly or together with its owner.",
}
PAYLOADS = {
    "created": "The payload is the object at the end of the request.",
    "updated": "The payload is the object at the end of the request.",
    "deleted": "The payload is the object before the request.",
}

SCHEMAS = {
    "EmbeddedContact": (
        "A contact inside a message or a group: its present state, or its last one if deleted."
    ),
    "Error": "The body of every error response.",
    "Reference": "An id, or an object of which only the id is read.",
}

CREATED_AT = "Creation time in Unix seconds."
ARCHIVED_AT = "Time of archiving; null if it is not archived."

CONTACT = {
    "username": "Free text; need not be unique.",
    "phone_number": "Free text.",
    "avatar_url": "An http or https URL.",
    "last_active_at": "Time of the contact's last activity.",
    "created_at": CREATED_AT,
}

#: Descriptions of attributes by schema. An object's also apply to its request bodies.
ATTRIBUTES: dict[str, dict[str, str]] = {
    "EmbeddedContact": CONTACT,
    "Contact": {
        **CONTACT,
        "display_name": "Name in the contact list; null: the username is shown.",
        "conversation_id": "The conversation with the contact.",
    },
    "Conversation": {
        "contact_id": "The other contact; null in a group's conversation.",
        "group_id": "The group; null in a conversation with a contact.",
        "pinned_message_id": "The pinned message of this conversation.",
        "is_pinned": "Whether the conversation is pinned to the top.",
        "is_muted": "Whether notifications are off.",
        "last_active_at": "Time of the last message sent.",
        "last_opened_at": (
            "Time the authenticated user last opened it; reading through the API does not set it."
        ),
        "created_at": CREATED_AT,
        "archived_at": ARCHIVED_AT,
    },
    "Group": {
        "name": "The group's name.",
        "description": "The group's topic.",
        "avatar_url": "An http or https URL.",
        "conversation_id": "The group's conversation.",
        "contacts": "The members, in the given order.",
        "created_at": CREATED_AT,
        "archived_at": ARCHIVED_AT,
    },
    "GroupCreate": {"contacts": "The members; a repeated one counts once."},
    "GroupUpdate": {"contacts": "All members; a repeated one counts once."},
    "Message": {
        "conversation_id": "The conversation of the message.",
        "contact": "The sender.",
        "message": "The text; empty only if there are attachments.",
        "reactions": "One object for each reaction, from its name to the usernames.",
        "attachments": "The attached files.",
        "read_at": "Time the message was read.",
        "created_at": "Sending time in Unix seconds.",
        "updated_at": "Time of the last update; null before the first.",
    },
    "MessageCreate": {"attachments": "Attachments that belong to no other message."},
    "MessageUpdate": {
        "reactions": "An object from names to usernames, or an array of such objects.",
        "attachments": "Attachments that belong to no other message; omitted ones are detached.",
    },
    "Attachment": {
        "message_id": "The message of the attachment; null before it is attached.",
        "filename": "The last segment of the given path.",
        "file_url": "`https://assets.protocol.chat/attachments/FILENAME`",
        "file_type": "The MIME type.",
        "file_size": "The size in bytes.",
        "created_at": CREATED_AT,
    },
    "AttachmentCreate": {
        "file": "The file; or a path as text, whose last segment is the filename.",
        "message_id": "The message to attach the file to.",
    },
    "Error": {
        "type": "`invalid_request` for any 4xx, `api_error` for any 5xx.",
        "message": "What is wrong, where, and what would be right; every problem at once.",
        "documentation_url": "The documentation of the type.",
    },
}


def describe_attributes(name: str) -> Mapping[str, str]:
    """Return the descriptions of the attributes of a component schema."""
    for suffix in ("Form", "Upload"):
        name = name.removesuffix(suffix)
    kind = name.removesuffix("Create").removesuffix("Update")
    return {**ATTRIBUTES.get(kind, {}), **ATTRIBUTES.get(name, {})}


def describe_operation(resource: Resource, verb: str) -> tuple[str, str]:
    """Return the summary and the description of an operation."""
    summary = SUMMARIES[verb].format(
        path=resource.path, kind=resource.kind, a=article(resource.kind)
    )
    descriptions = (DESCRIPTIONS.get(f"{resource.path}.{verb}"), GENERAL_DESCRIPTIONS.get(verb))
    return summary, " ".join(filter(None, descriptions))


def describe_event(resource: Resource, verb: str) -> tuple[str, str]:
    """Return the summary and the description of an event."""
    description = EVENTS[verb].format(kind=resource.kind, A=article(resource.kind).capitalize())
    return f"{resource.kind}.{verb}", f"{description} {PAYLOADS[verb]}"


def article(noun: str) -> str:
    """Return the indefinite article of a noun."""
    return "an" if noun[0] in "aeiou" else "a"
