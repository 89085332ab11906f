"""Attachments: uploaded files, each on at most one message."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from mockserver.resources.base import Resource, id_filter, unknown_reference
from mockserver.resources.fields import File, Filename
from mockserver.resources.media_types import MEDIA_TYPE, guess_type
from mockserver.schema import fields
from mockserver.schema.schema import Schema, ValidatedInput
from mockserver.storage.collection import Record
from mockserver.storage.world import World

FILES_URL = "https://assets.protocol.chat/attachments/"


class AttachmentSchema(Schema):
    id = fields.Identifier(required=True)
    message_id = fields.Identifier(required=True, allow_none=True)
    filename = fields.NonEmptyString(required=True)
    file_url = fields.HttpUrl(required=True)
    file_type = fields.NonEmptyString(required=True)
    file_size = fields.integer(0, fields.MAX_TIMESTAMP, required=True)
    created_at = fields.Timestamp(required=True)


class Attachments(Resource):
    kind = "attachment"
    path = "attachments"
    schema = AttachmentSchema()
    # A record also contains the conversation's id, for the filter.
    defaults = dict.fromkeys((*schema.fields, "conversation_id"))
    create_schema = Schema.with_fields(file=File(required=True), message_id=fields.NonEmptyString())
    update_schema = Schema.with_fields(filename=Filename())
    filters = {
        "conversation_id": id_filter(
            "conversation_id", "Return only attachments in this conversation."
        )
    }

    def check(self, world: World, values: Record, old: Record | None) -> Iterator[str]:
        yield from unknown_reference(world, "message", "message_id", values.get("message_id"))

    def create(self, world: World, body: ValidatedInput) -> Record:
        attachment = super().create(world, body)
        if attachment["message_id"] is not None:
            message = world["message"][attachment["message_id"]]
            attachments = [*message["attachments"], attachment["id"]]
            world.replace("message", {**message, "attachments": attachments})
        return attachment

    def complete(self, values: Record) -> Record:
        name = values.get("filename")
        return values if name is None else {**values, "file_url": file_url(name)}

    def build(self, world: World, values: Record) -> Record:
        upload: fields.Upload = values["file"]
        message_id = values.get("message_id")
        record = super().build(
            world,
            {
                "message_id": message_id,
                "filename": upload.name,
                "file_url": file_url(upload.name),
                "file_type": media_type(upload),
                "file_size": len(upload.content),
                "conversation_id": message_id and world["message"][message_id]["conversation_id"],
            },
        )
        world.store_file(record["id"], upload.content)
        return record

    def present(self, world: World, record: Record) -> Record:
        return {name: record[name] for name in self.schema.fields}

    def detach(self, world: World, records: Sequence[Record]) -> None:
        for record in records:
            if record["message_id"] is not None:
                message = world["message"][record["message_id"]]
                kept = [other for other in message["attachments"] if other != record["id"]]
                world.replace("message", {**message, "attachments": kept})
            world.set_entry(world.files, record["id"], None)
        super().detach(world, records)


def file_url(filename: str) -> str:
    return FILES_URL + quote(filename, safe="")


def media_type(upload: fields.Upload) -> str:
    """Return the media type sent with the file if valid, else one guessed from the filename."""
    media_type = (upload.media_type or "").split(";")[0].strip().lower()
    return media_type if MEDIA_TYPE.fullmatch(media_type) else guess_type(upload.name)


def move_attachments(world: World, attachment_ids: Sequence[str], message: Record | None) -> None:
    """Attach attachments to a message, or detach them if it is None, without emitting events."""
    location = {
        "message_id": message and message["id"],
        "conversation_id": message and message["conversation_id"],
    }
    for attachment_id in attachment_ids:
        world.replace("attachment", {**world["attachment"][attachment_id], **location})
