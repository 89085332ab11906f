"""Objects within objects, as answers and fixtures carry them."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from mockserver.schema.fields import Attribute
from mockserver.schema.schema import Attributes


class Nested(Attribute):
    """An object with attributes of its own."""

    wanted = "an object"

    def __init__(self, attributes: Attributes, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.attributes = attributes

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.refuse(value)
        values, messages = self.attributes.examine(value)
        if messages:
            raise ValidationError(messages)
        return values

    def _json_schema(self) -> dict[str, Any]:
        return self.attributes.json_schema()


class NestedList(Nested):
    """An array of objects with the same attributes."""

    wanted = "an array of objects"

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise self.refuse(value)
        found, problems = [], {}
        for place, entry in enumerate(value):
            try:
                found.append(super()._deserialize(entry, *args, **kwargs))
            except ValidationError as error:
                problems[place] = error.messages
        if problems:
            raise ValidationError(problems)
        return found

    def _json_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": super()._json_schema()}
