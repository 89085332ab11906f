"""The seven points: each judged by what a client can be seen to have done."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from mockserver.checks.client.fault_script import (
    CONTACT,
    CONTENT,
    CONVERSATION,
    FAILURES,
    FILENAME,
    FIRST,
    SECOND,
)
from mockserver.checks.client.recorder import Arrival
from mockserver.checks.table import counted

GROWTH = 1.5
"""How many times as long as the first wait the last must be: with the usual doubling it is four
times as long, of which jitter may take half."""

SHORTEST = 0.01
"""Seconds below which a wait is none."""

TYPES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")


class Seen(NamedTuple):
    """What there is to judge by: the requests in the order in which they came, the journal with
    each request whole, and the state of the sandbox in the fixture format."""

    token: str
    retry_after: int
    arrivals: Sequence[Arrival]
    journal: Sequence[Mapping[str, Any]]
    state: Mapping[str, Sequence[Mapping[str, Any]]]

    def asked(self, operation: str) -> list[Mapping[str, Any]]:
        """The requests for an operation that the API has answered, or lost the answer to."""
        return [each for each in self.journal if each["operation"] == operation]

    def waits(self, path: str) -> list[float]:
        """The seconds from each answer of a list to the next request for it."""
        asked = [
            each
            for each in self.arrivals
            if (each.method, each.path) == ("GET", path)
            and token_of(each.authorization) == self.token
        ]
        return [later.came - earlier.answered for earlier, later in pairwise(asked)]


class Point(NamedTuple):
    """``judge`` says what was wrong; empty where nothing was."""

    name: str
    about: str
    fix: str
    judge: Callable[[Seen], str]


class Score(NamedTuple):
    """A point, and what was wrong; empty where it was made."""

    point: Point
    wrong: str


def scores(seen: Seen) -> list[Score]:
    """All points, each made or not."""
    return [Score(each, each.judge(seen)) for each in POINTS]


def pages(seen: Seen) -> str:
    """Every page once, each after the last object of the one before."""
    asked = [each for each in seen.asked("contacts.list") if each["status"] == 200]
    if not asked:
        return "the contacts were never listed"
    cursors = [each["query"].get("starting_after") for each in asked]
    shown = [each["response"]["body"] for each in asked]
    wanted = [None, *(page["data"][-1]["id"] for page in shown if page["has_more"])]
    if len(set(cursors)) < len(cursors):
        return "a page was asked for twice"
    if shown[-1]["has_more"]:
        return f"stopped after {len(asked)} pages, the last of which says has_more"
    if cursors != wanted:
        return "a page was not asked for by starting_after, the id of the last object before it"
    return ""


def retry_after(seen: Seen) -> str:
    """The wait that a 429 asks for."""
    waits = seen.waits("/v1/groups")
    if not seen.asked("groups.list"):
        return "the groups were never listed"
    if not waits:
        return "gave up at a 429"
    if waits[0] < seen.retry_after * (1 - 0.01):
        return f"asked again after {waits[0]:.2f} s, though Retry-After said {seen.retry_after}"
    return ""


def backs_off(seen: Seen) -> str:
    """Longer and longer waits while a server is unavailable."""
    waits = seen.waits("/v1/conversations")[:FAILURES]
    told = ", ".join(f"{wait:.2f}" for wait in waits)
    if not seen.asked("conversations.list"):
        return "the conversations were never listed"
    if len(waits) < FAILURES:
        attempts = counted(len(waits) + 1, "attempt")
        return f"gave up after {attempts}; attempt {FAILURES + 1} would have come through"
    if min(waits) < SHORTEST or waits[-1] < GROWTH * waits[0]:
        return f"waited {told} s between its attempts, and so no longer from one to the next"
    return ""


def resends(seen: Seen) -> str:
    """What was not sent is sent again, and what was sent is not."""
    said = [
        each["message"]
        for each in seen.state["messages"]
        if each["conversation_id"] == CONVERSATION
    ]
    for text, what in (
        (FIRST, "whose connection was reset before anything was done"),
        (SECOND, "whose answer was lost after it was done"),
    ):
        if text not in said:
            return f"'{text}' is not there, {what}"
        if said.count(text) > 1:
            return f"'{text}' is there {said.count(text)} times, {what}"
    return ""


def bears_tomorrow(seen: Seen) -> str:
    """Attributes that nobody knows yet."""
    if not seen.asked("attachments.list"):
        return "the attachments were never listed"
    if not any(each["status"] == 200 for each in seen.asked("attachments.retrieve")):
        return "no attachment was retrieved after a list with unknown attributes, in another order"
    return ""


def content_types(seen: Seen) -> str:
    """Bodies that are what they say, and a file as a file."""
    for entry in seen.asked("contacts.create"):
        given = entry["request"]["headers"].get("Content-Type", "none")
        if given.partition(";")[0].strip().lower() not in TYPES:
            return f"a contact was sent as Content-Type {given}"
    made = [each for each in seen.state["contacts"] if each["username"] == CONTACT["username"]]
    if not made:
        return "there is no such contact as was to be created"
    if made[0]["phone_number"] != CONTACT["phone_number"]:
        return f"the contact's phone_number came as {made[0]['phone_number']!r}"
    files = [each for each in seen.state["attachments"] if each["filename"] == FILENAME]
    if not files:
        return f"there is no attachment '{FILENAME}'"
    if files[0]["file_size"] != len(CONTENT):
        return f"'{FILENAME}' has {files[0]['file_size']} bytes in place of {len(CONTENT)}"
    return ""


def credentials(seen: Seen) -> str:
    """The token that was given with each request, in the Authorization header and nowhere else."""
    if not seen.arrivals:
        return "there was no request at all"
    for each in seen.arrivals:
        where = f"{each.method} {each.path}"
        if not each.authorization:
            return f"{where} came without an Authorization header"
        if token_of(each.authorization) != seen.token:
            return f"{where} came with other credentials than the token that was given"
        if seen.token in dict(parse_qsl(each.query)).values():
            return f"{where} has the token in its query, where logs keep it"
    return ""


def token_of(authorization: str) -> str:
    """The token of an Authorization header, or Basic's username; empty where there is neither."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "basic":
        with suppress(ValueError):
            return b64decode(rest).decode().partition(":")[0]
    return rest.strip() if scheme.lower() == "bearer" else ""


POINTS = (
    Point(
        "pages",
        "walks a list to its end",
        "follow has_more, not the length of a page: ask for starting_after the last id until it is "
        "false",
        pages,
    ),
    Point(
        "retry-after",
        "waits as long as a 429 asks",
        "after a 429 wait the seconds of Retry-After, then ask again",
        retry_after,
    ),
    Point(
        "back-off",
        "waits longer and longer while a server is unavailable",
        "double the wait after each 503, with some jitter, and make at least four attempts",
        backs_off,
    ),
    Point(
        "no double send",
        "sends again what was not sent, and nothing twice",
        "after a lost answer look whether the message is there (list the conversation's latest) "
        "before it is sent again",
        resends,
    ),
    Point(
        "tomorrow",
        "bears attributes that it does not know",
        "read the attributes that you know, by name, and ignore all others",
        bears_tomorrow,
    ),
    Point(
        "content types",
        "sends bodies that are what they say",
        "send application/json (or a form) with its Content-Type, and a file as a part of "
        "multipart/form-data with its bytes",
        content_types,
    ),
    Point(
        "credentials",
        "sends the token with each request, in the header",
        "send 'Authorization: Bearer' and the token with each request from the first on",
        credentials,
    ),
)
