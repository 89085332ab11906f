"""Contacts, including the authenticated user."""

from collections.abc import Sequence

from mockserver.errors import Conflict
from mockserver.resources.base import boolean_filter, index_key
from mockserver.resources.conversations import ConversationOwner
from mockserver.resources.messages import embed_contact
from mockserver.schema import fields
from mockserver.schema.schema import Schema
from mockserver.storage.collection import Record
from mockserver.storage.world import World


class ContactSchema(Schema):
    id = fields.Identifier(required=True)
    username = fields.NonEmptyString(required=True)
    phone_number = fields.NonEmptyString(required=True)
    avatar_url = fields.HttpUrl(required=True, allow_none=True)
    display_name = fields.NonEmptyString(required=True, allow_none=True)
    conversation_id = fields.Identifier(required=True, allow_none=True)
    last_active_at = fields.Timestamp(required=True, allow_none=True)
    created_at = fields.Timestamp(required=True)


class Contacts(ConversationOwner):
    kind = "contact"
    path = "contacts"
    schema = ContactSchema()
    defaults = dict.fromkeys(schema.fields)
    create_schema = Schema.with_fields(
        username=fields.NonEmptyString(required=True),
        phone_number=fields.NonEmptyString(required=True),
        avatar_url=fields.HttpUrl(allow_none=True),
        display_name=fields.NonEmptyString(allow_none=True),
    )
    update_schema = Schema.with_fields(display_name=fields.NonEmptyString(allow_none=True))
    filters = {
        "active": boolean_filter(
            "last_active_at", "`true`: return only contacts that have been active."
        ),
    }

    def delete(self, world: World, record_id: str) -> None:
        if record_id == world.user_id:
            raise Conflict("the authenticated user is a contact that cannot be deleted")
        super().delete(world, record_id)

    def detach(self, world: World, records: Sequence[Record]) -> None:
        for record in records:
            for group in list(world["group"].find(index_key("member", record["id"]))):
                members = [member for member in group["contacts"] if member != record["id"]]
                world.replace("group", {**group, "contacts": members})
            if world["message"].count(index_key("sender", record["id"])):
                world.set_entry(world.departed, record["id"], embed_contact(record))
        super().detach(world, records)
