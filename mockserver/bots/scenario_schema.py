"""The format of a script: a small JSON document that says who is on stage, and what they say."""

from __future__ import annotations

import json
from typing import Any

from mockserver.schema.fields import Attribute, Choice, Flag, Number, Text, Url, Whole
from mockserver.schema.list_or_object import Either
from mockserver.schema.nested import Nested, NestedList
from mockserver.schema.ranges import Hours, Span
from mockserver.schema.schema import Attributes
from mockserver.schema.string_list import Texts
from mockserver.seeding.random_values import POOLS

VERSION = 1
DAY, WEEK = 86_400, 7 * 86_400
#: An hour of so many words is more than anybody reads; and a bound to what an hour costs.
MOST_AN_HOUR = 240


def about(description: str) -> dict[str, Any]:
    """What an editor shows of an attribute."""
    return {"description": description}


FAKER = Attributes(
    {"faker": Choice(tuple(POOLS), required=True, metadata=about("what Faker makes up"))}
)
ANSWERS = Attributes(
    {
        "questions": Number(0, 1, metadata=about("how likely a question is answered; 0.9")),
        "anything": Number(0, 1, metadata=about("how likely anything else is answered; 0.3")),
        "after_seconds": Span(
            0, DAY, metadata=about("how long they think, before they type; [4, 90]")
        ),
    }
)
REPLY = Attributes(
    {
        "contains": Texts(metadata=about("only to what contains one of these, in any case")),
        "question": Flag(metadata=about("only to questions, or only to what is none")),
        "say": Texts(required=True, metadata=about("what they answer, in turn")),
    }
)
PERSON = Attributes(
    {
        "username": Text(required=True, metadata=about("who it is; in the world, or new")),
        "display_name": Text(),
        "phone_number": Text(),
        "avatar_url": Url(),
        "role": Text(metadata=about("who they are, for those who read the play")),
        "awake": Hours(metadata=about("when they do anything at all; 08:00 to 22:30")),
        "talkative": Number(
            0, MOST_AN_HOUR, metadata=about("messages of their own accord, an hour awake; 2")
        ),
        "direct": Number(
            0, 1, metadata=about("which share of those is for the user alone; 0.25 of a member's")
        ),
        "answers": Nested(ANSWERS),
        "reads": Number(0, 1, metadata=about("how likely they read what the user says; 1")),
        "reacts": Number(0, 1, metadata=about("how likely they react to a message; 0.1")),
        "reactions": Texts(metadata=about("with what they react, by name")),
        "lines": Either(
            Texts(),
            Nested(FAKER),
            'an array of lines, or {"faker": "sentence"}',
            required=True,
            metadata=about("what they say of their own accord"),
        ),
        "replies": NestedList(REPLY, metadata=about("what they answer: the first that fits")),
    }
)
GROUP = Attributes(
    {
        "name": Text(required=True, metadata=about("which group it is; in the world, or new")),
        "description": Text(),
        "avatar_url": Url(),
        "members": Texts(required=True, metadata=about("usernames of people")),
        "visitors": Texts(metadata=about("people who join, stay for a while, and leave")),
        "visits_a_day": Number(0, 24, metadata=about("of each visitor; 1")),
        "stay_minutes": Span(1, DAY // 60, metadata=about("how long; [20, 90]")),
    }
)
PROBLEM = Attributes(
    {
        "opens": Texts(required=True, metadata=about("what they want, in one way or another")),
        "follows": Texts(metadata=about("what they say to one answer after the other")),
    }
)
QUEUE = Attributes(
    {
        "open": Hours(metadata=about("when strangers come; 09:00 to 18:00")),
        "an_hour": Number(0, 60, metadata=about("how many; 3")),
        "most": Whole(1, 1000, metadata=about("how many there are at most; 20")),
        "names": Texts(required=True, metadata=about("what they are called, in turn")),
        "problems": NestedList(PROBLEM, required=True, metadata=about("why they come, in turn")),
        "patience_minutes": Span(
            1, DAY // 60, metadata=about("how long they wait for an answer; [4, 12]")
        ),
        "reminders": Texts(metadata=about("what they say when nobody answers, one by one")),
        "gives_up": Texts(metadata=about("what they say when nobody ever does")),
        "thanks": Texts(metadata=about("what they say when they are content")),
        "forgotten_after_minutes": Span(
            1, WEEK // 60, metadata=about("how long after they left they are deleted; [120, 480]")
        ),
    }
)
_ATTRIBUTES: dict[str, Attribute] = {
    "$schema": Text(),
    "version": Whole(VERSION, VERSION, required=True),
    "name": Text(required=True, metadata=about("what it is called; part of what decides")),
    "utc_offset": Number(-12, 14, metadata=about("hours from UTC to where they live; 0")),
    "keep": Whole(
        1, 10_000, metadata=about("messages of theirs in a conversation; older ones go; 500")
    ),
    "people": NestedList(PERSON),
    "groups": NestedList(GROUP),
    "queue": Nested(QUEUE),
}
SCRIPT = Attributes(_ATTRIBUTES)


def schema_text() -> str:
    """The text of ``scripts/schema.json``, by which editors complete."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mockserver cast",
        **SCRIPT.json_schema(),
    }
    return json.dumps(schema, indent=1) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
