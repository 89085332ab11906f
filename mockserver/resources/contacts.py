"""Contacts: the people, the authenticated user among them."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.errors import Conflict
from mockserver.resources.base import boolean_filter, index_key
from mockserver.resources.conversations import ConversationOwner
from mockserver.resources.messages import embed_contact
from mockserver.schema.fields import Identifier, Text, Timestamp, Url
from mockserver.schema.schema import Attributes
from mockserver.storage.collection import Record
from mockserver.storage.world import World


class Contacts(ConversationOwner):
    kind = "contact"
    path = "contacts"
    shape = Attributes(
        {
            "id": Identifier(required=True),
            "username": Text(required=True),
            "phone_number": Text(required=True),
            "avatar_url": Url(required=True, allow_none=True),
            "display_name": Text(required=True, allow_none=True),
            "conversation_id": Identifier(required=True, allow_none=True),
            "last_active_at": Timestamp(required=True, allow_none=True),
            "created_at": Timestamp(required=True),
        }
    )
    blank = dict.fromkeys(shape.fields)
    create_body = Attributes(
        {
            "username": Text(required=True),
            "phone_number": Text(required=True),
            "avatar_url": Url(allow_none=True),
            "display_name": Text(allow_none=True),
        }
    )
    update_body = Attributes({"display_name": Text(allow_none=True)})
    filters = {
        "active": boolean_filter("last_active_at", "true: only contacts that have been active"),
    }

    def delete(self, world: World, record_id: str) -> None:
        if record_id == world.user_id:
            raise Conflict("the authenticated user is a contact that cannot be deleted")
        super().delete(world, record_id)

    def detach(self, world: World, records: Sequence[Record]) -> None:
        for record in records:
            for group in list(world["group"].find(index_key("member", record["id"]))):
                left = [each for each in group["contacts"] if each != record["id"]]
                world.replace("group", {**group, "contacts": left})
            if world["message"].count(index_key("sender", record["id"])):
                world.set_entry(world.departed, record["id"], embed_contact(record))
        super().detach(world, records)
