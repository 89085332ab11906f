"""A bot script as values: its people, groups and queue, their hours, and the lines they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple

MINUTE, HOUR, DAY = 60, 3600, 86_400
#: Planning an hour goes through all of them under the sandbox's lock.
MAX_PEOPLE, MAX_GROUPS = 500, 100
REACTIONS = ("red_heart", "thumbs_up", "face_with_tears_of_joy", "party_popper")
REMINDERS = ("Hello?", "Is anybody there?")
GIVES_UP = ("I shall try again tomorrow.", "Never mind, then.")
THANKS = ("Thank you, that was it!", "Perfect, thanks a lot. Have a good one!")
BRACES = re.compile(r"\{([^{}]*)\}")


class ActiveHours(NamedTuple):
    """A daily period, in seconds since midnight; it spans midnight if ``start`` is later.

    Methods take local time in seconds: a multiple of a day is a midnight.
    """

    start: int
    end: int

    @property
    def whole_day(self) -> bool:
        return self.end - self.start == DAY

    def contains(self, local: int) -> bool:
        """Whether a time is within the period."""
        time = local % DAY
        if self.start < self.end:
            return self.start <= time < self.end
        return time >= self.start or time < self.end

    def next(self, local: int) -> int:
        """Return the first time within the period, from ``local`` on."""
        return local if self.contains(local) else local + (self.start - local) % DAY

    def start_in(self, hour: int) -> int | None:
        """Return the start of the period if it is in an hour, counted as local time is."""
        return _time_in(hour, self.start)

    def end_in(self, hour: int) -> int | None:
        """Return the end of the period if it is in an hour."""
        return _time_in(hour, self.end % DAY)


def _time_in(hour: int, time: int) -> int | None:
    return hour * HOUR + time % HOUR if time // HOUR == hour % 24 else None


@dataclass(frozen=True)
class Reply:
    """Lines that answer a message. ``question`` is None if both kinds of messages match."""

    contains: tuple[str, ...]
    question: bool | None
    say: tuple[str, ...]

    def matches(self, text: str, is_question: bool) -> bool:
        """Whether the reply fits a message."""
        if self.question is not None and self.question != is_question:
            return False
        return not self.contains or any(word in text.casefold() for word in self.contains)


@dataclass(frozen=True)
class Person:
    """A contact played by a bot. Probabilities are from 0 to 1, spans in seconds.

    ``attributes`` are those of the contact to create if the world does not have it.
    """

    username: str
    attributes: Mapping[str, Any]
    role: str | None
    awake: ActiveHours
    messages_per_hour: float
    direct_share: float
    questions: float
    anything: float
    thinks: tuple[int, int]
    reads: float
    reacts: float
    reactions: tuple[str, ...]
    lines: tuple[str, ...]
    faker: str | None
    replies: tuple[Reply, ...]


@dataclass(frozen=True)
class Group:
    """A group, with its members and the people who visit it."""

    name: str
    attributes: Mapping[str, Any]
    members: tuple[str, ...]
    visitors: tuple[str, ...]
    visits_per_day: float
    stay: tuple[int, int]


@dataclass(frozen=True)
class Problem:
    """What a customer writes about: one of the openings, then each follow-up after an answer."""

    openings: tuple[str, ...]
    follow_ups: tuple[str, ...]


@dataclass(frozen=True)
class Queue:
    """The customers who write to the user. Spans are in seconds."""

    open: ActiveHours
    per_hour: float
    maximum: int
    names: tuple[str, ...]
    problems: tuple[Problem, ...]
    patience: tuple[int, int]
    reminders: tuple[str, ...]
    gives_up: tuple[str, ...]
    thanks: tuple[str, ...]
    delete_after: tuple[int, int]


@dataclass(frozen=True)
class Script:
    """A bot script. ``offset`` is the difference of local time from UTC, in seconds."""

    name: str
    offset: int
    keep_messages: int
    people: tuple[Person, ...]
    groups: tuple[Group, ...]
    queue: Queue | None


def build(values: Mapping[str, Any]) -> Script:
    """Build a script from values that the schema and ``problems_of`` accept."""
    groups = tuple(_group(group) for group in values.get("groups", ()))
    in_groups = {name for group in groups for name in (*group.members, *group.visitors)}
    queue = values.get("queue")
    return Script(
        values["name"],
        int(values.get("utc_offset", 0) * HOUR),
        values.get("keep_messages", 500),
        tuple(
            _person(person, person["username"] in in_groups) for person in values.get("people", ())
        ),
        groups,
        None if queue is None else _queue(queue),
    )


def _person(values: Mapping[str, Any], in_group: bool) -> Person:
    answers, lines = values.get("answers", {}), values["lines"]
    return Person(
        username=values["username"],
        attributes=_pick(values, "username", "display_name", "phone_number", "avatar_url"),
        role=values.get("role"),
        awake=ActiveHours(*values.get("awake", (8 * HOUR, 22 * HOUR + 30 * MINUTE))),
        messages_per_hour=values.get("messages_per_hour", 2),
        direct_share=values.get("direct_share", 0.25) if in_group else 1,
        questions=answers.get("questions", 0.9),
        anything=answers.get("anything", 0.3),
        thinks=answers.get("after_seconds", (4, 90)),
        reads=values.get("reads", 1),
        reacts=values.get("reacts", 0.1),
        reactions=tuple(values.get("reactions", REACTIONS)),
        lines=() if isinstance(lines, dict) else tuple(lines),
        faker=lines["faker"] if isinstance(lines, dict) else None,
        replies=tuple(
            Reply(
                tuple(word.casefold() for word in reply.get("contains", ())),
                reply.get("question"),
                tuple(reply["say"]),
            )
            for reply in values.get("replies", ())
        ),
    )


def _group(values: Mapping[str, Any]) -> Group:
    members = tuple(dict.fromkeys(values["members"]))
    visitors = dict.fromkeys(values.get("visitors", ()))
    return Group(
        values["name"],
        _pick(values, "name", "description", "avatar_url"),
        members,
        tuple(name for name in visitors if name not in members),
        values.get("visits_per_day", 1),
        _seconds(values.get("stay_minutes", (20, 90))),
    )


def _queue(values: Mapping[str, Any]) -> Queue:
    return Queue(
        open=ActiveHours(*values.get("open", (9 * HOUR, 18 * HOUR))),
        per_hour=values.get("per_hour", 3),
        maximum=values.get("maximum", 20),
        names=tuple(values["names"]),
        problems=tuple(
            Problem(tuple(problem["openings"]), tuple(problem.get("follow_ups", ())))
            for problem in values["problems"]
        ),
        patience=_seconds(values.get("patience_minutes", (4, 12))),
        reminders=tuple(values.get("reminders", REMINDERS)),
        gives_up=tuple(values.get("gives_up", GIVES_UP)),
        thanks=tuple(values.get("thanks", THANKS)),
        delete_after=_seconds(values.get("delete_after_minutes", (120, 480))),
    )


def _seconds(minutes: tuple[int, int]) -> tuple[int, int]:
    return minutes[0] * MINUTE, minutes[1] * MINUTE


def _pick(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def problems_of(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong between values that are each valid, with their paths."""
    people, groups = values.get("people", []), values.get("groups", [])
    for name, items, maximum in (("people", people, MAX_PEOPLE), ("groups", groups, MAX_GROUPS)):
        if len(items) > maximum:
            yield f"{name}: must have at most {maximum} entries, not {len(items)}"
    if not people and "queue" not in values:
        yield "people: the script has no bots; give people, a queue, or both"
    usernames = [person["username"] for person in people]
    yield from _duplicates("people", "username", usernames)
    yield from _duplicates("groups", "name", [group["name"] for group in groups])
    for index, group in enumerate(groups):
        for attribute in ("members", "visitors"):
            for position, name in enumerate(group.get(attribute, ())):
                if name not in usernames:
                    near = get_close_matches(name, usernames, 1)
                    hint = f"; did you mean '{near[0]}'?" if near else ""
                    path = f"groups[{index}].{attribute}[{position}]"
                    yield f"{path}: no person has the username '{name}'{hint}"
    if "queue" in values and not values["queue"]["problems"]:
        yield "queue.problems: must not be empty"
    for path, line in _lines(values):
        yield from (f"{path}: {error}" for error in template_errors(line))


def _duplicates(section: str, attribute: str, names: Sequence[str]) -> Iterator[str]:
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if first.setdefault(name, index) != index:
            yield f"{section}[{index}].{attribute}: {section}[{first[name]}] already has '{name}'"


def _lines(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each line with its path."""
    for index, person in enumerate(values.get("people", ())):
        path = f"people[{index}]"
        if isinstance(person["lines"], list):
            yield from _enumerate(f"{path}.lines", person["lines"])
        for position, reply in enumerate(person.get("replies", ())):
            yield from _enumerate(f"{path}.replies[{position}].say", reply["say"])
    queue = values.get("queue", {})
    for name in ("reminders", "gives_up", "thanks"):
        yield from _enumerate(f"queue.{name}", queue.get(name, ()))
    for index, problem in enumerate(queue.get("problems", ())):
        for name in ("openings", "follow_ups"):
            yield from _enumerate(f"queue.problems[{index}].{name}", problem.get(name, ()))


def _enumerate(path: str, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    return ((f"{path}[{index}]", line) for index, line in enumerate(lines))


def expand(line: str, name: str, choose: Callable[[int], int]) -> str:
    """Replace ``{name}`` by the addressee's name and ``{a|b}`` by one of its options.

    ``choose`` returns an index below the given number of options.
    """

    def replacement(match: re.Match[str]) -> str:
        if match[1] == "name":
            return name
        options = match[1].split("|")
        return options[choose(len(options))]

    return BRACES.sub(replacement, line) if "{" in line else line


def template_errors(line: str) -> Iterator[str]:
    """Yield what is wrong with the placeholders of a line."""
    for placeholder in BRACES.findall(line):
        if placeholder != "name" and "|" not in placeholder:
            yield f"unknown placeholder '{{{placeholder}}}'; write {{name}} or {{yes|no}}"
    if re.search(r"[{}]", BRACES.sub("", line)):
        yield "unbalanced or nested braces; write {name} or {yes|no}"
