"""Conversations: with a contact, or of a group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.resources.base import (
    Cascade,
    Resource,
    boolean_filter,
    id_filter,
    index_key,
    no_such,
    records_of,
)
from mockserver.resources.messages import Messages
from mockserver.schema.fields import Flag, Identifier, Text, Timestamp
from mockserver.schema.schema import Attributes, Draft
from mockserver.storage.collection import Record
from mockserver.storage.world import World

#: Who may own a conversation: the kind, and the attribute that names the owner.
OWNERS = {"contact": "contact_id", "group": "group_id"}
GIVEN = {"type": "string", "minLength": 1}
#: Exactly one of them, in JSON Schema; the other is absent or null, which a form says by "".
ONE_OWNER = {
    "if": {"required": ["contact_id"], "properties": {"contact_id": GIVEN}},
    "then": {"properties": {"group_id": {"enum": [None, ""]}}},
    "else": {"required": ["group_id"], "properties": {"group_id": GIVEN}},
}


class Conversations(Resource):
    kind = "conversation"
    path = "conversations"
    shape = Attributes(
        {
            "id": Identifier(required=True),
            "contact_id": Identifier(required=True, allow_none=True),
            "group_id": Identifier(required=True, allow_none=True),
            "pinned_message_id": Identifier(required=True, allow_none=True),
            "is_pinned": Flag(required=True),
            "is_muted": Flag(required=True),
            "last_active_at": Timestamp(required=True, allow_none=True),
            "last_opened_at": Timestamp(required=True, allow_none=True),
            "created_at": Timestamp(required=True),
            "archived_at": Timestamp(required=True, allow_none=True),
        }
    )
    blank = dict.fromkeys(shape.fields) | {"is_pinned": False, "is_muted": False}
    create_body = Attributes(
        {"contact_id": Text(allow_none=True), "group_id": Text(allow_none=True)},
        together=ONE_OWNER,
    )
    update_body = Attributes(
        {
            "pinned_message_id": Text(allow_none=True),
            "is_pinned": Flag(),
            "is_muted": Flag(),
            "archived_at": Timestamp(allow_none=True),
        }
    )
    filters = {
        "muted": boolean_filter("is_muted", "true: only muted ones"),
        "archived": boolean_filter("archived_at", "true: only archived"),
        "pinned": boolean_filter("is_pinned", "true: only pinned ones"),
        "group_id": id_filter("group_id", "only of this group"),
    }
    lookups = {"contact_id": "contact_id"}

    def __init__(self, messages: Messages) -> None:
        self.messages = messages

    def check(self, world: World, values: Record, old: Record | None) -> Iterator[str]:
        if old is None:
            yield from self._check_owner(world, values)
        pinned = values.get("pinned_message_id")
        if old is not None and pinned is not None:
            message = world["message"].get(pinned)
            if message is None:
                yield f"pinned_message_id: {no_such(world, 'message', pinned)}"
            elif message["conversation_id"] != old["id"]:
                yield (
                    f"pinned_message_id: message '{pinned}' is of conversation "
                    f"'{message['conversation_id']}'; pin a message of this one"
                )

    def _check_owner(self, world: World, values: Record) -> Iterator[str]:
        given = {kind: values.get(name) for kind, name in OWNERS.items()}
        named = {kind: owner_id for kind, owner_id in given.items() if owner_id is not None}
        if len(named) != 1:
            yield f"give exactly one of contact_id and group_id, not {len(named) or 'none'}"
        for kind, owner_id in named.items():
            if owner_id not in world[kind]:
                yield f"{OWNERS[kind]}: {no_such(world, kind, owner_id)}"

    def save(self, world: World, record: Record) -> None:
        """Save it; it becomes its owner's conversation where the owner has none."""
        super().save(world, record)
        kind, owner = owner_of(world, record)
        if owner["conversation_id"] is None:
            world.replace(kind, {**owner, "conversation_id": record["id"]})

    def cascade(self, world: World, records: Sequence[Record]) -> Cascade:
        lost = list(records_of(world, "message", "conversation_id", records))
        return [*self.messages.cascade(world, lost), (self, [*records])]

    def detach(self, world: World, records: Sequence[Record]) -> None:
        owners = [owner_of(world, record) for record in records]
        super().detach(world, records)
        for (kind, owner), record in zip(owners, records, strict=True):
            if owner["conversation_id"] == record["id"]:
                oldest = next(
                    world["conversation"].find(index_key(OWNERS[kind], owner["id"])), None
                )
                moved = {**owner, "conversation_id": oldest and oldest["id"]}
                world.replace(kind, moved)


def owner_of(world: World, conversation: Record) -> tuple[str, Record]:
    """The contact or group that a conversation belongs to, with its kind."""
    kind = "contact" if conversation["contact_id"] is not None else "group"
    return kind, world[kind][conversation[OWNERS[kind]]]


class ConversationOwner(Resource):
    """A resource whose objects own conversations."""

    def __init__(self, conversations: Conversations) -> None:
        self.conversations = conversations

    def create(self, world: World, draft: Draft) -> Record:
        values = draft.settle(self.check(world, draft.values, None))
        record = self.build(world, self.complete(values))
        # The record is saved with its conversation's id, so that its event tells it; the events
        # come cause first.
        conversation = self.conversations.build(world, {OWNERS[self.kind]: record["id"]})
        record["conversation_id"] = conversation["id"]
        self.save(world, record)
        self.conversations.save(world, conversation)
        return self.present(world, record)

    def cascade(self, world: World, records: Sequence[Record]) -> Cascade:
        lost = list(records_of(world, "conversation", OWNERS[self.kind], records))
        return [*self.conversations.cascade(world, lost), (self, [*records])]
