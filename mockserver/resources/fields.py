"""Fields of the Protocol API: references, reactions and files."""

import re
from base64 import b64decode
from collections.abc import Mapping
from functools import partial
from typing import Any

from marshmallow import ValidationError

from mockserver.errors import MAX_PROBLEMS
from mockserver.resources.media_types import MEDIA_TYPE
from mockserver.schema import fields
from mockserver.schema.compound import form_array, read_entries
from mockserver.schema.schema import Schema

#: Pattern of a path whose last segment is a filename: not empty, and neither ``.`` nor ``..``.
FILE_PATH = r"(^|[/\\])([^/\\.]|\.[^/\\.]|\.\.[^/\\])[^/\\]*$"
STRING = {"type": "string", "minLength": 1}


class Reference(fields.StrictField):
    """A reference to an object: its id, or an object of which only ``id`` is read."""

    expected = "an id"
    plural = "ids, or of objects with an id"
    default_error_messages = {"null": "must be an id, not null"}

    def read(self, value: Any) -> Any:
        record_id = value.get("id") if isinstance(value, Mapping) else value
        if not isinstance(record_id, str) or not record_id:
            error = self.invalid(record_id)
            raise error if record_id is value else ValidationError({"id": error.messages})
        return record_id

    def json_type(self) -> dict[str, Any]:
        reference = {"type": "object", "properties": {"id": STRING}, "required": ["id"]}
        return {"anyOf": [STRING, reference]}


class Reactions(fields.StrictField):
    """Reactions to a message: an array of objects, each ``{name: [usernames]}``.

    Requests may also send one object with all names; responses never do (``response=True``).
    """

    expected = "an object that maps names to arrays of usernames, or an array of such objects"

    def __init__(self, *, response: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.response = response
        if response:
            self.expected = "an array of objects, each with a name and its usernames"

    def read(self, value: Any) -> list[dict[str, list[str]]]:
        reactions: dict[str, list[str]] = {}
        read_entry = partial(self._read_entry, reactions)
        if isinstance(value, Mapping):
            read_entry(value)
        elif isinstance(value, list):
            read_entries(value, read_entry)
        else:
            raise self.invalid(value)
        return [{name: usernames} for name, usernames in reactions.items()]

    def _read_entry(self, reactions: dict[str, list[str]], entry: Any) -> None:
        """Add the names and usernames of one object to ``reactions``."""
        if not isinstance(entry, Mapping):
            found = fields.repr_value(entry)
            raise ValidationError(f"must be an object that maps names to usernames, not {found}")
        errors: dict[str, Any] = {}
        for name, usernames in entry.items():
            try:
                if name in reactions:
                    raise ValidationError("is sent twice; send each reaction once")
                if not fields.require_unicode(name):
                    raise ValidationError("a reaction's name may not be empty")
                reactions[name] = self._read_usernames(usernames)
            except ValidationError as error:
                errors[name] = error.messages
                if len(errors) > MAX_PROBLEMS:
                    break
        if errors:
            raise ValidationError(errors)

    def _read_usernames(self, value: Any) -> list[str]:
        if not isinstance(value, list):
            raise ValidationError(f"must be an array of usernames, not {fields.repr_value(value)}")
        for username in value:
            if not isinstance(username, str) or not username:
                raise ValidationError(f"must contain usernames, not {fields.repr_value(username)}")
            fields.require_unicode(username)
        return list(dict.fromkeys(value))

    def json_type(self) -> dict[str, Any]:
        usernames = {"type": "array", "items": STRING}
        entry = {"propertyNames": {"minLength": 1}, "additionalProperties": usernames}
        return {"type": "array", "items": {"type": "object", **entry}}

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema: both forms for a request, only the array for a response."""
        schema = super().json_schema()
        return schema if self.response else {"anyOf": [schema["items"], schema]}

    def from_form(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: form_array(usernames) for name, usernames in value.items()}
        if isinstance(value, list) and value != [""]:
            return [self.from_form(entry) if isinstance(entry, dict) else entry for entry in value]
        return form_array(value)


class File(fields.StrictField):
    """An uploaded file, or only a path: the documented cURL command sends a path as text."""

    expected = "a file, or a file path as text"

    def read(self, value: Any) -> fields.Upload:
        if isinstance(value, str):
            value = fields.Upload(value, None, b"")
        if not isinstance(value, fields.Upload):
            raise self.invalid(value)
        return fields.Upload(basename(value.name), value.media_type, value.content)

    def json_type(self) -> dict[str, Any]:
        return {"type": "string", "pattern": FILE_PATH}


class Filename(fields.NonEmptyString):
    """A file's name: the last segment of a path."""

    def read(self, value: Any) -> str:
        return basename(super().read(value))

    def json_type(self) -> dict[str, Any]:
        return {"type": "string", "pattern": FILE_PATH}


class Base64(fields.StrictString):
    """Bytes in base64 (RFC 4648, section 4)."""

    expected = "bytes in base64"

    def read(self, value: Any) -> Any:
        try:
            return b64decode(super().read(value), validate=True)
        except ValueError:
            raise self.invalid(value) from None

    def json_type(self) -> dict[str, Any]:
        return {"type": "string", "contentEncoding": "base64"}


class MediaType(fields.PatternString):
    """A MIME type that can be served as ``Content-Type``; parameters are not allowed."""

    expected = "a MIME type such as 'image/png'"
    pattern = MEDIA_TYPE


class AttachmentInput(Reference):
    """A reference to an attachment, or a new file as a JSON object, which is read as an upload."""

    plural = "ids, or of objects with an id or a filename"
    # Without content, the file is empty.
    file_schema = Schema.with_fields(
        filename=Filename(required=True), content=Base64(), file_type=MediaType()
    )

    def read(self, value: Any) -> Any:
        if not isinstance(value, Mapping) or "id" in value:
            return super().read(value)
        values = self.file_schema.load(value)
        return fields.Upload(
            values["filename"], values.get("file_type"), values.get("content", b"")
        )

    def json_type(self) -> dict[str, Any]:
        return {"anyOf": [*super().json_type()["anyOf"], self.file_schema.json_schema()]}


def basename(path: str) -> str:
    """Return the last segment of a path; raise ``ValidationError`` if it is not a filename.

    Both ``/`` and ``\\`` separate segments (``contract/reference.md``, "Attachment").
    """
    name = re.split(r"[/\\]", fields.require_unicode(path))[-1]
    if name in ("", ".", ".."):
        raise ValidationError(f"must name a file, not {fields.repr_value(path)}")
    return name
