"""The JSON format of bot scripts: its schema, and how scripts are read by name or from a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar

import orjson

from mockserver.bots.script import (
    DAY,
    HOUR,
    MINUTE,
    ActiveHours,
    Answers,
    Group,
    Person,
    Problem,
    Queue,
    Reply,
    Script,
)
from mockserver.resources.base import about
from mockserver.schema.compound import IntRange, List, ListOrObject, Nested, TimeOfDayRange
from mockserver.schema.fields import (
    HttpUrl,
    Length,
    NonEmptyString,
    OneOf,
    Range,
    StrictBoolean,
    StrictInteger,
    StrictNumber,
    StrictString,
    repr_value,
)
from mockserver.schema.schema import Schema
from mockserver.seeding.load import FixtureError, parse
from mockserver.seeding.random_values import POOLS

VERSION = 1
#: Planning an hour takes time in proportion to its messages.
MAX_MESSAGES_PER_HOUR = 240


def _name(description: str) -> NonEmptyString:
    return NonEmptyString(required=True, metadata=about(description))


def _lines(description: str, *, required: bool = False) -> List:
    item = NonEmptyString()
    return List(item, validate=Length(min=1), required=required, metadata=about(description))


def _number(minimum: float, maximum: float, description: str) -> StrictNumber:
    return StrictNumber(validate=Range(minimum, maximum), metadata=about(description))


def _integer(minimum: int, maximum: int, description: str) -> StrictInteger:
    return StrictInteger(validate=Range(minimum, maximum), metadata=about(description))


def _minutes(maximum: int, description: str) -> IntRange:
    return IntRange(1, maximum // MINUTE, metadata=about(description))


class ActiveHoursField(TimeOfDayRange):
    """Two times of day, read as ``ActiveHours``."""

    def read(self, value: Any) -> ActiveHours:
        return ActiveHours(*super().read(value))


class ValueSchema(Schema):
    """A schema that reads an object as a value of the class ``value_type``."""

    value_type: ClassVar[type]

    def load(self, data: Any, **options: Any) -> Any:
        return self.value_type(**super().load(data, **options))


class FakerSchema(Schema):
    faker = StrictString(
        validate=OneOf(tuple(POOLS)), required=True, metadata=about("Kind of text Faker makes.")
    )


class AnswersSchema(ValueSchema):
    value_type = Answers
    questions = _number(0, 1, "Probability of answering a question. Default: 0.9.")
    anything = _number(0, 1, "Probability of answering another message. Default: 0.3.")
    after_seconds = IntRange(
        0, DAY, metadata=about("Time before typing an answer. Default: [4, 90].")
    )


class ReplySchema(ValueSchema):
    value_type = Reply
    contains = _lines("Match messages with one of these texts, in any letter case.")
    question = StrictBoolean(metadata=about("true: match only questions. false: only others."))
    say = _lines("Answers, used in rotation.", required=True)


class PersonSchema(ValueSchema):
    value_type = Person
    username = _name("Username of an existing contact, or of a new one.")
    display_name = NonEmptyString()
    phone_number = NonEmptyString()
    avatar_url = HttpUrl()
    role = NonEmptyString(metadata=about("Description for readers of the status."))
    awake = ActiveHoursField(metadata=about('Daily hours online. Default: ["08:00", "22:30"].'))
    messages_per_hour = _number(
        0, MAX_MESSAGES_PER_HOUR, "Average number of unprompted messages per hour. Default: 2."
    )
    direct_share = _number(
        0,
        1,
        "Share of unprompted messages sent to the user instead of a group. Default: 0.25; 1 for a "
        "person without a group.",
    )
    answers = Nested(AnswersSchema())
    reads = _number(0, 1, "Probability of reading the user's messages. Default: 1.")
    reacts = _number(0, 1, "Probability of reacting to a message. Default: 0.1.")
    reactions = _lines("Names of the reactions they use.")
    lines = ListOrObject(
        List(NonEmptyString(), validate=Length(min=1)),
        Nested(FakerSchema()),
        'an array of lines, or {"faker": "sentence"}',
        required=True,
        metadata=about("Unprompted messages, used in rotation."),
    )
    replies = List(Nested(ReplySchema()), metadata=about("Answers: the first match is used."))


class ScriptGroupSchema(ValueSchema):
    value_type = Group
    name = _name("Name of an existing group, or of a new one.")
    description = NonEmptyString()
    avatar_url = HttpUrl()
    members = _lines("Usernames of people.", required=True)
    visitors = _lines("Usernames of people who join for a while and leave again.")
    visits_per_day = _number(0, 24, "Average number of visits of each visitor. Default: 1.")
    stay_minutes = _minutes(DAY, "Duration of a visit. Default: [20, 90].")


class ProblemSchema(ValueSchema):
    value_type = Problem
    openings = _lines("First messages: each customer sends one of them.", required=True)
    follow_ups = _lines("What they send after each answer, in order.")


class QueueSchema(ValueSchema):
    value_type = Queue
    open = ActiveHoursField(
        metadata=about('Daily hours in which customers arrive. Default: ["09:00", "18:00"].')
    )
    per_hour = _number(0, 60, "Average number of new customers per hour. Default: 3.")
    maximum = _integer(1, 1000, "Maximum number of customers at a time. Default: 20.")
    names = _lines("Display names, used in rotation.", required=True)
    problems = List(
        Nested(ProblemSchema()),
        required=True,
        metadata=about("What they write about, used in rotation."),
    )
    patience_minutes = _minutes(DAY, "Time until a reminder. Default: [4, 12].")
    reminders = _lines("What they send while unanswered, in order.")
    gives_up = _lines("What they send after the last reminder.")
    thanks = _lines("What they send after the last answer.")
    delete_after_minutes = _minutes(
        7 * DAY, "Time from leaving to their deletion. Default: [120, 480]."
    )


# A class cannot have an attribute called $schema.
SCRIPT = Schema.from_dict(
    {
        "$schema": NonEmptyString(),
        "version": StrictInteger(validate=Range(VERSION, VERSION), required=True),
        "name": _name("Name of the script. It is part of the seed of all random choices."),
        "utc_offset": _number(-12, 14, "Local time minus UTC, in hours. Default: 0."),
        "keep_messages": _integer(
            1,
            10_000,
            "Maximum number of the bots' messages in a conversation; they delete older ones. "
            "Default: 500.",
        ),
        "people": List(Nested(PersonSchema())),
        "groups": List(Nested(ScriptGroupSchema())),
        "queue": Nested(QueueSchema()),
    }
)()


class ScriptError(FixtureError):
    """An invalid bot script. The message lists every problem with its path."""

    noun = "script"


def names() -> list[str]:
    """Return the names of the shipped scripts, sorted."""
    return sorted(path.stem for path in _folder().glob("*.json") if path.stem != "schema")


def shipped(name: str) -> Any:
    """Return the document of a shipped script."""
    return orjson.loads((_folder() / f"{name}.json").read_bytes())


def open_script(source: str) -> Script:
    """Return a script by its name or file path; raises ``ScriptError``."""
    if source in names():
        return read(shipped(source), source)
    try:
        text = Path(source).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        known = f"give a JSON file, or one of the names {', '.join(names())}"
        raise ScriptError(source, [f"{reason}; {known}"]) from None
    try:
        document = parse(text, source)
    except FixtureError as error:
        raise ScriptError(source, error.problems) from None
    return read(document, source)


def read(document: Any, source: str) -> Script:
    """Return the script of a parsed document; raises ``ScriptError`` with all problems."""
    if not isinstance(document, Mapping):
        raise ScriptError(source, [f"must be a JSON object, not {repr_value(document)}"])
    validated = SCRIPT.validated(document)
    if validated.problems:
        raise ScriptError(source, validated.problems)
    return check(validated.values, source)


def check(values: Mapping[str, Any], source: str, prefix: str = "") -> Script:
    """Return the script of values that the schema accepts; raises ``ScriptError``.

    ``prefix`` goes before the paths of the problems.
    """
    groups = values.get("groups", [])
    in_groups = {name for group in groups for name in (*group.members, *group.visitors)}
    script = Script(
        name=values["name"],
        utc_offset=int(values.get("utc_offset", 0) * HOUR),
        people=[
            person if person.username in in_groups else replace(person, direct_share=1)
            for person in values.get("people", [])
        ],
        groups=groups,
        queue=values.get("queue"),
        keep_messages=values.get("keep_messages", 500),
    )
    problems = [f"{prefix}{problem}" for problem in script.problems()]
    if problems:
        raise ScriptError(source, problems)
    return script


def _folder() -> Path:
    return Path(str(files("mockserver"))) / "bots" / "scripts"


def schema_text() -> str:
    """Return the text of ``scripts/schema.json``, which editors use for completion."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mockserver bot script",
        **SCRIPT.json_schema(),
    }
    return json.dumps(schema, indent=1) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
