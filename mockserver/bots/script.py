"""A bot script as values: its people, groups and queue, their hours, and the lines they say.

The attributes are those of the JSON format: see ``script_format``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any, NamedTuple

MINUTE, HOUR, DAY = 60, 3600, 86_400
#: Planning an hour goes through all of them under the sandbox's lock.
MAX_PEOPLE, MAX_GROUPS = 500, 100
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

    def seconds_until(self, local: int) -> int:
        """Return the seconds until the period begins, 0 within it."""
        return 0 if self.contains(local) else (self.start - local) % DAY


DAYTIME = ActiveHours(8 * HOUR, 22 * HOUR + 30 * MINUTE)
OFFICE_HOURS = ActiveHours(9 * HOUR, 18 * HOUR)


@dataclass(frozen=True)
class Reply:
    """Lines that answer a message. ``question`` is None if both kinds of messages match."""

    say: Sequence[str]
    contains: Sequence[str] = ()
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

    ``lines`` may name a kind of text that Faker makes, as ``{"faker": "sentence"}``.
    """

    username: str
    lines: Sequence[str] | Mapping[str, str]
    display_name: str | None = None
    phone_number: str | None = None
    avatar_url: str | None = None
    role: str | None = None
    awake: ActiveHours = DAYTIME
    messages_per_hour: float = 2
    direct_share: float = 0.25
    answers: Answers = Answers()
    reads: float = 1
    reacts: float = 0.1
    reactions: Sequence[str] = ("red_heart", "thumbs_up", "face_with_tears_of_joy", "party_popper")
    replies: Sequence[Reply] = ()


@dataclass(frozen=True)
class Group:
    """A group, with its members and the people who visit it."""

    name: str
    members: Sequence[str]
    description: str | None = None
    avatar_url: str | None = None
    visitors: Sequence[str] = ()
    visits_per_day: float = 1
    stay_minutes: tuple[int, int] = (20, 90)

    @cached_property
    def guests(self) -> list[str]:
        """The visitors who are not members, each once."""
        return [name for name in dict.fromkeys(self.visitors) if name not in self.members]


@dataclass(frozen=True)
class Problem:
    """A customer's problem: they send an opening, then a follow-up after each answer."""

    openings: Sequence[str]
    follow_ups: Sequence[str] = ()


@dataclass(frozen=True)
class Queue:
    """The customers who write to the user."""

    names: Sequence[str]
    problems: Sequence[Problem]
    open: ActiveHours = OFFICE_HOURS
    per_hour: float = 3
    maximum: int = 20
    patience_minutes: tuple[int, int] = (4, 12)
    reminders: Sequence[str] = ("Hello?", "Is anybody there?")
    gives_up: Sequence[str] = ("I shall try again tomorrow.", "Never mind, then.")
    thanks: Sequence[str] = ("Thank you, that was it!", "Perfect, thanks a lot. Have a good one!")
    delete_after_minutes: tuple[int, int] = (120, 480)


@dataclass(frozen=True)
class Script:
    """A bot script. ``utc_offset`` is local time minus UTC, in seconds."""

    name: str
    utc_offset: int
    people: Sequence[Person]
    groups: Sequence[Group]
    queue: Queue | None
    keep_messages: int = 500

    @cached_property
    def by_username(self) -> Mapping[str, Person]:
        """The people by username."""
        return {person.username: person for person in self.people}

    def problems(self) -> Iterator[str]:
        """Yield the contradictions between values that are each valid, with their paths."""
        sections: dict[str, tuple[Sequence[Any], int]] = {
            "people": (self.people, MAX_PEOPLE),
            "groups": (self.groups, MAX_GROUPS),
        }
        for section, (items, maximum) in sections.items():
            if len(items) > maximum:
                yield f"{section}: must have at most {maximum} entries, not {len(items)}"
        if not self.people and self.queue is None:
            yield "people: the script has no bots; give people, a queue, or both"
        usernames = [person.username for person in self.people]
        yield from _duplicates("people", "username", usernames)
        yield from _duplicates("groups", "name", [group.name for group in self.groups])
        for index, group in enumerate(self.groups):
            for attribute in ("members", "visitors"):
                for position, name in enumerate(getattr(group, attribute)):
                    if name not in usernames:
                        near = get_close_matches(name, usernames, 1)
                        hint = f"; did you mean '{near[0]}'?" if near else ""
                        path = f"groups[{index}].{attribute}[{position}]"
                        yield f"{path}: no person has the username '{name}'{hint}"
        if self.queue is not None and not self.queue.problems:
            yield "queue.problems: must not be empty"
        for path, lines in self._lines():
            for index, line in enumerate(lines):
                yield from (f"{path}[{index}]: {error}" for error in template_errors(line))

    def _lines(self) -> Iterator[tuple[str, Sequence[str]]]:
        """Yield each array of lines with its path."""
        for index, person in enumerate(self.people):
            if not isinstance(person.lines, Mapping):
                yield f"people[{index}].lines", person.lines
            for position, reply in enumerate(person.replies):
                yield f"people[{index}].replies[{position}].say", reply.say
        if self.queue is not None:
            for name in ("reminders", "gives_up", "thanks"):
                yield f"queue.{name}", getattr(self.queue, name)
            for index, problem in enumerate(self.queue.problems):
                for name in ("openings", "follow_ups"):
                    yield f"queue.problems[{index}].{name}", getattr(problem, name)


def _duplicates(section: str, attribute: str, names: Sequence[str]) -> Iterator[str]:
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if first.setdefault(name, index) != index:
            yield f"{section}[{index}].{attribute}: {section}[{first[name]}] already has '{name}'"


def template_errors(line: str) -> Iterator[str]:
    """Yield the problems of a line's placeholders."""
    for placeholder in BRACES.findall(line):
        if placeholder != "name" and "|" not in placeholder:
            yield f"unknown placeholder '{{{placeholder}}}'; write {{name}} or {{yes|no}}"
    if re.search(r"[{}]", BRACES.sub("", line)):
        yield "unbalanced or nested braces; write {name} or {yes|no}"
