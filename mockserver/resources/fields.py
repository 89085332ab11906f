"""The types of attributes: how strict JSON is read, what a form's text means, what is said of a
wrong value, and how JSON Schema describes them.

marshmallow's own ``Boolean`` takes "yes" and its ``Integer`` cuts 12.7 to 12; the reference
("Request bodies") types JSON strictly, so each type here says itself what it takes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields

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


class Attribute(fields.Field[Any]):
    """An attribute of an object, a body or a query."""

    wanted: ClassVar[str]
    default_error_messages = {"required": "is required", "null": "may not be null"}

    def json_schema(self) -> dict[str, Any]:
        """The attribute's values in JSON Schema 2020-12."""
        schema = self._json_schema()
        if self.allow_none:
            schema = {**schema, "type": [schema["type"], "null"]}
        description = self.metadata.get("description")
        return {**schema, "description": description} if description else schema

    def _json_schema(self) -> dict[str, Any]:
        raise NotImplementedError

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

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, *args, **kwargs)
        try:
            parts = urlsplit(text)
            fine = parts.scheme in ("http", "https") and bool(parts.hostname)
            _ = parts.port
        except ValueError:
            fine = False
        if not fine or re.search(r"[\x00-\x20\x7f<>\"]", text):
            raise self.refuse(value)
        return text

    def _json_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"}


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

    @property
    def wanted(self) -> str:  # type: ignore[override]
        return f"an integer from {self.least} to {self.most}"

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse(value)
        if not self.least <= value <= self.most:
            raise self.refuse(value)
        return value

    def _json_schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def from_form(self, value: Any) -> Any:
        # Nineteen digits hold any bound here; int() of a million would take seconds.
        plain = isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value)
        return int(value) if plain else value


class Timestamp(Whole):
    """Unix time in whole seconds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(0, LATEST, **kwargs)

    @property
    def wanted(self) -> str:  # type: ignore[override]
        return f"a timestamp in whole Unix seconds, 0 to {LATEST}"


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

    @property
    def wanted(self) -> str:  # type: ignore[override]
        return f"one of {', '.join(self.words)}"

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise self.refuse(value)
        return value

    def _json_schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.words)}


class Choices(Choice):
    """An array of some of a few words."""

    @property
    def wanted(self) -> str:  # type: ignore[override]
        return f"an array of some of {', '.join(self.words)}"

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise self.refuse(value)
        return [super(Choices, self)._deserialize(each, *args, **kwargs) for each in value]

    def _json_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": super()._json_schema()}


class References(Attribute):
    """An array of references: each an id, or an object of which only ``id`` is read."""

    wanted = "an array of ids, or of objects with an id"

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[str]:
        if not isinstance(value, list):
            raise self.refuse(value)
        found: list[str] = []
        problems: dict[Any, Any] = {}
        for place, entry in enumerate(value):
            named = isinstance(entry, Mapping)
            name = entry.get("id") if isinstance(entry, Mapping) else entry
            if isinstance(name, str) and name:
                found.append(name)
            else:
                said = [f"must be an id, not {show(name)}"]
                problems[place] = {"id": said} if named else said
        if problems:
            raise ValidationError(problems)
        return found

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
        return {
            "type": "array",
            "items": {"type": "object", "additionalProperties": usernames},
        }

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


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that arrived: its name as given, its type if given, its bytes."""

    name: str
    media_type: str | None
    content: bytes


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
        return {"type": "string", "minLength": 1}


class Filename(Text):
    """A file's name: the last segment of whatever path is given."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return basename(super()._deserialize(value, *args, **kwargs))


def basename(path: str) -> str:
    """What follows the last ``/`` or ``\\`` (reference, "Attachment"); never empty."""
    name = re.split(r"[/\\]", valid_text(path))[-1]
    if name in ("", ".", ".."):
        raise ValidationError(f"must name a file, not {show(path)}")
    return name
