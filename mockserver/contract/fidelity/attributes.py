"""The attributes of all that is answered, and of what is sent to make or change it."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.contract.fidelity.row import Row
from mockserver.contract.openapi.attributes import ATTRIBUTES as SAID

SHOWN = {
    "contact": (
        *("id", "username", "phone_number", "avatar_url", "display_name", "conversation_id"),
        *("last_active_at", "created_at"),
    ),
    "embedded contact": (
        *("id", "username", "phone_number", "avatar_url", "last_active_at", "created_at"),
    ),
    "conversation": (
        *("id", "contact_id", "group_id", "pinned_message_id", "is_pinned", "is_muted"),
        *("last_active_at", "last_opened_at", "created_at", "archived_at"),
    ),
    "group": (
        *("id", "name", "description", "avatar_url", "conversation_id", "contacts"),
        *("created_at", "archived_at"),
    ),
    "message": (
        *("id", "conversation_id", "contact", "message", "reactions", "attachments"),
        *("read_at", "created_at", "updated_at"),
    ),
    "attachment": (
        *("id", "message_id", "filename", "file_url", "file_type", "file_size", "created_at"),
    ),
    "page": ("has_more", "data"),
    "error": ("type", "message", "documentation_url"),
    "event": ("id", "type", "payload"),
}
TAKEN = {
    "POST /v1/contacts": ("username", "phone_number", "avatar_url", "display_name"),
    "PUT /v1/contacts/:id": ("display_name",),
    "POST /v1/conversations": ("contact_id", "group_id"),
    "PUT /v1/conversations/:id": ("pinned_message_id", "is_pinned", "is_muted", "archived_at"),
    "POST /v1/groups": ("name", "description", "avatar_url", "contacts"),
    "PUT /v1/groups/:id": ("name", "description", "avatar_url", "contacts", "archived_at"),
    "POST /v1/messages": ("conversation_id", "message", "attachments"),
    "PUT /v1/messages/:id": ("message", "reactions", "attachments"),
    "POST /v1/attachments": ("file",),
    "PUT /v1/attachments/:id": ("filename",),
}
ATTACHED_AT_ONCE = Row(
    "attribute",
    "POST /v1/attachments message_id",
    "decided",
    "a message to attach the file to at once",
    "nothing documented says how an attachment that is uploaded alone comes to a message",
    "Attachment",
)
OTHERS = {
    "id": "16 characters of A-Za-z0-9, case-sensitive",
    "has_more": "whether more objects lie beyond this page, in the direction of travel",
    "data": "the objects of the page",
    "type": "one of the fifteen types of events",
    "payload": "the whole object",
}


def rows() -> Iterator[Row]:
    """Those that are shown, object by object; then those that are taken."""
    for kind, names in SHOWN.items():
        title = "".join(each.capitalize() for each in reversed(kind.split()))
        said = SAID.get("EmbeddedContact" if kind == "embedded contact" else title, {})
        for name in names:
            statement = said.get(name) or OTHERS[name]
            section = SECTIONS.get(kind, kind.capitalize())
            yield Row("attribute", f"{kind}.{name}", "documented", statement, "", section)
    for endpoint, names in TAKEN.items():
        section = endpoint.split("/")[2].removesuffix("s").capitalize()
        for name in names:
            statement = "may be sent"
            yield Row("attribute", f"{endpoint} {name}", "documented", statement, "", section)
    yield ATTACHED_AT_ONCE


SECTIONS = {
    "embedded contact": "Contact",
    "page": "Pagination",
    "error": "Errors",
    "event": "Events and webhooks",
}
