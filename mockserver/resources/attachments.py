"""Attachments: files that were uploaded, on a message or not yet on one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from mockserver.resources.base import Resource, id_filter, no_such
from mockserver.resources.fields import File, Filename
from mockserver.resources.media_types import MEDIA_TYPE, guess_type
from mockserver.schema.fields import (
    LATEST,
    Identifier,
    Text,
    Timestamp,
    Url,
    Whole,
)
from mockserver.schema.schema import Attributes, Draft
from mockserver.schema.uploads import Upload
from mockserver.storage.collection import Record
from mockserver.storage.world import World

FILES = "https://assets.protocol.chat/attachments/"


class Attachments(Resource):
    kind = "attachment"
    path = "attachments"
    shape = Attributes(
        {
            "id": Identifier(required=True),
            "message_id": Identifier(required=True, allow_none=True),
            "filename": Text(required=True),
            "file_url": Url(required=True),
            "file_type": Text(required=True),
            "file_size": Whole(0, LATEST, required=True),
            "created_at": Timestamp(required=True),
        }
    )
    # The conversation is ours, for the filter; clients do not see it.
    blank = dict.fromkeys((*shape.fields, "conversation_id"))
    create_body = Attributes({"file": File(required=True), "message_id": Text()})
    update_body = Attributes({"filename": Filename()})
    filters = {"conversation_id": id_filter("conversation_id", "only of this conversation")}

    def check(self, world: World, values: Record, old: Record | None) -> Iterator[str]:
        message_id = values.get("message_id")
        if message_id is not None and message_id not in world["message"]:
            yield f"message_id: {no_such(world, 'message', message_id)}"

    def create(self, world: World, draft: Draft) -> Record:
        shown = super().create(world, draft)
        if shown["message_id"] is not None:
            message = world["message"][shown["message_id"]]
            attachments = [*message["attachments"], shown["id"]]
            world.replace("message", {**message, "attachments": attachments})
        return shown

    def complete(self, values: Record) -> Record:
        name = values.get("filename")
        return values if name is None else {**values, "file_url": file_url(name)}

    def build(self, world: World, values: Record) -> Record:
        upload: Upload = values["file"]
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
        world.set_entry(world.files, record["id"], upload.content)
        return record

    def present(self, world: World, record: Record) -> Record:
        return {name: record[name] for name in self.shape.fields}

    def detach(self, world: World, records: Sequence[Record]) -> None:
        for record in records:
            if record["message_id"] is not None:
                message = world["message"][record["message_id"]]
                left = [each for each in message["attachments"] if each != record["id"]]
                world.replace("message", {**message, "attachments": left})
            world.set_entry(world.files, record["id"], None)
        super().detach(world, records)


def file_url(filename: str) -> str:
    """Where the documentation says that a file of this name lies."""
    return FILES + quote(filename, safe="")


def media_type(upload: Upload) -> str:
    """The type that came with the file, if it is one; else what its name suggests."""
    given = (upload.media_type or "").split(";")[0].strip().lower()
    return given if MEDIA_TYPE.fullmatch(given) else guess_type(upload.name)


def move(world: World, attachment_ids: Sequence[str], message: Record | None) -> None:
    """Attach to ``message``, or detach (None). What merely follows announces nothing."""
    home = {
        "message_id": message and message["id"],
        "conversation_id": message and message["conversation_id"],
    }
    for attachment_id in attachment_ids:
        world.replace("attachment", {**world["attachment"][attachment_id], **home})
