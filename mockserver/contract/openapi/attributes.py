"""What the reference says of each attribute, by component schema.

Those of an object are also said of the bodies that create or update it, unless these say more.
"""

from __future__ import annotations

CONTACT = {
    "username": "free text; need not be unique",
    "phone_number": "free text",
    "avatar_url": "an http or https URL",
    "last_active_at": "when the contact was last active",
    "created_at": "when it was created, in Unix seconds",
}

ATTRIBUTES: dict[str, dict[str, str]] = {
    "EmbeddedContact": CONTACT,
    "Contact": {
        **CONTACT,
        "display_name": "how it shows in the contact list; null: the username serves",
        "conversation_id": "the conversation with the contact",
    },
    "Conversation": {
        "contact_id": "the other contact; null in a group's conversation",
        "group_id": "the group that it belongs to; null in a contact's conversation",
        "pinned_message_id": "a message of this conversation",
        "is_pinned": "whether it stays on top",
        "is_muted": "whether it is silent",
        "last_active_at": "when a message was last sent",
        "last_opened_at": "when the authenticated user last opened it; reading through the API "
        "does not count",
        "created_at": "when it was created, in Unix seconds",
        "archived_at": "when it was archived; null: it is not",
    },
    "Group": {
        "name": "its name",
        "description": "what it is about",
        "avatar_url": "an http or https URL",
        "conversation_id": "its conversation",
        "contacts": "the members, in the order given",
        "created_at": "when it was created, in Unix seconds",
        "archived_at": "when it was archived; null: it is not",
    },
    "GroupCreate": {"contacts": "the members, each once; one that is repeated counts once"},
    "GroupUpdate": {"contacts": "the whole new membership; one that is repeated counts once"},
    "Message": {
        "conversation_id": "where it was said",
        "contact": "the sender",
        "message": "the content; empty only where there are attachments",
        "reactions": "an object for each reaction, of its name to the usernames of who reacted so",
        "attachments": "what it carries",
        "read_at": "when it was read",
        "created_at": "when it was sent, in Unix seconds",
        "updated_at": "null until the first update",
    },
    "MessageCreate": {"attachments": "attachments that belong to no other message"},
    "MessageUpdate": {
        "reactions": "an object of name to usernames, or an array of such objects",
        "attachments": "attachments that belong to no other message; those left out are detached",
    },
    "Attachment": {
        "message_id": "the message that carries it; null until one does",
        "filename": "the last segment of whatever path was given",
        "file_url": "`https://assets.protocol.chat/attachments/FILENAME`",
        "file_type": "its MIME type",
        "file_size": "in bytes",
        "created_at": "when it was created, in Unix seconds",
    },
    "AttachmentCreate": {
        "file": "the file; or, as a text, a path whose last segment is the filename",
        "message_id": "a message to attach it to at once",
    },
    "Error": {
        "type": "`invalid_request`: the client's mistake, any 4xx; `api_error`: any 5xx",
        "message": "what is wrong, where, and what would be right; all problems at once",
        "documentation_url": "where the type is explained",
    },
}
