"""From when to when, and from how much to how much."""

from __future__ import annotations

import re
from typing import Any

from mockserver.schema.fields import Attribute

MINUTE, HOUR, DAY = 60, 3600, 86_400


class Span(Attribute):
    """An array of two whole numbers between two bounds: the least of something and the most."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most
        self.wanted = f"two integers from {least} to {most}, the smaller first"

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[int, int]:
        if not isinstance(value, list) or [type(each) for each in value] != [int, int]:
            raise self.refuse(value)
        first, last = value
        if not self.least <= first <= last <= self.most:
            raise self.refuse(value)
        return first, last

    def _json_schema(self) -> dict[str, Any]:
        number = {"type": "integer", "minimum": self.least, "maximum": self.most}
        return {"type": "array", "items": number, "minItems": 2, "maxItems": 2}


class Hours(Attribute):
    """An array of two times of a day, as ``["08:00", "22:30"]``: from when to when, past midnight
    where the first is the later one. Read, they are seconds since midnight."""

    wanted = 'two different times of day, such as ["08:00", "22:30"]'
    pattern = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00)")

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[int, int]:
        if not isinstance(value, list) or len(value) != 2:
            raise self.refuse(value)
        first, last = (self._seconds(each) for each in value)
        if first is None or last is None or first in (last, last + DAY):
            raise self.refuse(value)
        return first % DAY, last  # what begins at 24:00 begins as a day does

    def _seconds(self, text: Any) -> int | None:
        found = self.pattern.fullmatch(text) if isinstance(text, str) else None
        return found and int(text[:2]) * HOUR + int(text[3:]) * MINUTE

    def _json_schema(self) -> dict[str, Any]:
        time = {"type": "string", "pattern": f"^({self.pattern.pattern})$"}
        return {"type": "array", "items": time, "minItems": 2, "maxItems": 2}
