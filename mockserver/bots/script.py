"""The classes of a bot script: its people, groups and queue, with their hours and lines.

Each attribute is annotated with its type and the field that validates it. Its meaning is in
``descriptions.toml``.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence, Set
from copy import copy
from dataclasses import MISSING, dataclass, fields
from functools import cached_property
from typing import Annotated, Any, NamedTuple, get_type_hints

from mockserver.errors import did_you_mean
from mockserver.schema.compound import IntRange, List, ListOrObject, Nested, TimeOfDayRange
from mockserver.schema.fields import (
    HttpUrl,
    Length,
    NonEmptyString,
    Range,
    StrictBoolean,
    StrictField,
    StrictNumber,
    integer,
    one_of,
)
from mockserver.schema.schema import Schema, ValidationError
from mockserver.seeding.random_values import POOLS
from mockserver.seeding.references import duplicates
from mockserver.unpatched import read_text

MINUTE, HOUR, DAY = 60, 3600, 86_400
#: Limits, since planning an hour holds the sandbox's lock for a time proportional to these numbers.
MAX_PEOPLE, MAX_GROUPS, MAX_MESSAGES_PER_HOUR = 500, 100, 240
BRACES = re.compile(r"\{([^{}]*)\}")
DESCRIPTIONS = tomllib.loads(read_text(__package__, "descriptions.toml"))


class ActiveHours(NamedTuple):
    """A daily period, in seconds since midnight; it spans midnight if ``start`` is later.

    Local times are in seconds since any midnight.
    """

    start: int
    end: int

    @property
    def length(self) -> int:
        return (self.end - self.start) % DAY or DAY

    def contains(self, local: int) -> bool:
        return (local - self.start) % DAY < self.length

    def seconds_until(self, local: int) -> int:
        """Return the seconds from a local time until the period begins; 0 within the period."""
        return 0 if self.contains(local) else (self.start - local) % DAY


class ActiveHoursField(TimeOfDayRange):
    """A field of two times of day, read as ``ActiveHours``."""

    def read(self, value: Any) -> ActiveHours:
        return ActiveHours(*super().read(value))


class Template(NonEmptyString):
    """A field of a line, in which ``{name}`` and ``{yes|no}`` are replaced when it is sent."""

    def read(self, value: Any) -> str:
        line = super().read(value)
        problems = [
            f"unknown placeholder '{{{placeholder}}}'; write {{name}} or {{yes|no}}"
            for placeholder in dict.fromkeys(BRACES.findall(line))
            if placeholder != "name" and "|" not in placeholder
        ]
        if re.search(r"[{}]", BRACES.sub("", line)):
            problems.append("unbalanced or nested braces; write {name} or {yes|no}")
        elif not BRACES.sub(lambda braces: min(braces[1].split("|"), key=len), line):
            problems.append("can be empty; give every option of {yes|no} a text")
        if problems:
            raise ValidationError(problems)
        return line


class ValueSchema(Schema):
    """A schema that reads an object as an instance of a dataclass."""

    value_type: type

    def load(self, data: Any, **options: Any) -> Any:
        return self.value_type(**super().load(data, **options))


def fields_of(value_type: type) -> dict[str, StrictField]:
    """Return the fields in a dataclass's annotations; those without a default are required."""
    hints = get_type_hints(value_type, include_extras=True)
    descriptions = DESCRIPTIONS[value_type.__name__]
    result: dict[str, StrictField] = {}
    for attribute in fields(value_type):
        [annotated] = hints[attribute.name].__metadata__
        field = result[attribute.name] = copy(annotated)
        field.required = attribute.default is MISSING
        field.metadata = {"description": descriptions.get(attribute.name, "")}
    return result


def nested(value_type: type) -> Nested:
    """Return the field of an object that is read as an instance of a dataclass."""
    schema = ValueSchema.with_fields(**fields_of(value_type))
    schema.value_type = value_type
    return Nested(schema)


Text = Annotated[str, NonEmptyString()]
OptionalText = Annotated[str | None, NonEmptyString()]
Url = Annotated[str | None, HttpUrl()]
Lines = Annotated[Sequence[str], List(NonEmptyString(), validate=Length(min=1))]
Templates = Annotated[Sequence[str], List(Template(), validate=Length(min=1))]
Probability = Annotated[float, StrictNumber(validate=Range(0, 1))]
Hours = Annotated[ActiveHours, ActiveHoursField()]
Minutes = Annotated[tuple[int, int], IntRange(1, DAY // MINUTE)]

DAYTIME = ActiveHours(8 * HOUR, 22 * HOUR + 30 * MINUTE)
OFFICE_HOURS = ActiveHours(9 * HOUR, 18 * HOUR)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """Lines that answer a message; ``question`` restricts it to questions or to other messages."""

    contains: Lines = ()
    question: Annotated[bool | None, StrictBoolean()] = None
    say: Templates

    def matches(self, text: str, is_question: bool) -> bool:
        if self.question is not None and self.question != is_question:
            return False
        folded = text.casefold()
        return not self.contains or any(word.casefold() in folded for word in self.contains)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The probability and the delay with which a person answers messages."""

    questions: Probability = 0.9
    anything: Probability = 0.3
    after_seconds: Annotated[tuple[int, int], IntRange(0, DAY)] = (4, 90)


@dataclass(frozen=True, kw_only=True)
class FakerLines:
    """Texts generated by Faker, in place of lines."""

    faker: Annotated[str, one_of(tuple(POOLS))]


UNPROMPTED = ListOrObject(
    List(Template(), validate=Length(min=1)),
    nested(FakerLines),
    'an array of lines, or {"faker": "sentence"}',
)


@dataclass(frozen=True, kw_only=True)
class Person:
    """A contact played by a bot."""

    username: Text
    display_name: OptionalText = None
    phone_number: OptionalText = None
    avatar_url: Url = None
    role: OptionalText = None
    awake: Hours = DAYTIME
    messages_per_hour: Annotated[float, StrictNumber(validate=Range(0, MAX_MESSAGES_PER_HOUR))] = 2
    direct_share: Probability = 0.25
    answers: Annotated[Answers, nested(Answers)] = Answers()
    reads: Probability = 1
    reacts: Probability = 0.1
    reactions: Lines = ("red_heart", "thumbs_up", "face_with_tears_of_joy", "party_popper")
    lines: Annotated[Sequence[str] | FakerLines, UNPROMPTED]
    replies: Annotated[Sequence[Reply], List(nested(Reply))] = ()


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group, with its members and with people who visit it for a while."""

    name: Text
    description: OptionalText = None
    avatar_url: Url = None
    members: Lines
    visitors: Lines = ()
    visits_per_day: Annotated[float, StrictNumber(validate=Range(0, 24))] = 1
    stay_minutes: Minutes = (20, 90)

    @cached_property
    def guests(self) -> list[str]:
        """The visitors who are not members, without duplicates."""
        return [name for name in dict.fromkeys(self.visitors) if name not in self.members]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A customer's problem: an opening message, and a follow-up after each answer of the user."""

    openings: Templates
    follow_ups: Templates = ()


@dataclass(frozen=True, kw_only=True)
class Queue:
    """The customers who write to the user: when, how many, and with which problems."""

    open: Hours = OFFICE_HOURS
    per_hour: Annotated[float, StrictNumber(validate=Range(0, 60))] = 3
    maximum: Annotated[int, integer(1, 1000)] = 20
    names: Lines
    problems: Annotated[Sequence[Problem], List(nested(Problem))]
    patience_minutes: Minutes = (4, 12)
    reminders: Templates = ("Hello?", "Is anybody there?")
    gives_up: Templates = ("I shall try again tomorrow.", "Never mind, then.")
    thanks: Templates = ("Thank you, that was it!", "Perfect, thanks a lot. Have a good one!")
    delete_after_minutes: Annotated[tuple[int, int], IntRange(1, 7 * DAY // MINUTE)] = (120, 480)


@dataclass(frozen=True, kw_only=True)
class Script:
    """A validated bot script."""

    name: Text
    utc_offset: Annotated[float, StrictNumber(validate=Range(-12, 14))] = 0
    keep_messages: Annotated[int, integer(1, 10_000)] = 500
    people: Annotated[Sequence[Person], List(nested(Person))] = ()
    groups: Annotated[Sequence[Group], List(nested(Group))] = ()
    queue: Annotated[Queue | None, nested(Queue)] = None

    @cached_property
    def offset(self) -> int:
        """Local time minus UTC, in seconds."""
        return int(self.utc_offset * HOUR)

    @cached_property
    def by_username(self) -> dict[str, Person]:
        return {person.username: person for person in self.people}

    @cached_property
    def in_groups(self) -> Set[str]:
        """The usernames of all members and visitors of groups."""
        return {name for group in self.groups for name in (*group.members, *group.visitors)}

    def problems(self) -> Iterator[str]:
        """Yield the problems that no field reports, each with its path."""
        for section, maximum in (("people", MAX_PEOPLE), ("groups", MAX_GROUPS)):
            count = len(getattr(self, section))
            if count > maximum:
                yield f"{section}: must have at most {maximum} entries, not {count}"
                return
        if not self.people and self.queue is None:
            yield "people: the script has no bots; give people, a queue, or both"
        usernames = [person.username for person in self.people]
        yield from duplicates("people", "username", usernames)
        yield from duplicates("groups", "name", [group.name for group in self.groups])
        for index, group in enumerate(self.groups):
            for attribute in ("members", "visitors"):
                for position, name in enumerate(getattr(group, attribute)):
                    if name not in usernames:
                        path = f"groups[{index}].{attribute}[{position}]"
                        hint = did_you_mean(name, usernames)
                        yield f"{path}: no person has the username '{name}'{hint}"
        if self.queue is not None and not self.queue.problems:
            yield "queue.problems: must not be empty"
