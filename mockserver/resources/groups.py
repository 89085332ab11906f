"""Groups, each with members and a conversation."""

from collections.abc import Iterator

from mockserver.resources.base import boolean_filter, unique, unknown_reference
from mockserver.resources.conversations import ConversationOwner
from mockserver.resources.fields import Reference
from mockserver.resources.messages import EmbeddedContactSchema, embed_contact
from mockserver.schema import fields
from mockserver.schema.compound import List, Nested
from mockserver.schema.schema import Schema
from mockserver.storage.collection import Record
from mockserver.storage.world import World


class GroupSchema(Schema):
    id = fields.Identifier(required=True)
    name = fields.NonEmptyString(required=True)
    description = fields.NonEmptyString(required=True, allow_none=True)
    avatar_url = fields.HttpUrl(required=True, allow_none=True)
    conversation_id = fields.Identifier(required=True, allow_none=True)
    contacts = List(Nested(EmbeddedContactSchema), required=True)
    created_at = fields.Timestamp(required=True)
    archived_at = fields.Timestamp(required=True, allow_none=True)


class GroupCreateSchema(Schema):
    name = fields.NonEmptyString(required=True)
    description = fields.NonEmptyString(allow_none=True)
    avatar_url = fields.HttpUrl(allow_none=True)
    contacts = List(Reference())


class GroupUpdateSchema(GroupCreateSchema):
    name = fields.NonEmptyString()
    archived_at = fields.Timestamp(allow_none=True)


class Groups(ConversationOwner):
    kind = "group"
    path = "groups"
    schema = GroupSchema()
    # A record holds the members' ids; ``present`` embeds the contacts.
    defaults = dict.fromkeys(schema.fields) | {"contacts": []}
    create_schema = GroupCreateSchema()
    update_schema = GroupUpdateSchema()
    filters = {"archived": boolean_filter("archived_at", "`true`: return only archived groups.")}
    lookups = {"member": "contacts"}

    def check(self, world: World, values: Record, old: Record | None) -> Iterator[str]:
        for index, contact_id in enumerate(values.get("contacts", ())):
            yield from unknown_reference(world, "contact", f"contacts[{index}]", contact_id)

    def complete(self, values: Record) -> Record:
        members = values.get("contacts")
        return values if members is None else {**values, "contacts": unique(members)}

    def present(self, world: World, record: Record) -> Record:
        contacts = world["contact"]
        members = [embed_contact(contacts[contact_id]) for contact_id in record["contacts"]]
        return {**record, "contacts": members}
