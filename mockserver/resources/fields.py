"""The types of attributes that are arrays: references to other objects, and reactions."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from mockserver.resources.media_types import MEDIA_TYPE
from mockserver.schema.fields import Attribute, Text, show, valid_text
from mockserver.schema.schema import Attributes
from mockserver.schema.uploads import Upload


class References(Attribute):
    """An array of references: each an id, or an object of which only ``id`` is read."""

    wanted = "an array of ids, or of objects with an id"

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.refuse(value)
        found: list[Any] = []
        problems: dict[Any, Any] = {}
        for place, entry in enumerate(value):
            try:
                found.append(self._read(entry))
            except ValidationError as error:
                problems[place] = error.messages
        if problems:
            raise ValidationError(problems)
        return found

    def _read(self, entry: Any) -> Any:
        """What one entry refers to."""
        named = isinstance(entry, Mapping)
        name = entry.get("id") if isinstance(entry, Mapping) else entry
        if isinstance(name, str) and name:
            return name
        said = [f"must be an id, not {show(name)}"]
        raise ValidationError({"id": said} if named else said)

    def _json_schema(self) -> dict[str, Any]:
        one = {"type": "string", "minLength": 1}
        named = {"type": "object", "properties": {"id": one}, "required": ["id"]}
        return {"type": "array", "items": {"anyOf": [one, named]}}

    def from_form(self, value: Any) -> Any:
        return form_array(value)


class Reactions(Attribute):
    """Who reacted how: one object of name to usernames, or an array of such objects."""

    wanted = "an object of names to arrays of usernames, or an array of such objects"

    def __init__(self, *, answered: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.answered = answered
        if answered:  # in one shape only
            self.wanted = "an array of objects, each of a name and its usernames"

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[dict[str, list[str]]]:
        given = [value] if isinstance(value, Mapping) else value
        if not isinstance(given, list):
            raise self.refuse(value)
        found: dict[str, list[str]] = {}
        problems: dict[Any, Any] = {}
        for place, entry in enumerate(given):
            said: Any = self._read(entry, found)
            if said and given is not value:
                problems.update(said)
            elif said:
                problems[place] = said
        if problems:
            raise ValidationError(problems)
        return [{name: usernames} for name, usernames in found.items()]

    def _read(self, entry: Any, found: dict[str, list[str]]) -> Any:
        """Read one object into ``found``; returns what is wrong with it."""
        if not isinstance(entry, Mapping):
            return [f"must be an object of names to usernames, not {show(entry)}"]
        problems: dict[str, Any] = {}
        for name, usernames in entry.items():
            try:
                if name in found:
                    raise ValidationError("is named twice; give each reaction once")
                if not valid_text(name):
                    raise ValidationError("a reaction's name may not be empty")
                found[name] = self._usernames(usernames)
            except ValidationError as error:
                problems[name] = error.messages
        return problems

    def _usernames(self, value: Any) -> list[str]:
        if not isinstance(value, list):
            raise ValidationError(f"must be an array of usernames, not {show(value)}")
        for username in value:
            if not isinstance(username, str) or not username:
                raise ValidationError(f"must hold usernames, not {show(username)}")
            valid_text(username)
        return list(dict.fromkeys(value))

    def _json_schema(self) -> dict[str, Any]:
        usernames = {"type": "array", "items": {"type": "string", "minLength": 1}}
        named = {"propertyNames": {"minLength": 1}, "additionalProperties": usernames}
        return {"type": "array", "items": {"type": "object", **named}}

    def json_schema(self) -> dict[str, Any]:
        """Sent, both shapes are taken; answered, it is always the array."""
        schema = super().json_schema()
        if self.answered:
            return schema
        return {"anyOf": [schema["items"], schema]}

    def from_form(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: form_array(usernames) for name, usernames in value.items()}
        if isinstance(value, list) and value != [""]:
            return [self.from_form(entry) if isinstance(entry, dict) else entry for entry in value]
        return form_array(value)


def form_array(value: Any) -> Any:
    """An array in a form: ``a=X`` is ``[X]``, and ``a[]=`` alone is empty."""
    if isinstance(value, str):
        return [value]
    return [] if value == [""] else value


#: A path whose last segment is a name, and neither empty nor one of ``.`` and ``..``.
NAMED = r"(^|[/\\])([^/\\.]|\.[^/\\.]|\.\.[^/\\])[^/\\]*$"


class File(Attribute):
    """A file part, or a text that names one (the documented cURL sends the path as text)."""

    wanted = "a file, or the path of one as text"

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Upload:
        if isinstance(value, str):
            value = Upload(value, None, b"")
        if not isinstance(value, Upload):
            raise self.refuse(value)
        return Upload(basename(value.name), value.media_type, value.content)

    def _json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": NAMED}


class Filename(Text):
    """A file's name: the last segment of whatever path is given."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return basename(super()._deserialize(value, *args, **kwargs))

    def _json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": NAMED}


class Base64(Attribute):
    """Bytes in base64 (RFC 4648, section 4)."""

    wanted = "bytes in base64"

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bytes:
        if not isinstance(value, str):
            raise self.refuse(value)
        try:
            return b64decode(value, validate=True)
        except ValueError as error:
            raise ValidationError(f"is no base64: {error}") from None

    def _json_schema(self) -> dict[str, Any]:
        return {"type": "string", "contentEncoding": "base64"}


class MediaType(Text):
    """A MIME type, such as an upload is given: it becomes the header of what is served."""

    wanted = "a MIME type such as 'image/png'"

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str) or not MEDIA_TYPE.fullmatch(value):
            raise self.refuse(value)
        return value

    def _json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{MEDIA_TYPE.pattern}$"}


def basename(path: str) -> str:
    """What follows the last ``/`` or ``\\`` (reference, "Attachment"); never empty."""
    name = re.split(r"[/\\]", valid_text(path))[-1]
    if name in ("", ".", ".."):
        raise ValidationError(f"must name a file, not {show(path)}")
    return name


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
