"""What may be an array of one sort, or an object of another."""

from __future__ import annotations

from typing import Any

from mockserver.schema.fields import Attribute


class Either(Attribute):
    """An array that the one takes, or an object that the other does."""

    def __init__(self, array: Attribute, object_: Attribute, wanted: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.array, self.object = array, object_
        self.wanted = wanted

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if isinstance(value, list):
            return self.array.deserialize(value)
        if isinstance(value, dict):
            return self.object.deserialize(value)
        raise self.refuse(value)

    def _json_schema(self) -> dict[str, Any]:
        return {"anyOf": [self.array.json_schema(), self.object.json_schema()]}
