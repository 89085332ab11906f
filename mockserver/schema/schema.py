"""Schemas of JSON objects: bodies, queries, fixtures and responses."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, ClassVar, Self, cast

import marshmallow
from marshmallow import RAISE, missing
from marshmallow import ValidationError as ValidationError
from marshmallow import validates_schema as validates_schema

from mockserver.errors import MAX_PROBLEMS, InvalidRequest, did_you_mean
from mockserver.schema.fields import MAX_SHOWN, StrictField, repr_value


@dataclass(slots=True)
class ValidatedInput:
    """The valid values of a request, and the problems of its invalid ones.

    The problems are raised only after the resource has checked the valid values, so that one
    response can name both a misspelled attribute and an unknown id.
    """

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def raise_for_errors(self, more_problems: Iterable[str] = ()) -> dict[str, Any]:
        """Return the values; raise ``InvalidRequest`` with the problems if there are any."""
        problems = chain(self.problems, more_problems)
        for first in problems:
            raise InvalidRequest(chain([first], problems))
        return self.values


class Schema(marshmallow.Schema):
    """A marshmallow schema of strict fields that suggests the nearest name for an unknown one.

    Create one instance of each schema and reuse it, because each instance copies all fields.
    """

    class Meta:
        unknown = RAISE

    fields: dict[str, StrictField]  # type: ignore[assignment]
    #: The word for a field in error messages.
    noun: ClassVar[str] = "attribute"
    #: JSON Schema keywords for conditions on several attributes, which the resource checks.
    json_schema_conditions: ClassVar[Mapping[str, Any]] = {}
    #: True if the schema uses marshmallow's hooks, such as ``validates_schema``.
    uses_hooks: ClassVar[bool] = False

    @classmethod
    def with_fields(cls, **fields: StrictField) -> Self:
        """Return a schema with these fields, without a class statement for it."""
        return cast(type[Self], cls.from_dict({**fields}))()

    def load(self, data: Any, **options: Any) -> Any:
        """Return the converted values; raise ``ValidationError`` with the problems.

        A valid object is read directly by its fields, in a quarter of the time that marshmallow
        takes, because marshmallow prepares for errors first.
        """
        if not self.uses_hooks and isinstance(data, dict):
            values = self._read_valid(data)
            if values is not None:
                return values
        if isinstance(data, dict):
            # marshmallow would report every unknown name, at 15 µs each.
            unknown = (name for name in data if name not in self.fields)
            left_out = set(islice(unknown, MAX_PROBLEMS + 1, None))
            data = {name: value for name, value in data.items() if name not in left_out}
        return super().load(data, **options)

    def _read_valid(self, data: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the values, or None if anything is invalid."""
        values: dict[str, Any] = {}
        try:
            for name, schema_field in self.fields.items():
                value = schema_field.deserialize(data.get(name, missing))
                if value is not missing:
                    values[name] = value
        except ValidationError:
            return None
        # Every value has a known name, so if data has more entries, some names are unknown.
        return values if len(values) == len(data) else None

    def validated(self, data: Mapping[str, Any], path: str = "") -> ValidatedInput:
        """Return the valid values and every problem with its path, such as ``contacts[2].id``."""
        try:
            return ValidatedInput(self.load(data))
        except ValidationError as error:
            # The traceback refers to the frames, and the frames to the error. Break this cycle;
            # otherwise the callers' objects, such as a world, wait for the garbage collector.
            error.__traceback__ = None
            messages = error.messages_dict
            values = cast(dict[str, Any], error.valid_data)
            valid = {name: value for name, value in values.items() if name not in messages}
            return ValidatedInput(valid, list(format_errors(messages, path)))

    def handle_error(self, error: ValidationError, data: Any, *, many: bool, **kwargs: Any) -> None:
        """Put the unknown names before the other problems, each with the nearest known name."""
        known = {
            name: messages for name, messages in error.messages_dict.items() if name in self.fields
        }
        unknown = [self._unknown(name) for name in data if name not in self.fields]
        error.messages = {None: unknown, **known} if unknown else known

    def _unknown(self, name: str) -> str:
        known = f"known: {', '.join(self.fields)}"
        hint = known if self.fields else f"no {self.noun}s are accepted here"
        return f"unknown {self.noun} {repr_value(name)}{did_you_mean(name, self.fields, hint)}"

    def from_form(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return a form's texts as JSON values."""
        return {name: self._from_form(name, value) for name, value in data.items()}

    def _from_form(self, name: str, value: Any) -> Any:
        schema_field = self.fields.get(name)
        if schema_field is None:
            return value
        return None if value == "" and schema_field.allow_none else schema_field.from_form(value)

    def json_schema(self) -> dict[str, Any]:
        """Return the object's JSON Schema (2020-12)."""
        return {
            "type": "object",
            "properties": {name: field.json_schema() for name, field in self.fields.items()},
            "required": [name for name, field in self.fields.items() if field.required],
            "additionalProperties": False,
            **self.json_schema_conditions,
        }


class ParameterSchema(Schema):
    """A schema whose fields are called parameters: a query, or the options of a fault."""

    noun = "parameter"


def format_errors(messages: Any, path: str = "") -> Iterator[str]:
    """Yield the messages of a ``ValidationError`` as lines, each with its path."""
    if isinstance(messages, Mapping):
        for name, nested in messages.items():
            yield from format_errors(nested, _join(path, name))
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield f"{path}: {message}" if path else str(message)


def _join(path: str, name: str | int | None) -> str:
    """Return the path of a name or index below ``path``, or ``path`` itself for None."""
    if name is None:
        return path
    # A reaction's name may be any text: quote a name that is long or not an identifier.
    if isinstance(name, str) and (not path or (name.isidentifier() and len(name) <= MAX_SHOWN)):
        return f"{path}.{name}" if path else name
    return f"{path}[{repr_value(name)}]"
