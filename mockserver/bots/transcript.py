"""What was said and done since a cast came on stage, by it and by the user: bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

MOST_LINES = 10_000
MOST_CHARACTERS = 4 * 1024 * 1024
LONGEST = 10_000
"""Characters that are kept of one text."""


class Line(NamedTuple):
    """One thing that was said or done, at a moment of the sandbox's clock (Unix time).

    Names are those of the moment. ``text`` is what was said, or with what somebody reacts.
    """

    number: int
    at: int
    act: str
    contact_id: str
    name: str
    conversation_id: str | None = None
    scene: str | None = None
    message_id: str | None = None
    text: str | None = None

    def shown(self) -> dict[str, Any]:
        """It, with its id in the place of its number."""
        values = self._asdict()
        return {"id": f"line_{values.pop('number')}", **values}


class Transcript:
    """The latest lines, in order; the oldest go first, and are counted in ``evicted``."""

    def __init__(self) -> None:
        self._lines: deque[Line] = deque()
        self._size = 0
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def last(self) -> int:
        """The number of the latest line; 0 before the first."""
        return self._lines[-1].number if self._lines else self.evicted

    def add(self, at: int, act: str, contact_id: str, name: str, **values: str | None) -> Line:
        """One more line; it gets the next number."""
        text = values.get("text")
        if text is not None and len(text) > LONGEST:
            values["text"] = f"{text[:LONGEST]}… ({len(text)} characters)"
        line = Line(self.last + 1, at, act, contact_id, name, **values)
        self._lines.append(line)
        self._size += len(line.text or "")
        while len(self._lines) > MOST_LINES or self._size > MOST_CHARACTERS:
            self._size -= len(self._lines.popleft().text or "")
            self.evicted += 1
        return line

    def take_back(self, last: int) -> None:
        """Forget the lines after the one of this number: what they tell was undone."""
        while self._lines and self._lines[-1].number > last:
            self._size -= len(self._lines.pop().text or "")

    def after(self, number: int) -> Iterator[Line]:
        """Those that came later, oldest first."""
        return islice(self._lines, max(0, number - self.evicted), None)

    def fork(self) -> Transcript:
        """An equal one; from here each goes its own way."""
        twin = Transcript()
        twin._lines = self._lines.copy()
        twin._size = self._size
        twin.evicted = self.evicted
        return twin
