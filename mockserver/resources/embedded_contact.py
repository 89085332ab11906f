"""The embedded contact, as a message or a group shows it: always the contact's present state."""

from __future__ import annotations

from typing import Any

from mockserver.schema.fields import Attribute, Identifier, Text, Timestamp, Url
from mockserver.storage.collection import Record
from mockserver.storage.world import World


def attributes() -> dict[str, Attribute]:
    """The attributes of an embedded contact, in wire order."""
    return {
        "id": Identifier(required=True),
        "username": Text(required=True),
        "phone_number": Text(required=True),
        "avatar_url": Url(required=True, allow_none=True),
        "last_active_at": Timestamp(required=True, allow_none=True),
        "created_at": Timestamp(required=True),
    }


def embed(contact: Record) -> Record:
    """What of a contact is embedded. Spelled out, since a page of messages does it often."""
    return {
        "id": contact["id"],
        "username": contact["username"],
        "phone_number": contact["phone_number"],
        "avatar_url": contact["avatar_url"],
        "last_active_at": contact["last_active_at"],
        "created_at": contact["created_at"],
    }


def sender(world: World, contact_id: str) -> dict[str, Any]:
    """The embedded contact; of one who was deleted, the last state."""
    contact = world["contact"].get(contact_id)
    return world.departed[contact_id] if contact is None else embed(contact)
