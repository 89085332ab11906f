"""The types of attributes that name or carry a file (reference, "Attachment")."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Any

from marshmallow import ValidationError

from mockserver.resources.media_types import MEDIA_TYPE
from mockserver.schema.fields import Attribute, Text, show, valid_text
from mockserver.schema.uploads import Upload

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
