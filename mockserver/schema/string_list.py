"""Arrays of texts."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from mockserver.schema.fields import Text


class Texts(Text):
    """An array of texts, none of them empty, and at least one."""

    wanted = "an array of strings"

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list) or not value:
            raise self.refuse(value)
        problems: dict[int, Any] = {}
        for place, each in enumerate(value):
            try:
                super()._deserialize(each, *args, **kwargs)
            except ValidationError as error:
                problems[place] = error.messages
        if problems:
            raise ValidationError(problems)
        return value

    def _json_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": super()._json_schema(), "minItems": 1}
