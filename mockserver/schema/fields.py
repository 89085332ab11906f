"""Strict marshmallow fields for JSON values.

marshmallow's ``Boolean`` accepts "yes" and its ``Integer`` truncates 12.7 to 12, but JSON is typed
strictly here (``contract/reference.md``, "Request bodies"). Each field also has a JSON Schema, and
converts the text of a form.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields, missing
from marshmallow.validate import Length as Length
from marshmallow.validate import OneOf as OneOf
from marshmallow.validate import Range as Range
from marshmallow.validate import Validator

MAX_TIMESTAMP = 253402300799  # 9999-12-31T23:59:59Z
MAX_SHOWN = 40  # characters of a value that an error message quotes


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file: the name and type that the client sent, and the content."""

    name: str
    media_type: str | None
    content: bytes


@dataclass(frozen=True, slots=True, eq=False)
class JsonPart:
    """The value of a form's part of type ``application/json``, which keeps its JSON type."""

    value: Any


def repr_value(value: Any) -> str:
    """Return a value as JSON for an error message, or its type and length if the JSON is long."""
    if isinstance(value, Upload):
        return "a file"
    if isinstance(value, str) and len(value) <= MAX_SHOWN and value.isprintable():
        return f"'{value}'"  # the JSON of the error object would escape double quotes
    if isinstance(value, str) and len(value) > MAX_SHOWN:
        return f"a string of {len(value)} characters"
    try:
        # A message cannot contain a lone surrogate, so show its escape sequence.
        text = json.dumps(value, ensure_ascii=False).encode(errors="backslashreplace").decode()
    except (TypeError, ValueError, RecursionError):
        return "a value that is not valid JSON"
    if len(text) <= MAX_SHOWN:
        return text
    names = {"dict": "an object", "list": "an array", "str": "a string"}
    return f"{names.get(type(value).__name__, 'a value')} of {len(text)} characters"


def count_problems(messages: Any) -> int:
    """Return the number of messages of a ``ValidationError``."""
    if isinstance(messages, Mapping):
        return sum(map(count_problems, messages.values()))
    return len(messages) if isinstance(messages, list) else 1


def require_unicode(value: str) -> str:
    """Return ``value``; raise ``ValidationError`` if it contains a lone surrogate."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValidationError(
            f"is not valid Unicode: lone surrogate U+{ord(value[error.start]):04X} "
            f"at character {error.start + 1}"
        ) from None
    return value


JSON_TYPES = {bool: "boolean", list: "array", dict: "object"}


class StrictField(fields.Field[Any]):
    """A field that accepts one JSON type, and describes the valid values in every error.

    marshmallow's public ``deserialize`` is overridden, so that a value that a validator rejects
    gets the same message as a value of the wrong type.
    """

    #: The type of valid values; fields of several types override ``read`` and ``json_type``.
    python_type: type
    #: A description of a valid value, for error messages.
    expected: str
    #: A description of several valid values, for the error messages of a ``List``.
    plural: str = "values"

    default_error_messages = {"required": "is required", "null": "may not be null"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if bounds := self.validator(Range):
            self.expected += f" from {bounds.min} to {bounds.max}"

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the internal form of a value; raise ``ValidationError`` if it is invalid."""
        if value is None:
            if self.allow_none:
                return None
            raise self.make_error("null")
        if value is missing:
            if self.required:
                raise self.make_error("required")
            return missing
        value = self.read(value)
        for validator in self.validators:
            try:
                validator(value)
            except ValidationError:
                raise self.invalid(value) from None
        return value

    def read(self, value: Any) -> Any:
        """Return the internal form of a value that is neither missing nor null."""
        if not isinstance(value, self.python_type):
            raise self.invalid(value)
        return value

    def invalid(self, value: Any) -> ValidationError:
        return ValidationError(f"must be {self.expected}, not {repr_value(value)}")

    def from_form(self, value: Any) -> Any:
        """Convert a form's text to a JSON value; return it unchanged if that is impossible."""
        return value

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema (2020-12) of the valid values."""
        schema = self.json_type()
        if self.allow_none:
            schema = {**schema, "type": [schema["type"], "null"]}
        description = self.metadata.get("description")
        return {**schema, "description": description} if description else schema

    def json_type(self) -> dict[str, Any]:
        """Return the JSON Schema without null and without the description."""
        return {"type": JSON_TYPES[self.python_type]}

    def validator(self, kind: type[Validator]) -> Any:
        """Return the field's validator of a kind, or None."""
        return next((item for item in self.validators if isinstance(item, kind)), None)


class StrictString(StrictField, fields.String):
    """A string of valid Unicode."""

    expected = "a string"
    plural = "strings"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        one_of = self.validator(OneOf)
        if one_of:
            self.expected = f"one of {one_of.choices_text}"
            self.plural = f"values from {one_of.choices_text}"
        if length := self.validator(Length):
            self.expected += f" of up to {length.max} characters"

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.invalid(value)
        return require_unicode(value)

    def json_type(self) -> dict[str, Any]:
        one_of = self.validator(OneOf)
        length = self.validator(Length)
        return {
            "type": "string",
            **({"enum": list(one_of.choices)} if one_of else {}),
            **({"maxLength": length.max} if length else {}),
        }


class NonEmptyString(StrictString):
    def read(self, value: Any) -> str:
        if value == "":
            raise ValidationError("may not be empty")
        return super().read(value)

    def json_type(self) -> dict[str, Any]:
        return {**super().json_type(), "minLength": 1}


class PatternString(StrictString):
    pattern: ClassVar[re.Pattern[str]]

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or not self.pattern.fullmatch(value):
            raise self.invalid(value)
        return require_unicode(value)

    def json_type(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{self.pattern.pattern}$"}


class Identifier(PatternString):
    """An id in an object: 16 characters of ``A-Za-z0-9``."""

    expected = "an id of 16 characters of A-Za-z0-9"
    pattern = re.compile(r"[A-Za-z0-9]{16}")


class Name(PatternString):
    """The name of a sandbox, or of an object in it that a test creates."""

    expected = "1 to 64 letters, digits, '_' or '-'"
    pattern = re.compile(r"[A-Za-z0-9_-]{1,64}")


class HttpUrl(NonEmptyString):
    expected = "an http or https URL"
    # The double quote is written as \x22: a literal one breaks the code that openapi-generator
    # generates for Python.
    pattern = re.compile(
        r"[Hh][Tt][Tt][Pp][Ss]?://"
        r"([^\x00-\x20\x7f<>\x22/?#@]*@)?"
        r"(\[[0-9A-Fa-f:.]+\]|[^\x00-\x20\x7f<>\x22/?#@:\[\]]+)(:[0-9]{0,5})?"
        r"([/?#][^\x00-\x20\x7f<>\x22]*)?"
    )

    def read(self, value: Any) -> str:
        url = super().read(value)
        if not self.pattern.fullmatch(url):
            raise self.invalid(value)
        try:  # the pattern accepts a port above 65535, and an invalid address in brackets
            _ = urlsplit(url).port
        except ValueError:
            raise self.invalid(value) from None
        return url

    def json_type(self) -> dict[str, Any]:
        # An IRI (RFC 3987): like browsers, accept characters beyond ASCII.
        return {"type": "string", "format": "iri", "pattern": f"^{self.pattern.pattern}$"}


class StrictBoolean(StrictField, fields.Boolean):
    """A boolean; in a form: true, false, 1 or 0."""

    python_type = bool
    expected = "a boolean (true or false)"
    plural = "booleans"
    form_values: ClassVar = {"true": True, "1": True, "false": False, "0": False}

    def from_form(self, value: Any) -> Any:
        return self.form_values.get(value, value) if isinstance(value, str) else value


class StrictInteger(StrictField, fields.Integer):
    """An integer within the bounds of a ``Range``; 5.0 is valid, as in JSON Schema."""

    expected = "an integer"
    plural = "integers"

    def read(self, value: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.invalid(value)
        return value

    def from_form(self, value: Any) -> Any:
        # Every bound has at most 19 digits; int() of a million digits would take seconds.
        plain = isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value)
        return int(value) if plain else value

    def json_type(self) -> dict[str, Any]:
        bounds = self.validator(Range)
        # For clients generated in languages whose default integer has 32 bits.
        wide = {"format": "int64"} if bounds.max >= 2**31 else {}
        return {"type": "integer", **wide, "minimum": bounds.min, "maximum": bounds.max}


class StrictNumber(StrictField, fields.Float):
    """An integer or float within the bounds of a ``Range``."""

    expected = "a number"
    plural = "numbers"

    def read(self, value: Any) -> float:
        # Only NaN differs from itself; no Range rejects NaN.
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise self.invalid(value)
        return value

    def json_type(self) -> dict[str, Any]:
        bounds = self.validator(Range)
        return {"type": "number", "minimum": bounds.min, "maximum": bounds.max}


class Timestamp(StrictInteger):
    """Unix time in whole seconds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=Range(0, MAX_TIMESTAMP), **kwargs)
        self.expected = f"a timestamp in whole Unix seconds, 0 to {MAX_TIMESTAMP}"


class StrictDict(StrictField, fields.Dict):
    """An object with any attributes."""

    python_type = dict
    expected = "an object"
    plural = "objects"

    def read(self, value: Any) -> Any:
        # A lone surrogate, in a name or a value at any depth, is JSON but cannot be sent back.
        require_unicode(json.dumps(super().read(value), ensure_ascii=False))
        return value


class TextDict(StrictDict):
    """An object of strings, as in headers; a number or boolean is read as its JSON text.

    Its length is limited, as it may be compared with a thousand requests.
    """

    expected = "an object of up to 1000 strings, numbers and booleans"

    def read(self, value: Any) -> Any:
        if isinstance(value, dict) and len(value) > 1000:
            raise self.invalid(value)
        texts = {name: self.text(item) for name, item in super().read(value).items()}
        if None in texts.values():
            raise self.invalid(value)
        return texts

    def text(self, value: Any) -> Any:
        """Return the text of a string, number or boolean; None for another value."""
        if isinstance(value, int | float):
            return json.dumps(value)
        return value if isinstance(value, str) else None


class QueryDict(TextDict):
    """An object of strings, as in a query; an array holds the values of a repeated parameter."""

    expected = "an object of up to 1000 strings, numbers, booleans and arrays of them"

    def text(self, value: Any) -> Any:
        if not isinstance(value, list):
            return super().text(value)
        texts = [*map(super().text, value)]
        if not texts or None in texts:
            return None
        return texts if len(texts) > 1 else texts[0]


def integer(minimum: int, maximum: int, **options: Any) -> StrictInteger:
    return StrictInteger(validate=Range(minimum, maximum), **options)


def one_of(choices: Iterable[str], **options: Any) -> StrictString:
    return StrictString(validate=OneOf(choices), **options)
