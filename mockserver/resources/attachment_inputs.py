"""What comes with a message: attachments that are there already, and files that are not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from mockserver.resources.fields import References
from mockserver.resources.file_fields import Base64, Filename, MediaType
from mockserver.schema.schema import Attributes
from mockserver.schema.uploads import Upload

#: A file as JSON; the empty one where there is no ``content``.
FILE = Attributes(
    {"filename": Filename(required=True), "content": Base64(), "file_type": MediaType()}
)


class AttachmentInputs(References):
    """An array of attachments: each an id, an object with an id, or a file, read as an upload."""

    wanted = "an array of ids, or of objects with an id or a filename"

    def _read(self, entry: Any) -> Any:
        if not isinstance(entry, Mapping) or "id" in entry:
            return super()._read(entry)
        values, messages = FILE.examine(entry)
        if messages:
            raise ValidationError(messages)
        return Upload(values["filename"], values.get("file_type"), values.get("content", b""))

    def _json_schema(self) -> dict[str, Any]:
        schema = super()._json_schema()
        return {**schema, "items": {"anyOf": [*schema["items"]["anyOf"], FILE.json_schema()]}}
