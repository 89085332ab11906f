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


DAYTIME = ActiveHours(8 * HOUR, 22 * HOUR + 30 * MINUTE)
OFFICE_HOURS = ActiveHours(9 * HOUR, 18 * HOUR)


@dataclass(frozen=True)
class Reply:
    """Lines that answer a message. ``question`` is None if both kinds of messages match."""

    say: tuple[str, ...]
    contains: tuple[str, ...] = ()
    question: bool | None = None

    def matches(self, text: str, is_question: bool) -> bool:
        """Whether the reply fits a message."""
        if self.question is not None and self.question != is_question:
            return False
        folded = text.casefold()
        return not self.contains or any(word.casefold() in folded for word in self.contains)


@dataclass(frozen=True)
class Answers:
    """The probabilities of answering a message, and the time before typing, in seconds."""

    questions: float = 0.9
    anything: float = 0.3
    after_seconds: tuple[int, int] = (4, 90)


@dataclass(frozen=True)
class Person:
    """A contact played by a bot. Probabilities are from 0 to 1.

    ``attributes`` are used to create the contact if the world does not have it. ``faker`` names a
    kind of text to use in place of ``lines``.
    """

    username: str
    attributes: Mapping[str, Any]
    lines: tuple[str, ...] = ()
    faker: str | None = None
    role: str | None = None
    awake: ActiveHours = DAYTIME
    messages_per_hour: float = 2
    direct_share: float = 0.25
    answers: Answers = Answers()
    reads: float = 1
    reacts: float = 0.1
    reactions: tuple[str, ...] = REACTIONS
    replies: tuple[Reply, ...] = ()


@dataclass(frozen=True)
class Group:
    """A group, with its members and the people who visit it."""

    name: str
    attributes: Mapping[str, Any]
    members: tuple[str, ...]
    visitors: tuple[str, ...] = ()
    visits_per_day: float = 1
    stay_minutes: tuple[int, int] = (20, 90)


@dataclass(frozen=True)
class Problem:
    """A customer's problem: they send an opening, then a follow-up after each answer."""

    openings: tuple[str, ...]
    follow_ups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Queue:
    """The customers who write to the user."""

    names: tuple[str, ...]
    problems: tuple[Problem, ...]
    open: ActiveHours = OFFICE_HOURS
    per_hour: float = 3
    maximum: int = 20
    patience_minutes: tuple[int, int] = (4, 12)
    reminders: tuple[str, ...] = ("Hello?", "Is anybody there?")
    gives_up: tuple[str, ...] = ("I shall try again tomorrow.", "Never mind, then.")
    thanks: tuple[str, ...] = THANKS
    delete_after_minutes: tuple[int, int] = (120, 480)


@dataclass(frozen=True)
class Script:
    """A bot script. ``utc_offset`` is local time minus UTC, in seconds."""

    name: str
    utc_offset: int
    people: tuple[Person, ...]
    groups: tuple[Group, ...]
    queue: Queue | None
    keep_messages: int = 500


def build(values: Mapping[str, Any]) -> Script:
    """Build a script from values that the schema and ``problems_of`` accept."""
    groups = tuple(_group(group) for group in values.get("groups", ()))
    in_groups = {name for group in groups for name in (*group.members, *group.visitors)}
    return Script(
        name=values["name"],
        utc_offset=int(values.get("utc_offset", 0) * HOUR),
        people=tuple(
            _person(person, person["username"] in in_groups) for person in values.get("people", ())
        ),
        groups=groups,
        queue=_queue(values["queue"]) if "queue" in values else None,
        **_pick(values, "keep_messages"),
    )


def _person(values: Mapping[str, Any], in_group: bool) -> Person:
    contact = ("display_name", "phone_number", "avatar_url")
    options = {name: value for name, value in values.items() if name not in contact}
    if isinstance(options["lines"], dict):
        options |= {"lines": [], "faker": options["lines"]["faker"]}
    if "awake" in options:
        options["awake"] = ActiveHours(*options["awake"])
    if not in_group:
        options["direct_share"] = 1
    options["answers"] = Answers(**options.get("answers", {}))
    options["replies"] = [Reply(**_tuples(reply)) for reply in options.get("replies", ())]
    return Person(attributes=_pick(values, "username", *contact), **_tuples(options))


def _group(values: Mapping[str, Any]) -> Group:
    contact = ("description", "avatar_url")
    options = {name: value for name, value in values.items() if name not in contact}
    members, visitors = (dict.fromkeys(options.get(name, ())) for name in ("members", "visitors"))
    options["members"] = list(members)
    options["visitors"] = [name for name in visitors if name not in members]
    return Group(attributes=_pick(values, "name", *contact), **_tuples(options))


def _queue(values: Mapping[str, Any]) -> Queue:
    options = dict(values)
    if "open" in options:
        options["open"] = ActiveHours(*options["open"])
    options["problems"] = [Problem(**_tuples(problem)) for problem in options["problems"]]
    return Queue(**_tuples(options))


def _tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with tuples in place of lists."""
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }


def _pick(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def problems_of(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the contradictions between values that are each valid, with their paths."""
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
    """Yield the problems of a line's placeholders."""
    for placeholder in BRACES.findall(line):
        if placeholder != "name" and "|" not in placeholder:
            yield f"unknown placeholder '{{{placeholder}}}'; write {{name}} or {{yes|no}}"
    if re.search(r"[{}]", BRACES.sub("", line)):
        yield "unbalanced or nested braces; write {name} or {yes|no}"
