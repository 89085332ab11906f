"""What may be written short: a word or a number that stands for an object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from marshmallow import ValidationError

from mockserver.schema.fields import Attribute
from mockserver.schema.nested import Nested
from mockserver.schema.schema import Attributes


class Short(Nested):
    """An object, or what stands for one: ``spell_out`` gives it, and all else as it is.

    ``wanted`` says what is taken, in the words of a refusal, and ``shorts`` what stands for an
    object, in JSON Schema. It is read as an object in any case.
    """

    def __init__(
        self,
        attributes: Attributes,
        spell_out: Callable[[Any], Any],
        wanted: str,
        shorts: Sequence[dict[str, Any]],
        **kwargs: Any,
    ) -> None:
        super().__init__(attributes, **kwargs)
        self.shorts = shorts
        self.spell_out = spell_out
        self.wanted = wanted

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        return super()._deserialize(self.spell_out(value))

    def _json_schema(self) -> dict[str, Any]:
        return {"anyOf": [super()._json_schema(), *self.shorts]}


class Array(Attribute):
    """An array of 1 to ``most`` entries, each of which ``entry`` takes."""

    def __init__(self, entry: Attribute, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.entry = entry
        self.most = most
        self.wanted = f"an array of 1 to {most}"

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[Any]:
        if not isinstance(value, list) or not 1 <= len(value) <= self.most:
            raise self.refuse(value)
        found, problems = [], {}
        for place, each in enumerate(value):
            try:
                found.append(self.entry.deserialize(each))
            except ValidationError as error:
                problems[place] = error.messages
        if problems:
            raise ValidationError(problems)
        return found

    def _json_schema(self) -> dict[str, Any]:
        entries = self.entry.json_schema()
        return {"type": "array", "items": entries, "minItems": 1, "maxItems": self.most}
