"""The transcript of a session: the actions of bots and user, as data or as text."""

import tomllib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple, Self

from mockserver.schema.fields import MAX_TIMESTAMP
from mockserver.unpatched import read_text

MAX_LINES = 10_000
MAX_CHARACTERS = 4 * 1024 * 1024  # length of all texts together
MAX_TEXT = 10_000  # characters of one text

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Seconds without a line, after which the heading of the conversation is repeated.
MAX_PAUSE = 1800
RULE_WIDTH = 48

#: The words of each action, and the emoji of reactions.
TEXTS = tomllib.loads(read_text(__package__, "transcript.toml"))


class Line(NamedTuple):
    """One action, with its Unix time ``at`` and the names as they were at that time.

    ``text`` is a message's text or a reaction's name.
    """

    number: int
    at: int
    action: str
    contact_id: str
    name: str
    conversation_id: str | None = None
    conversation_name: str | None = None
    message_id: str | None = None
    text: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the line as JSON values, with an id in place of its number."""
        values = self._asdict()
        return {"id": f"line_{values.pop('number')}", **values}


@dataclass
class Transcript:
    """The latest lines, in order; ``evicted`` counts the older ones, which were removed.

    ``size`` is the length of all texts together, in characters.
    """

    lines: deque[Line] = field(default_factory=deque)
    size: int = 0
    evicted: int = 0

    @property
    def last(self) -> int:
        """The number of the latest line; 0 before the first."""
        return self.lines[-1].number if self.lines else self.evicted

    def add(self, at: int, action: str, contact_id: str, name: str, **values: str | None) -> None:
        """Append a line with the next number."""
        text = values.get("text")
        if text is not None and len(text) > MAX_TEXT:
            values["text"] = f"{text[:MAX_TEXT]}… ({len(text)} characters)"
        line = Line(self.last + 1, at, action, contact_id, name, **values)
        self.lines.append(line)
        self.size += len(line.text or "")
        while len(self.lines) > MAX_LINES or self.size > MAX_CHARACTERS:
            self.size -= len(self.lines.popleft().text or "")
            self.evicted += 1

    def truncate(self, last: int) -> None:
        """Remove the lines after line ``last``."""
        while self.lines and self.lines[-1].number > last:
            self.size -= len(self.lines.pop().text or "")

    def after(self, number: int) -> Iterator[Line]:
        """Return the lines after line ``number``, oldest first."""
        return islice(self.lines, max(0, number - self.evicted), None)

    def fork(self) -> Self:
        """Return an independent copy."""
        return replace(self, lines=self.lines.copy())


def render(title: str, offset: int, lines: Iterable[Line]) -> Iterator[str]:
    """Yield the text of a transcript, with headings for days and conversations.

    ``offset`` is the difference of local time from UTC, in seconds.
    """
    yield title.upper()
    day = conversation = None
    last = 0
    for line in lines:
        time = EPOCH + timedelta(seconds=min(max(line.at + offset, 0), MAX_TIMESTAMP))
        if time.date() != day:
            day, conversation = time.date(), None
            yield f"\n\n{time:%A}, {time.day} {time:%B} {time.year}\n{'=' * RULE_WIDTH}"
        name = line.conversation_name
        if name is not None and (name != conversation or line.at - last > MAX_PAUSE):
            conversation = name
            yield f"\n{conversation}, {time:%H:%M}\n{'-' * RULE_WIDTH}"
        last = line.at
        yield _render_line(line)


def _render_line(line: Line) -> str:
    name, text = line.name.upper(), (line.text or "").replace("\n", "\n    ")
    if line.action == "message":
        return f"{name}. {text or '(attachment)'}"
    if line.action == "edit":
        return f"{name}. (edited) {text}"
    reaction = TEXTS["emoji"].get(line.text, line.text)
    return f"{name} ({TEXTS['actions'][line.action].format(reaction=reaction)})."
