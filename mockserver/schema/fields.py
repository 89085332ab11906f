"""The types of attributes: how strict JSON is read, what a form's text means, what is said of a
wrong value, and how JSON Schema describes them.

marshmallow's own ``Boolean`` takes "yes" and its ``Integer`` cuts 12.7 to 12; the reference
("Request bodies") types JSON strictly, so each type here says itself what it takes.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields

from mockserver.schema.uploads import Upload

LATEST = 253402300799  # 9999-12-31T23:59:59Z
SHORT = 40


def show(value: Any) -> str:
    """A value as JSON for a message, where it is short; else its type."""
    if isinstance(value, Upload):
        return "a file"
    if isinstance(value, str) and len(value) <= SHORT and value.isprintable():
        return f"'{value}'"  # double quotes would all be escaped in the error object
    try:
        # A lone surrogate, which no message can carry, is shown as it was escaped.
        text = json.dumps(value, ensure_ascii=False).encode(errors="backslashreplace").decode()
    except (TypeError, ValueError, RecursionError):
        return "a value that is no valid JSON"
    if len(text) <= SHORT:
        return text
    names = {"dict": "an object", "list": "an array", "str": "a string"}
    return f"{names.get(type(value).__name__, 'a value')} of {len(text)} characters"


class Attribute(fields.Field[Any], ABC):
    """An attribute of an object, a body or a query."""

    #: What it takes, in the words of a refusal.
    wanted: str
    default_error_messages = {"required": "is required", "null": "may not be null"}

    def json_schema(self) -> dict[str, Any]:
        """The attribute's values in JSON Schema 2020-12."""
        schema = self._json_schema()
        if self.allow_none:
            schema = {**schema, "type": [schema["type"], "null"]}
        description = self.metadata.get("description")
        return {**schema, "description": description} if description else schema

    @abstractmethod
    def _json_schema(self) -> dict[str, Any]:
        """The same, but for what all attributes have in common."""

    def from_form(self, value: Any) -> Any:
        """What a form's value means in JSON; one that means nothing is left for load to refuse."""
        return value

    def refuse(self, value: Any) -> ValidationError:
        return ValidationError(f"must be {self.wanted}, not {show(value)}")


class Text(Attribute):
    """Free text; not empty, unless ``empty`` allows it."""

    wanted = "a string"

    def __init__(self, *, empty: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.empty = empty

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise self.refuse(value)
        if not value and not self.empty:
            raise ValidationError("may not be empty")
        return valid_text(value)

    def _json_schema(self) -> dict[str, Any]:
        return {"type": "string"} if self.empty else {"type": "string", "minLength": 1}


def valid_text(value: str) -> str:
    """``value``, if it is valid Unicode (a lone surrogate is not)."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValidationError(
            f"is no valid Unicode: a lone surrogate U+{ord(value[error.start]):04X} "
            f"at character {error.start + 1}"
        ) from None
    return value


class Url(Text):
    """An http or https URL."""

    wanted = "an http or https URL"
    # The quote by its number: as itself it breaks what openapi-generator writes in Python.
    pattern = re.compile(
        r"[Hh][Tt][Tt][Pp][Ss]?://"
        r"([^\x00-\x20\x7f<>\x22/?#@]*@)?"
        r"(\[[0-9A-Fa-f:.]+\]|[^\x00-\x20\x7f<>\x22/?#@:\[\]]+)(:[0-9]{0,5})?"
        r"([/?#][^\x00-\x20\x7f<>\x22]*)?"
    )

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, *args, **kwargs)
        if not self.pattern.fullmatch(text):
            raise self.refuse(value)
        try:  # what no pattern can tell: a port that is too high, brackets around no address
            _ = urlsplit(text).port
        except ValueError:
            raise self.refuse(value) from None
        return text

    def _json_schema(self) -> dict[str, Any]:
        # An IRI (RFC 3987): browsers take characters beyond ASCII, and so do we.
        return {"type": "string", "format": "iri", "pattern": f"^{self.pattern.pattern}$"}


class Identifier(Text):
    """An id as an object carries it: 16 characters of ``A-Za-z0-9``."""

    wanted = "an id of 16 characters of A-Za-z0-9"
    pattern = re.compile(r"[A-Za-z0-9]{16}")

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str) or not self.pattern.fullmatch(value):
            raise self.refuse(value)
        return value

    def _json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{self.pattern.pattern}$"}


class Flag(Attribute):
    """A boolean. In a form: true, false, 1 or 0."""

    wanted = "a boolean (true or false)"
    spelled: ClassVar = {"true": True, "1": True, "false": False, "0": False}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(value)
        return value

    def _json_schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def from_form(self, value: Any) -> Any:
        return self.spelled.get(value, value) if isinstance(value, str) else value


class Whole(Attribute):
    """An integer between two bounds, both allowed. 5.0 is one, as in JSON Schema."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most
        self.wanted = f"an integer from {least} to {most}"

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse(value)
        if not self.least <= value <= self.most:
            raise self.refuse(value)
        return value

    def _json_schema(self) -> dict[str, Any]:
        # For generated code in languages whose usual integer is too short.
        wide = {"format": "int64"} if self.most >= 2**31 else {}
        return {"type": "integer", **wide, "minimum": self.least, "maximum": self.most}

    def from_form(self, value: Any) -> Any:
        # Nineteen digits hold any bound here; int() of a million would take seconds.
        plain = isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value)
        return int(value) if plain else value


class Number(Attribute):
    """A number between two bounds, both allowed."""

    def __init__(self, least: float, most: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most
        self.wanted = f"a number from {least:g} to {most:g}"

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refuse(value)
        if not self.least <= value <= self.most:
            raise self.refuse(value)
        return value

    def _json_schema(self) -> dict[str, Any]:
        return {"type": "number", "minimum": self.least, "maximum": self.most}


class Timestamp(Whole):
    """Unix time in whole seconds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(0, LATEST, **kwargs)
        self.wanted = f"a timestamp in whole Unix seconds, 0 to {LATEST}"


class Object(Attribute):
    """An object with any attributes."""

    wanted = "an object"

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.refuse(value)
        return value

    def _json_schema(self) -> dict[str, Any]:
        return {"type": "object"}


class Choice(Text):
    """One of a few words."""

    def __init__(self, words: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = tuple(words)
        self.wanted = f"one of {', '.join(words)}"

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise self.refuse(value)
        return value

    def _json_schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.words)}


class Choices(Choice):
    """An array of some of a few words."""

    def __init__(self, words: Sequence[str], **kwargs: Any) -> None:
        super().__init__(words, **kwargs)
        self.wanted = f"an array of some of {', '.join(words)}"

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise self.refuse(value)
        return [super(Choices, self)._deserialize(each, *args, **kwargs) for each in value]

    def _json_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": super()._json_schema()}
