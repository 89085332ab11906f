"""Objects of which one attribute, ``type``, says what the others are."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from marshmallow import ValidationError

from mockserver.schema.fields import Attribute, show
from mockserver.schema.schema import Attributes


class Variant(Attribute):
    """An object of one of several types; one that needs nothing else may be just its type's name.

    It is read as an object in any case.
    """

    wanted = "an object with a type, or the name of a type"

    def __init__(self, types: Mapping[str, Attributes], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.types = dict(types)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        if isinstance(value, str):
            value = {"type": value}
        if not isinstance(value, dict):
            raise self.refuse(value)
        if "type" not in value:
            raise ValidationError({"type": ["is required"]})
        rest = {name: each for name, each in value.items() if name != "type"}
        values, messages = self._attributes(value["type"]).examine(rest)
        if messages:
            raise ValidationError(messages)
        return {"type": value["type"], **values}

    def _attributes(self, name: Any) -> Attributes:
        if isinstance(name, str) and name in self.types:
            return self.types[name]
        near = get_close_matches(name, self.types, 1) if isinstance(name, str) else []
        hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(self.types)}"
        raise ValidationError({"type": [f"there is no type {show(name)}; {hint}"]})

    def _json_schema(self) -> dict[str, Any]:
        schemas = {name: each.json_schema() for name, each in self.types.items()}
        bare = [name for name, schema in schemas.items() if not schema["required"]]
        objects = [_with_type(name, schema) for name, schema in schemas.items()]
        return {"oneOf": [*objects, {"enum": bare}]}


def _with_type(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **schema,
        "properties": {"type": {"const": name}, **schema["properties"]},
        "required": ["type", *schema["required"]],
    }
