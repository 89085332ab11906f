"""Messages: what was said, by whom, with which reactions and attachments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mockserver.resources import attachments as attached
from mockserver.resources.attachments import Attachments
from mockserver.resources.base import (
    Cascade,
    Resource,
    id_filter,
    index_key,
    no_such,
    touch_last_active,
    unique,
)
from mockserver.resources.fields import Reactions, References
from mockserver.schema.fields import Attribute, Identifier, Text, Timestamp, Url
from mockserver.schema.nested import Nested, NestedList
from mockserver.schema.schema import Attributes, Draft
from mockserver.schema.uploads import Upload
from mockserver.storage.collection import Record
from mockserver.storage.world import World

#: In JSON Schema: an empty message has attachments.
NOT_EMPTY = {
    "if": {"properties": {"message": {"const": ""}}},
    "then": {"required": ["attachments"], "properties": {"attachments": {"minItems": 1}}},
}


def embedded_contact_fields() -> dict[str, Attribute]:
    """The attributes of an embedded contact, in wire order."""
    return {
        "id": Identifier(required=True),
        "username": Text(required=True),
        "phone_number": Text(required=True),
        "avatar_url": Url(required=True, allow_none=True),
        "last_active_at": Timestamp(required=True, allow_none=True),
        "created_at": Timestamp(required=True),
    }


def embed_contact(contact: Record) -> Record:
    """What of a contact is embedded. Spelled out, since a page of messages does it often."""
    return {
        "id": contact["id"],
        "username": contact["username"],
        "phone_number": contact["phone_number"],
        "avatar_url": contact["avatar_url"],
        "last_active_at": contact["last_active_at"],
        "created_at": contact["created_at"],
    }


def embedded_sender(world: World, contact_id: str) -> dict[str, Any]:
    """The embedded contact; of one who was deleted, the last state."""
    contact = world["contact"].get(contact_id)
    return world.departed[contact_id] if contact is None else embed_contact(contact)


class Messages(Resource):
    kind = "message"
    path = "messages"
    shape = Attributes(
        {
            "id": Identifier(required=True),
            "conversation_id": Identifier(required=True),
            "contact": Nested(Attributes(embedded_contact_fields()), required=True),
            "message": Text(required=True, empty=True),
            "reactions": Reactions(required=True, answered=True),
            "attachments": NestedList(Attachments.shape, required=True),
            "read_at": Timestamp(required=True, allow_none=True),
            "created_at": Timestamp(required=True),
            "updated_at": Timestamp(required=True, allow_none=True),
        }
    )
    # A record holds the ids of its sender and its attachments; ``present`` embeds them.
    blank = dict.fromkeys(shape.fields) | {"reactions": [], "attachments": []}
    create_body = Attributes(
        {
            "conversation_id": Text(required=True),
            "message": Text(required=True, empty=True),
            "attachments": References(),
        },
        together=NOT_EMPTY,
    )
    update_body = Attributes(
        {
            "message": Text(empty=True),
            "reactions": Reactions(),
            "attachments": References(),
        }
    )
    filters = {"conversation_id": id_filter("conversation_id", "only of this conversation")}
    lookups = {"sender": "contact"}

    def __init__(self, attachments: Attachments) -> None:
        self.attachments = attachments

    def check(self, world: World, values: Record, old: Record | None) -> Iterator[str]:
        conversation_id = values.get("conversation_id")
        if conversation_id is not None and conversation_id not in world["conversation"]:
            yield f"conversation_id: {no_such(world, 'conversation', conversation_id)}"
        for place, each in enumerate(values.get("attachments", ())):
            # A file that comes with the message is nobody else's.
            problem = None if isinstance(each, Upload) else self._unfit(world, each, old)
            if problem:
                yield f"attachments[{place}]: {problem}"
        after = {**(old or {}), **values}
        # A message that lost its last attachment may still be given reactions.
        empty = after.get("message") == "" and not after.get("attachments")
        if empty and values.keys() & {"message", "attachments"}:
            yield "message: may not be empty, unless the message has attachments"

    def _unfit(self, world: World, attachment_id: str, old: Record | None) -> str | None:
        """Why the message cannot carry this attachment."""
        attachment = world["attachment"].get(attachment_id)
        if attachment is None:
            return no_such(world, "attachment", attachment_id)
        home = attachment["message_id"]
        if home is None or (old is not None and home == old["id"]):
            return None
        return (
            f"attachment '{attachment_id}' belongs to message '{home}'; "
            "an attachment belongs to one message only"
        )

    def complete(self, values: Record) -> Record:
        wanted = values.get("attachments")
        return values if wanted is None else {**values, "attachments": unique(wanted)}

    def create(self, world: World, draft: Draft) -> Record:
        values = draft.settle(self.check(world, draft.values, None))
        return self.send(world, world.user_id, self.complete(values))

    def send(self, world: World, contact_id: str, values: Record) -> Record:
        """Say ``values`` as a contact, with all that follows; they are taken as checked."""
        message = self.build(world, {**values, "contact": contact_id})
        self.save(world, message)
        attached.move(world, message["attachments"], message)
        touch_last_active(world, "conversation", message["conversation_id"])
        touch_last_active(world, "contact", contact_id)
        return self.present(world, message)

    def update(self, world: World, record_id: str, draft: Draft) -> Record:
        old = self.find(world, record_id)
        values = draft.settle(self.check(world, draft.values, old))
        new = {**old, **self.complete(values)}
        if new != old:
            new["updated_at"] = world.change_time()
            kept = set(new["attachments"])
            attached.move(world, [a for a in old["attachments"] if a not in kept], None)
            attached.move(world, new["attachments"], new)
            self.change(world, new)
        return self.present(world, new)

    def present(self, world: World, record: Record) -> Record:
        contact = embedded_sender(world, record["contact"])
        return {**record, "contact": contact, "attachments": self._carried(world, record)}

    def present_all(self, world: World, records: Sequence[Record]) -> Sequence[Record]:
        # Few people say all that is on a page.
        senders = {one: embedded_sender(world, one) for one in {r["contact"] for r in records}}
        return [
            {
                **record,
                "contact": senders[record["contact"]],
                "attachments": self._carried(world, record),
            }
            for record in records
        ]

    def _carried(self, world: World, record: Record) -> Sequence[Record]:
        carried: Sequence[Any] = record["attachments"]
        if not carried:
            return carried
        attachments, present = world["attachment"], self.attachments.present
        return [present(world, attachments[each]) for each in carried]

    def cascade(self, world: World, records: Sequence[Record]) -> Cascade:
        attachments = world["attachment"]
        lost = [attachments[each] for record in records for each in record["attachments"]]
        return [*self.attachments.cascade(world, lost), (self, [*records])]

    def detach(self, world: World, records: Sequence[Record]) -> None:
        for record in records:
            conversation = world["conversation"][record["conversation_id"]]
            if conversation["pinned_message_id"] == record["id"]:
                world.replace("conversation", {**conversation, "pinned_message_id": None})
        super().detach(world, records)
        for contact_id in {record["contact"] for record in records}:
            # The last state of a deleted sender is kept for as long as a message shows it.
            if contact_id in world.departed and not world["message"].count(
                index_key("sender", contact_id)
            ):
                world.set_entry(world.departed, contact_id, None)
