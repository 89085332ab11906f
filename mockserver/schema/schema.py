"""A set of named attributes: loading a body, a query or a fixture tells all problems at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any, cast

from marshmallow import EXCLUDE, Schema, ValidationError, missing

from mockserver.errors import InvalidRequest
from mockserver.schema.fields import SHORT, Attribute, show


@dataclass(slots=True)
class Draft:
    """What a request asks for: the values that are valid, and all that is wrong with the rest.

    It is told only when the world has been asked too, so that an unknown id and a misspelt
    attribute come in one answer.
    """

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def settle(self, more: Iterable[str] = ()) -> dict[str, Any]:
        """The values, if nothing is wrong; raises ``InvalidRequest`` with every problem."""
        problems = [*self.problems, *more]
        if problems:
            raise InvalidRequest(problems)
        return self.values


#: What is wrong with the attributes of one object: by name, and under None with the whole of it.
Messages = dict[str | None, Any]
#: Says what is wrong with values that are right each by itself, as pairs of name and message.
Rule = Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]]


class Attributes:
    """Named attributes, made once: a marshmallow schema, and what is said of unknown names."""

    def __init__(
        self,
        attributes: Mapping[str, Attribute],
        noun: str = "attribute",
        rule: Rule | None = None,
        together: Mapping[str, Any] | None = None,
    ) -> None:
        """``together`` are keywords of JSON Schema: what it can say of several attributes at once.
        To check it is left to ``rule``, or to the resource."""
        self.fields = dict(attributes)
        self.noun = noun
        self.rule = rule
        self.together = dict(together or {})
        for name, attribute in attributes.items():
            # Else ``_accept`` would not see them.
            if attribute.validators or attribute.pre_load or attribute.post_load:
                raise TypeError(f"{name}: an attribute's type says all that it takes")

    @cached_property
    def _schema(self) -> Schema:
        # Unknown names are dropped by marshmallow because they are refused here before, by name.
        return Schema.from_dict(dict(self.fields))(unknown=EXCLUDE)

    def load(self, given: Mapping[str, Any], path: str = "") -> Draft:
        """The valid values, and every problem, each with where it is (``contacts[2].id``)."""
        values, messages = self.examine(given)
        return Draft(values, list(flatten(messages, path)))

    def examine(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], Messages]:
        """The valid values, and what is said of the others, for ``flatten``."""
        values = self._accept(given)
        if values is not None:
            wrong = self.rule(values) if self.rule else ()
            return values, {name: [message] for name, message in wrong}
        unknown = [self._unknown(name) for name in given if name not in self.fields]
        messages: Messages = {None: unknown} if unknown else {}
        try:
            return cast(dict[str, Any], self._schema.load(given)), messages
        except ValidationError as error:
            # A frame of marshmallow's holds the error, and the error its frames: without this
            # they would keep their callers, and a world, until the garbage collector comes by.
            error.__traceback__ = None
            messages.update(cast(Messages, error.messages))
            return cast(dict[str, Any], error.valid_data), messages

    def from_form(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What a form's texts mean in JSON, attribute by attribute."""
        return {name: self._value_of(name, value) for name, value in given.items()}

    def json_schema(self) -> dict[str, Any]:
        """The object in JSON Schema 2020-12."""
        return {
            "type": "object",
            "properties": {name: one.json_schema() for name, one in self.fields.items()},
            "required": [name for name, one in self.fields.items() if one.required],
            "additionalProperties": False,
            **self.together,
        }

    def _accept(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """The values, where nothing is wrong; None where the schema shall say what is.

        It asks the same types the same questions, in the same order, as the schema does, in a
        fifth of the time: a schema is made ready for problems first, and here it is only then.
        """
        values: dict[str, Any] = {}
        for name, attribute in self.fields.items():
            value = given.get(name, missing)
            if value is missing:
                if attribute.required:
                    return None
            elif value is None:
                if not attribute.allow_none:
                    return None
                values[name] = None
            else:
                try:
                    values[name] = attribute._deserialize(value, name, given)
                except ValidationError:
                    return None
        # Each value has a known name, so where there are more, some names are unknown.
        return values if len(values) == len(given) else None

    def _value_of(self, name: str, value: Any) -> Any:
        attribute = self.fields.get(name)
        if attribute is None:
            return value
        return None if value == "" and attribute.allow_none else attribute.from_form(value)

    def _unknown(self, name: str) -> str:
        near = get_close_matches(name, self.fields, 1)
        if near:
            hint = f"did you mean '{near[0]}'?"
        elif self.fields:
            hint = f"known here: {', '.join(self.fields)}"
        else:
            hint = f"no {self.noun} is known here"
        return f"unknown {self.noun} {show(name)}; {hint}"


def flatten(messages: Any, path: str = "") -> Iterator[str]:
    """marshmallow's tree of messages as lines, each with its path."""
    if isinstance(messages, Mapping):
        for name, below in messages.items():
            if name is None:
                yield from flatten(below, path)
            elif isinstance(name, int):
                yield from flatten(below, f"{path}[{name}]")
            else:
                yield from flatten(below, _below(path, str(name)))
    elif isinstance(messages, list):
        for message in messages:
            yield f"{path}: {message}" if path else str(message)
    else:
        yield f"{path}: {messages}" if path else str(messages)


def _below(path: str, name: str) -> str:
    """The path of ``name`` in what lies at ``path``. A reaction may have any name at all, so one
    that would make the path hard to read, or no text at all, is shown as a value is."""
    if not path:
        return name
    plain = name.isidentifier() and len(name) <= SHORT
    return f"{path}.{name}" if plain else f"{path}[{show(name)}]"
