"""Conversations with a contact or of a group."""

from collections.abc import Iterator, Sequence

from mockserver.resources.base import (
    Cascade,
    Resource,
    boolean_filter,
    id_filter,
    index_key,
    unknown_reference,
)
from mockserver.resources.fields import STRING
from mockserver.resources.messages import Messages
from mockserver.schema import fields
from mockserver.schema.schema import Schema, ValidatedInput
from mockserver.storage.collection import Record
from mockserver.storage.world import World

#: The kinds that own conversations, each with the attribute that refers to the owner.
OWNERS = {"contact": "contact_id", "group": "group_id"}


class ConversationSchema(Schema):
    id = fields.Identifier(required=True)
    contact_id = fields.Identifier(required=True, allow_none=True)
    group_id = fields.Identifier(required=True, allow_none=True)
    pinned_message_id = fields.Identifier(required=True, allow_none=True)
    is_pinned = fields.StrictBoolean(required=True)
    is_muted = fields.StrictBoolean(required=True)
    last_active_at = fields.Timestamp(required=True, allow_none=True)
    last_opened_at = fields.Timestamp(required=True, allow_none=True)
    created_at = fields.Timestamp(required=True)
    archived_at = fields.Timestamp(required=True, allow_none=True)


class ConversationCreateSchema(Schema):
    """The body of ``POST /v1/conversations``: exactly one of the two ids."""

    contact_id = fields.NonEmptyString(allow_none=True)
    group_id = fields.NonEmptyString(allow_none=True)

    # The other id is absent or null; a form sends null as "". Redocly wants both in each branch.
    json_schema_conditions = {
        "if": {"required": ["contact_id"], "properties": {"contact_id": STRING}},
        "then": {"properties": {"contact_id": STRING, "group_id": {"enum": [None, ""]}}},
        "else": {"required": ["group_id"], "properties": {"contact_id": {}, "group_id": STRING}},
    }


class Conversations(Resource):
    kind = "conversation"
    path = "conversations"
    schema = ConversationSchema()
    defaults = dict.fromkeys(schema.fields) | {"is_pinned": False, "is_muted": False}
    create_schema = ConversationCreateSchema()
    update_schema = Schema.with_fields(
        pinned_message_id=fields.NonEmptyString(allow_none=True),
        is_pinned=fields.StrictBoolean(),
        is_muted=fields.StrictBoolean(),
        archived_at=fields.Timestamp(allow_none=True),
    )
    filters = {
        "muted": boolean_filter("is_muted", "`true`: return only muted conversations."),
        "archived": boolean_filter("archived_at", "`true`: return only archived conversations."),
        "pinned": boolean_filter("is_pinned", "`true`: return only pinned conversations."),
        "group_id": id_filter("group_id", "Return only conversations of this group."),
    }
    lookups = {"contact_id": "contact_id"}

    def __init__(self, messages: Messages) -> None:
        self.messages = messages

    def check(self, world: World, values: Record, old: Record | None) -> Iterator[str]:
        if old is None:
            yield from self._check_owner(world, values)
            return
        pinned = values.get("pinned_message_id")
        yield from unknown_reference(world, "message", "pinned_message_id", pinned)
        message = world["message"].get(pinned or "")
        if message and message["conversation_id"] != old["id"]:
            yield (
                f"pinned_message_id: message '{pinned}' is in conversation "
                f"'{message['conversation_id']}'; pin a message of this conversation"
            )

    def _check_owner(self, world: World, values: Record) -> Iterator[str]:
        ids = {kind: values.get(attribute) for kind, attribute in OWNERS.items()}
        owners = {kind: owner_id for kind, owner_id in ids.items() if owner_id is not None}
        if len(owners) != 1:
            yield f"give exactly one of contact_id and group_id, not {len(owners) or 'none'}"
        for kind, owner_id in owners.items():
            yield from unknown_reference(world, kind, OWNERS[kind], owner_id)

    def save(self, world: World, record: Record) -> None:
        """Store a new conversation, and set the owner's ``conversation_id`` if it is null."""
        super().save(world, record)
        kind, owner = owner_of(world, record)
        if owner["conversation_id"] is None:
            world.replace(kind, {**owner, "conversation_id": record["id"]})

    def cascade(self, world: World, records: Sequence[Record]) -> Cascade:
        keys = [index_key("conversation_id", record["id"]) for record in records]
        messages = [message for key in keys for message in world["message"].find(key)]
        return [*self.messages.cascade(world, messages), (self, [*records])]

    def detach(self, world: World, records: Sequence[Record]) -> None:
        owners = [owner_of(world, record) for record in records]
        super().detach(world, records)
        for (kind, owner), record in zip(owners, records, strict=True):
            if owner["conversation_id"] == record["id"]:
                key = index_key(OWNERS[kind], owner["id"])
                oldest = next(world["conversation"].find(key), None)
                world.replace(kind, {**owner, "conversation_id": oldest and oldest["id"]})


class ConversationOwner(Resource):
    """The base of contacts and groups, which are created and deleted with their conversations."""

    def __init__(self, conversations: Conversations) -> None:
        self.conversations = conversations

    def create(self, world: World, body: ValidatedInput) -> Record:
        values = body.raise_for_errors(self.check(world, body.values, None))
        record = self.build(world, self.complete(values))
        # Set the conversation's id before the owner is saved, so that the journal lists only one
        # change of the owner. Save the owner first, since its event precedes the conversation's.
        conversation = self.conversations.build(world, {OWNERS[self.kind]: record["id"]})
        record["conversation_id"] = conversation["id"]
        self.save(world, record)
        self.conversations.save(world, conversation)
        return self.present(world, record)

    def cascade(self, world: World, records: Sequence[Record]) -> Cascade:
        keys = [index_key(OWNERS[self.kind], record["id"]) for record in records]
        conversations = [item for key in keys for item in world["conversation"].find(key)]
        return [*self.conversations.cascade(world, conversations), (self, [*records])]


def owner_of(world: World, conversation: Record) -> tuple[str, Record]:
    """Return the kind and record of the contact or group that owns a conversation."""
    kind = "contact" if conversation["contact_id"] is not None else "group"
    return kind, world[kind][conversation[OWNERS[kind]]]
