"""Groups: a name, its members, and a conversation."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.resources.base import boolean_filter, unique, unknown_references
from mockserver.resources.conversations import ConversationOwner
from mockserver.resources.fields import References
from mockserver.resources.messages import embed_contact, embedded_contact_fields
from mockserver.schema.fields import Identifier, Text, Timestamp, Url
from mockserver.schema.nested import NestedList
from mockserver.schema.schema import Attributes
from mockserver.storage.collection import Record
from mockserver.storage.world import World


class Groups(ConversationOwner):
    kind = "group"
    path = "groups"
    shape = Attributes(
        {
            "id": Identifier(required=True),
            "name": Text(required=True),
            "description": Text(required=True, allow_none=True),
            "avatar_url": Url(required=True, allow_none=True),
            "conversation_id": Identifier(required=True, allow_none=True),
            "contacts": NestedList(Attributes(embedded_contact_fields()), required=True),
            "created_at": Timestamp(required=True),
            "archived_at": Timestamp(required=True, allow_none=True),
        }
    )
    # A record holds its members' ids; ``present`` embeds them.
    blank = dict.fromkeys(shape.fields) | {"contacts": []}
    create_body = Attributes(
        {
            "name": Text(required=True),
            "description": Text(allow_none=True),
            "avatar_url": Url(allow_none=True),
            "contacts": References(),
        }
    )
    update_body = Attributes(
        {
            "name": Text(),
            "description": Text(allow_none=True),
            "avatar_url": Url(allow_none=True),
            "contacts": References(),
            "archived_at": Timestamp(allow_none=True),
        }
    )
    filters = {"archived": boolean_filter("archived_at", "true: only archived")}
    lookups = {"member": "contacts"}

    def check(self, world: World, values: Record, old: Record | None) -> Iterator[str]:
        members = values.get("contacts", ())
        yield from unknown_references(world, "contact", "contacts", members)

    def complete(self, values: Record) -> Record:
        members = values.get("contacts")
        return values if members is None else {**values, "contacts": unique(members)}

    def present(self, world: World, record: Record) -> Record:
        contacts = world["contact"]
        members = [embed_contact(contacts[each]) for each in record["contacts"]]
        return {**record, "contacts": members}
