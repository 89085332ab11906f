"""A script, read: who is on stage, how they are, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from mockserver.bots.active_hours import HOUR, ActiveHours
from mockserver.bots.templates import misspelt

MINUTE = 60
#: Each hour asks all of them what they will do, while nobody else has a turn.
MOST_PEOPLE, MOST_GROUPS = 500, 100
REACTIONS = ("red_heart", "thumbs_up", "face_with_tears_of_joy", "party_popper")
REMINDERS = ("Hello?", "Is anybody there?")
GIVES_UP = ("I shall try again tomorrow.", "Never mind, then.")
THANKS = ("Thank you, that was it!", "Perfect, thanks a lot. Have a good one!")


@dataclass(frozen=True)
class Reply:
    """What is answered to what: ``question`` is None where that does not matter."""

    contains: tuple[str, ...]
    question: bool | None
    say: tuple[str, ...]

    def fits(self, text: str, question: bool) -> bool:
        """Whether it answers a message."""
        if self.question is not None and self.question != question:
            return False
        return not self.contains or any(each in text.casefold() for each in self.contains)


@dataclass(frozen=True)
class Person:
    """Somebody of the script. Chances are from 0 to 1; spans are in seconds."""

    username: str
    given: Mapping[str, Any]
    role: str | None
    awake: ActiveHours
    talkative: float
    direct: float
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
    """A group of the script, with those who belong to it and those who drop in."""

    name: str
    given: Mapping[str, Any]
    members: tuple[str, ...]
    visitors: tuple[str, ...]
    visits: float
    stay: tuple[int, int]


@dataclass(frozen=True)
class Problem:
    """Why a stranger comes."""

    opens: tuple[str, ...]
    follows: tuple[str, ...]


@dataclass(frozen=True)
class Queue:
    """The strangers who come, one after the other. Spans are in seconds."""

    open: ActiveHours
    an_hour: float
    most: int
    names: tuple[str, ...]
    problems: tuple[Problem, ...]
    patience: tuple[int, int]
    reminders: tuple[str, ...]
    gives_up: tuple[str, ...]
    thanks: tuple[str, ...]
    forgotten: tuple[int, int]


@dataclass(frozen=True)
class Script:
    """All of it. ``offset`` is in seconds, from UTC to local time."""

    name: str
    offset: int
    keep: int
    people: tuple[Person, ...]
    groups: tuple[Group, ...]
    queue: Queue | None


def script(values: Mapping[str, Any]) -> Script:
    """The script of values that ``format.SCRIPT`` and ``problems_of`` have found right."""
    groups = tuple(_group(each) for each in values.get("groups", ()))
    members = {name for group in groups for name in (*group.members, *group.visitors)}
    queue = values.get("queue")
    return Script(
        values["name"],
        int(values.get("utc_offset", 0) * HOUR),
        values.get("keep", 500),
        tuple(_person(each, each["username"] in members) for each in values.get("people", ())),
        groups,
        None if queue is None else _queue(queue),
    )


def problems_of(values: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with values that are right each by itself, each with its path."""
    for name, most in (("people", MOST_PEOPLE), ("groups", MOST_GROUPS)):
        if len(values.get(name, ())) > most:
            yield f"{name}: may be {most} at most, not {len(values[name])}"
    people = values.get("people", [])
    if not people and "queue" not in values:
        yield "people: nobody is on stage; give people, a queue, or both"
    known = [each["username"] for each in people]
    for place, name in enumerate(known):
        if name in known[:place]:
            yield f"people[{place}].username: '{name}' is people[{known.index(name)}] already"
    names = [each["name"] for each in values.get("groups", ())]
    for place, name in enumerate(names):
        if name in names[:place]:
            yield f"groups[{place}].name: '{name}' is groups[{names.index(name)}] already"
    for place, group in enumerate(values.get("groups", ())):
        for attribute in ("members", "visitors"):
            for at, name in enumerate(group.get(attribute, ())):
                if name not in known:
                    near = get_close_matches(name, known, 1)
                    hint = f"; did you mean '{near[0]}'?" if near else ""
                    where = f"groups[{place}].{attribute}[{at}]"
                    yield f"{where}: there is nobody '{name}' among the people{hint}"
    if "queue" in values and not values["queue"]["problems"]:
        yield "queue.problems: may not be empty"
    for path, line in _lines(values):
        yield from (f"{path}: {problem}" for problem in misspelt(line))


def _lines(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every line, with its path."""
    for place, person in enumerate(values.get("people", ())):
        where = f"people[{place}]"
        if isinstance(person["lines"], list):
            yield from _numbered(f"{where}.lines", person["lines"])
        for at, reply in enumerate(person.get("replies", ())):
            yield from _numbered(f"{where}.replies[{at}].say", reply["say"])
    queue = values.get("queue", {})
    for name in ("reminders", "gives_up", "thanks"):
        yield from _numbered(f"queue.{name}", queue.get(name, ()))
    for place, problem in enumerate(queue.get("problems", ())):
        for name in ("opens", "follows"):
            yield from _numbered(f"queue.problems[{place}].{name}", problem.get(name, ()))


def _numbered(path: str, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    return ((f"{path}[{place}]", line) for place, line in enumerate(lines))


def _person(values: Mapping[str, Any], is_member: bool) -> Person:
    answers, lines = values.get("answers", {}), values["lines"]
    return Person(
        username=values["username"],
        given=_given(values, "username", "display_name", "phone_number", "avatar_url"),
        role=values.get("role"),
        awake=ActiveHours(*values.get("awake", (8 * HOUR, 22 * HOUR + 30 * MINUTE))),
        talkative=values.get("talkative", 2),
        direct=values.get("direct", 0.25) if is_member else 1,
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
                tuple(each.casefold() for each in reply.get("contains", ())),
                reply.get("question"),
                tuple(reply["say"]),
            )
            for reply in values.get("replies", ())
        ),
    )


def _group(values: Mapping[str, Any]) -> Group:
    members = tuple(dict.fromkeys(values["members"]))
    return Group(
        values["name"],
        _given(values, "name", "description", "avatar_url"),
        members,
        tuple(each for each in dict.fromkeys(values.get("visitors", ())) if each not in members),
        values.get("visits_a_day", 1),
        _seconds(values.get("stay_minutes", (20, 90))),
    )


def _queue(values: Mapping[str, Any]) -> Queue:
    return Queue(
        open=ActiveHours(*values.get("open", (9 * HOUR, 18 * HOUR))),
        an_hour=values.get("an_hour", 3),
        most=values.get("most", 20),
        names=tuple(values["names"]),
        problems=tuple(
            Problem(tuple(each["opens"]), tuple(each.get("follows", ())))
            for each in values["problems"]
        ),
        patience=_seconds(values.get("patience_minutes", (4, 12))),
        reminders=tuple(values.get("reminders", REMINDERS)),
        gives_up=tuple(values.get("gives_up", GIVES_UP)),
        thanks=tuple(values.get("thanks", THANKS)),
        forgotten=_seconds(values.get("forgotten_after_minutes", (120, 480))),
    )


def _seconds(minutes: tuple[int, int]) -> tuple[int, int]:
    return minutes[0] * MINUTE, minutes[1] * MINUTE


def _given(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}
