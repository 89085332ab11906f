"""Messages, each with its sender, reactions and attachments."""

from collections.abc import Iterator, Sequence
from typing import Any

from mockserver.resources.attachments import Attachments, AttachmentSchema, move_attachments
from mockserver.resources.base import (
    Cascade,
    Resource,
    id_filter,
    index_key,
    touch_last_active,
    unique,
    unknown_reference,
)
from mockserver.resources.fields import Reactions, Reference
from mockserver.schema import fields
from mockserver.schema.compound import List, Nested
from mockserver.schema.schema import Schema, ValidatedInput
from mockserver.storage.collection import Record
from mockserver.storage.world import World


class EmbeddedContactSchema(Schema):
    """A contact inside a message or a group."""

    id = fields.Identifier(required=True)
    username = fields.NonEmptyString(required=True)
    phone_number = fields.NonEmptyString(required=True)
    avatar_url = fields.HttpUrl(required=True, allow_none=True)
    last_active_at = fields.Timestamp(required=True, allow_none=True)
    created_at = fields.Timestamp(required=True)


class MessageSchema(Schema):
    id = fields.Identifier(required=True)
    conversation_id = fields.Identifier(required=True)
    contact = Nested(EmbeddedContactSchema, required=True)
    message = fields.StrictString(required=True)
    reactions = Reactions(required=True, response=True)
    attachments = List(Nested(AttachmentSchema), required=True)
    read_at = fields.Timestamp(required=True, allow_none=True)
    created_at = fields.Timestamp(required=True)
    updated_at = fields.Timestamp(required=True, allow_none=True)


class MessageCreateSchema(Schema):
    conversation_id = fields.NonEmptyString(required=True)
    message = fields.StrictString(required=True)
    attachments = List(Reference())

    # An empty message needs attachments.
    json_schema_conditions = {
        "if": {"properties": {"message": {"const": ""}}},
        "then": {"required": ["attachments"], "properties": {"attachments": {"minItems": 1}}},
    }


class Messages(Resource):
    kind = "message"
    path = "messages"
    schema = MessageSchema()
    # A record holds the ids of its sender and attachments; ``present`` embeds the objects.
    defaults = dict.fromkeys(schema.fields) | {"reactions": [], "attachments": []}
    create_schema = MessageCreateSchema()
    update_schema = Schema.with_fields(
        message=fields.StrictString(), reactions=Reactions(), attachments=List(Reference())
    )
    filters = {
        "conversation_id": id_filter(
            "conversation_id", "Return only messages of this conversation."
        )
    }
    lookups = {"sender": "contact"}

    def __init__(self, attachments: Attachments) -> None:
        self.attachments = attachments

    def check(self, world: World, values: Record, old: Record | None) -> Iterator[str]:
        conversation_id = values.get("conversation_id")
        yield from unknown_reference(world, "conversation", "conversation_id", conversation_id)
        for index, attachment_id in enumerate(values.get("attachments", ())):
            if isinstance(attachment_id, fields.Upload):
                continue  # an upload becomes a new attachment, which no other message can have
            path, attachment = f"attachments[{index}]", world["attachment"].get(attachment_id)
            yield from unknown_reference(world, "attachment", path, attachment_id)
            if attachment and attachment["message_id"] not in (None, old and old["id"]):
                yield (
                    f"{path}: attachment '{attachment_id}' belongs to message "
                    f"'{attachment['message_id']}'; an attachment belongs to one message only"
                )
        new = {**(old or {}), **values}
        # A message may have lost its last attachment; its reactions may still be updated.
        empty = new.get("message") == "" and not new.get("attachments")
        if empty and values.keys() & {"message", "attachments"}:
            yield "message: may not be empty, unless the message has attachments"

    def complete(self, values: Record) -> Record:
        attachments = values.get("attachments")
        return values if attachments is None else {**values, "attachments": unique(attachments)}

    def create(self, world: World, body: ValidatedInput) -> Record:
        values = body.raise_for_errors(self.check(world, body.values, None))
        return self.send(world, world.user_id, self.complete(values))

    def send(self, world: World, contact_id: str, values: Record) -> Record:
        """Send a message as a contact and return it; the values must be valid."""
        message = self.build(world, {**values, "contact": contact_id})
        self.save(world, message)
        move_attachments(world, message["attachments"], message)
        touch_last_active(world, "conversation", message["conversation_id"])
        touch_last_active(world, "contact", contact_id)
        return self.present(world, message)

    def update(self, world: World, record_id: str, body: ValidatedInput) -> Record:
        old = self.find(world, record_id)
        values = body.raise_for_errors(self.check(world, body.values, old))
        new = {**old, **self.complete(values)}
        if new != old:
            new["updated_at"] = world.change_time()
            kept = set(new["attachments"])
            removed = [attachment for attachment in old["attachments"] if attachment not in kept]
            move_attachments(world, removed, None)
            move_attachments(world, new["attachments"], new)
            self.change(world, new)
        return self.present(world, new)

    def present(self, world: World, record: Record) -> Record:
        contact = embedded_sender(world, record["contact"])
        attachments = self._present_attachments(world, record)
        return record | {"contact": contact, "attachments": attachments}

    def present_all(self, world: World, records: Sequence[Record]) -> Sequence[Record]:
        # A page has few senders: embed each once.
        sender_ids = {record["contact"] for record in records}
        senders = {contact_id: embedded_sender(world, contact_id) for contact_id in sender_ids}
        page = [record | {"contact": senders[record["contact"]]} for record in records]
        for message in page:
            if message["attachments"]:
                message["attachments"] = self._present_attachments(world, message)
        return page

    def _present_attachments(self, world: World, record: Record) -> Sequence[Record]:
        ids: Sequence[Any] = record["attachments"]
        if not ids:
            return ids
        attachments, present = world["attachment"], self.attachments.present
        return [present(world, attachments[attachment_id]) for attachment_id in ids]

    def cascade(self, world: World, records: Sequence[Record]) -> Cascade:
        ids = [attachment_id for record in records for attachment_id in record["attachments"]]
        attachments = [world["attachment"][attachment_id] for attachment_id in ids]
        return [*self.attachments.cascade(world, attachments), (self, [*records])]

    def detach(self, world: World, records: Sequence[Record]) -> None:
        for record in records:
            conversation = world["conversation"][record["conversation_id"]]
            if conversation["pinned_message_id"] == record["id"]:
                world.replace("conversation", {**conversation, "pinned_message_id": None})
        super().detach(world, records)
        for contact_id in {record["contact"] for record in records}:
            # The last state of a deleted sender is kept while a message shows it.
            key = index_key("sender", contact_id)
            if contact_id in world.departed and not world["message"].count(key):
                world.set_entry(world.departed, contact_id, None)


def embed_contact(contact: Record) -> Record:
    """Return a contact as embedded in other objects; for speed, without a loop over the schema."""
    return {
        "id": contact["id"],
        "username": contact["username"],
        "phone_number": contact["phone_number"],
        "avatar_url": contact["avatar_url"],
        "last_active_at": contact["last_active_at"],
        "created_at": contact["created_at"],
    }


def embedded_sender(world: World, contact_id: str) -> Record:
    """Return a sender as embedded in messages: the current state, or the last state if deleted."""
    contact = world["contact"].get(contact_id)
    return world.departed[contact_id] if contact is None else embed_contact(contact)
