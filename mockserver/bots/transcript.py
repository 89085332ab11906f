"""The transcript of a session: what the bots and the user did, as lines of data or as text."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

MAX_LINES = 10_000
MAX_CHARACTERS = 4 * 1024 * 1024
"""Maximum length of all texts together."""
MAX_TEXT = 10_000
"""Maximum length of one text, in characters."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_TIME = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
#: Seconds without a line after which the heading of the conversation is repeated.
MAX_PAUSE = 1800
RULE_WIDTH = 48

#: The emoji of the reactions in the shipped scripts; other reactions are written by name.
EMOJI = {
    "red_heart": "❤️",
    "thumbs_up": "👍",
    "face_with_tears_of_joy": "😂",
    "party_popper": "🎉",
    "folded_hands": "🙏",
    "surprised_face": "😮",
    "thinking_face": "🤔",
    "eyes": "👀",
    "hot_beverage": "☕",
    "rocket": "🚀",
}


class Line(NamedTuple):
    """One action, with the Unix time and the names as they were at that time.

    ``text`` is a message's text, or a reaction's name.
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
        """Return the line with an id in place of its number."""
        values = self._asdict()
        return {"id": f"line_{values.pop('number')}", **values}


class Transcript:
    """The latest lines, in order. The oldest are evicted first, and counted in ``evicted``."""

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

    def add(self, at: int, action: str, contact_id: str, name: str, **values: str | None) -> Line:
        """Append a line with the next number."""
        text = values.get("text")
        if text is not None and len(text) > MAX_TEXT:
            values["text"] = f"{text[:MAX_TEXT]}… ({len(text)} characters)"
        line = Line(self.last + 1, at, action, contact_id, name, **values)
        self._lines.append(line)
        self._size += len(line.text or "")
        while len(self._lines) > MAX_LINES or self._size > MAX_CHARACTERS:
            self._size -= len(self._lines.popleft().text or "")
            self.evicted += 1
        return line

    def truncate(self, last: int) -> None:
        """Remove the lines after the one with this number."""
        while self._lines and self._lines[-1].number > last:
            self._size -= len(self._lines.pop().text or "")

    def after(self, number: int) -> Iterator[Line]:
        """Return the lines after the one with this number, oldest first."""
        return islice(self._lines, max(0, number - self.evicted), None)

    def fork(self) -> Transcript:
        """Return an independent copy."""
        copy = Transcript()
        copy._lines = self._lines.copy()
        copy._size = self._size
        copy.evicted = self.evicted
        return copy


DESCRIPTIONS: dict[str, Callable[[Line], str]] = {
    "read": lambda line: "reads",
    "react": lambda line: f"reacts with {EMOJI.get(line.text or '', line.text)}",
    "unreact": lambda line: f"removes the reaction {EMOJI.get(line.text or '', line.text)}",
    "delete": lambda line: "deletes a message",
    "join": lambda line: "joins the group",
    "leave": lambda line: "leaves the group",
    "come_online": lambda line: "comes online",
    "go_offline": lambda line: "goes offline",
    "join_queue": lambda line: "joins the queue",
    "leave_queue": lambda line: "leaves the queue",
    "open": lambda line: "opens the conversation",
    "create_group": lambda line: "creates the group",
    "was_deleted": lambda line: "was deleted",
    "stop": lambda line: "stopped",
}


def render(title: str, offset: int, lines: Iterable[Line]) -> Iterator[str]:
    """Yield the text of a transcript, with headings for days and conversations.

    ``offset`` is the difference of local time from UTC, in seconds.
    """
    yield title.upper()
    day = conversation = None
    last = 0
    for line in lines:
        time = _local_time(line.at + offset)
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
    return f"{name} ({DESCRIPTIONS[line.action](line)})."


def _local_time(seconds: int) -> datetime:
    """Return a date, at most the latest that Python can represent."""
    return min(EPOCH + timedelta(seconds=min(max(seconds, 0), 253402300799)), MAX_TIME)
