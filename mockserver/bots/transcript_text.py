"""A transcript as a play: days and scenes for headings, who says what, and stage directions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from mockserver.bots.transcript import Line

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
#: Seconds of silence after which a scene is told anew, with its time.
LULL = 1800
WIDE = 48

#: What reactions look like that the cast of the product uses; others are told by name.
SIGNS = {
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
DIRECTIONS: dict[str, Callable[[Line], str]] = {
    "read": lambda line: "reads",
    "react": lambda line: f"reacts with {SIGNS.get(line.text or '', line.text)}",
    "unreact": lambda line: f"takes back {SIGNS.get(line.text or '', line.text)}",
    "delete": lambda line: "takes it back",
    "join": lambda line: "joins the group",
    "leave": lambda line: "leaves the group",
    "come": lambda line: "comes in",
    "go": lambda line: "goes home",
    "arrive": lambda line: "comes to the counter",
    "part": lambda line: "leaves",
    "open": lambda line: "opens the conversation",
    "found": lambda line: "founds the group",
    "vanish": lambda line: "is never seen again",
}


def play(title: str, offset: int, lines: Iterable[Line]) -> Iterator[str]:
    """It, line by line; ``offset`` is in seconds, from UTC to local time."""
    yield title.upper()
    day = scene = None
    last = 0
    for line in lines:
        moment = _moment(line.at + offset)
        if moment.date() != day:
            day, scene = moment.date(), None
            yield f"\n\n{moment:%A}, {moment.day} {moment:%B} {moment.year}\n{'=' * WIDE}"
        if line.scene is not None and (line.scene != scene or line.at - last > LULL):
            scene = line.scene
            yield f"\n{scene}, {moment:%H:%M}\n{'-' * WIDE}"
        last = line.at
        yield _spoken(line)


def _spoken(line: Line) -> str:
    name = line.name.upper()
    if line.act == "message":
        return f"{name}. {_indented(line.text or '(shows something)')}"
    if line.act == "edit":
        return f"{name}. (corrects themselves) {_indented(line.text or '')}"
    if line.act == "exeunt":
        return "\n(Exeunt.)"
    return f"{name} ({DIRECTIONS[line.act](line)})."


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")


def _moment(seconds: int) -> datetime:
    """A moment as a date; what lies beyond the last one that there is, is that one."""
    return min(EPOCH + timedelta(seconds=min(max(seconds, 0), 253402300799)), LAST)
