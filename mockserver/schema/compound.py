"""Fields for arrays and objects."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from marshmallow import ValidationError, fields
from marshmallow.validate import Length

from mockserver.errors import MAX_PROBLEMS, did_you_mean
from mockserver.schema.fields import JsonPart, StrictField, count_problems, repr_value
from mockserver.schema.schema import Schema

MINUTE, HOUR, DAY = 60, 3600, 86_400


class List(StrictField, fields.List[Any]):
    """marshmallow's ``List``, for JSON arrays only; a ``Length`` validator limits its length."""

    python_type = list
    inner: StrictField

    def __init__(self, inner: StrictField, **kwargs: Any) -> None:
        super().__init__(inner, **kwargs)
        length = self.validator(Length)
        self.expected = f"an array of {inner.plural}"
        if length and length.max:
            self.expected = f"an array of {length.min} to {length.max} {inner.plural}"
        elif length:
            self.expected = f"a non-empty array of {inner.plural}"

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        entries = super().deserialize(value, *args, **kwargs)
        return read_entries(entries, self.inner.deserialize) if entries else entries

    def from_form(self, value: Any) -> Any:
        # OpenAPI clients send each entry as a part.
        is_entry = isinstance(value, JsonPart) and not isinstance(value.value, list)
        return [value] if is_entry else form_array(value)

    def json_type(self) -> dict[str, Any]:
        schema = {**super().json_type(), "items": self.inner.json_schema()}
        if length := self.validator(Length):
            limits = {"minItems": length.min, "maxItems": length.max}
            schema |= {name: limit for name, limit in limits.items() if limit is not None}
        return schema


def read_entries(entries: Sequence[Any], read: Callable[[Any], Any]) -> list[Any]:
    """Return the value of each entry; raise ``ValidationError`` with the problems by index.

    Stop after more than ``MAX_PROBLEMS`` problems.
    """
    values: list[Any] = []
    errors: dict[int, Any] = {}
    problems = 0
    for index, entry in enumerate(entries):
        try:
            values.append(read(entry))
        except ValidationError as error:
            errors[index] = error.messages
            problems += count_problems(error.messages)
            if problems > MAX_PROBLEMS:
                break
    if errors:
        raise ValidationError(errors)
    return values


class Nested(StrictField, fields.Nested):
    """marshmallow's ``Nested``, for JSON objects only."""

    python_type = dict
    expected = "an object"
    plural = "objects"
    schema: Schema

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the object's values; raise ``ValidationError`` with the problems by attribute."""
        return fields.Nested.deserialize(self, super().deserialize(value), *args, **kwargs)

    def json_type(self) -> dict[str, Any]:
        return self.schema.json_schema()


class Shorthand(Nested):
    """An object, or a shorthand that ``expand`` converts to the object.

    ``expand`` must return all other values unchanged. ``expected`` describes the valid values in
    error messages; ``json_schemas`` are the JSON Schemas of the shorthands. The field's value is
    always the object.
    """

    def __init__(
        self,
        nested: Schema,
        expand: Callable[[Any], Any],
        expected: str,
        json_schemas: Sequence[dict[str, Any]],
        **kwargs: Any,
    ) -> None:
        super().__init__(nested, **kwargs)
        self.expand = expand
        self.expected = expected
        self.json_schemas = json_schemas

    def read(self, value: Any) -> Any:
        return super().read(self.expand(value))

    def json_type(self) -> dict[str, Any]:
        return {"anyOf": [super().json_type(), *self.json_schemas]}


class TaggedUnion(StrictField):
    """An object whose ``type`` selects the schema of its other attributes.

    The name of a type, as a string, stands for an object without other attributes. The field's
    value is always the object.
    """

    expected = "an object with a type, or the name of a type"

    def __init__(self, types: Mapping[str, Schema], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.types = dict(types)

    def read(self, value: Any) -> dict[str, Any]:
        if isinstance(value, str):
            value = {"type": value}
        if not isinstance(value, dict):
            raise self.invalid(value)
        if "type" not in value:
            raise ValidationError({"type": ["is required"]})
        name = value["type"] if isinstance(value["type"], str) else ""
        if name not in self.types:
            hint = did_you_mean(name, self.types, f"known: {', '.join(self.types)}")
            raise ValidationError({"type": [f"unknown type {repr_value(value['type'])}{hint}"]})
        others = {key: other for key, other in value.items() if key != "type"}
        return {"type": name, **self.types[name].load(others)}

    def json_type(self) -> dict[str, Any]:
        schemas = {name: schema.json_schema() for name, schema in self.types.items()}
        bare = [name for name, schema in schemas.items() if not schema["required"]]
        for name, schema in schemas.items():
            schema["properties"] = {"type": {"const": name}, **schema["properties"]}
            schema["required"] = ["type", *schema["required"]]
        return {"oneOf": [*schemas.values(), {"enum": bare}]}


class ListOrObject(StrictField):
    """An array, which the field ``array`` reads, or an object, which ``object_`` reads."""

    def __init__(
        self, array: StrictField, object_: StrictField, expected: str, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.array, self.object = array, object_
        self.expected = expected

    def read(self, value: Any) -> Any:
        if isinstance(value, list):
            return self.array.deserialize(value)
        if isinstance(value, dict):
            return self.object.deserialize(value)
        raise self.invalid(value)

    def json_type(self) -> dict[str, Any]:
        return {"anyOf": [self.array.json_schema(), self.object.json_schema()]}


class IntRange(StrictField):
    """An array of two integers between two bounds, the smaller first."""

    def __init__(self, minimum: int, maximum: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.minimum, self.maximum = minimum, maximum
        self.expected = f"two integers from {minimum} to {maximum}, the smaller first"

    def read(self, value: Any) -> tuple[int, int]:
        if not isinstance(value, list) or [type(entry) for entry in value] != [int, int]:
            raise self.invalid(value)
        first, last = value
        if not self.minimum <= first <= last <= self.maximum:
            raise self.invalid(value)
        return first, last

    def json_type(self) -> dict[str, Any]:
        number = {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}
        return {"type": "array", "items": number, "minItems": 2, "maxItems": 2}


class TimeOfDayRange(StrictField):
    """An array of two times of day such as ``["08:00", "22:30"]``, read as seconds since midnight.

    If the first is later than the second, the range includes midnight.
    """

    expected = 'two different times of day, such as ["08:00", "22:30"]'
    pattern = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00)")

    def read(self, value: Any) -> tuple[int, int]:
        if not isinstance(value, list) or len(value) != 2:
            raise self.invalid(value)
        first, last = (self._seconds(time) for time in value)
        if first is None or last is None or first in (last, last + DAY):
            raise self.invalid(value)
        return first % DAY, last  # a range that starts at 24:00 starts at 00:00

    def _seconds(self, time: Any) -> int | None:
        match = self.pattern.fullmatch(time) if isinstance(time, str) else None
        return match and int(time[:2]) * HOUR + int(time[3:]) * MINUTE

    def json_type(self) -> dict[str, Any]:
        time = {"type": "string", "pattern": f"^({self.pattern.pattern})$"}
        return {"type": "array", "items": time, "minItems": 2, "maxItems": 2}


def form_array(value: Any) -> Any:
    """Return a form's value as an array: ``a=X`` is ``[X]``, and ``a[]=`` alone is ``[]``."""
    if isinstance(value, str):
        return [value]
    return [] if value == [""] else value
