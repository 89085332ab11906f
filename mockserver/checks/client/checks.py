"""The task of a client, the faults injected into it, and the checks of the client's requests."""

import tomllib
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from mockserver.checks.report import count_of
from mockserver.client.types import StateDict
from mockserver.unpatched import read_text

CONVERSATION = "xgQQXg3hrtjh7AvZ"
CONTACT = {"username": "client-check", "phone_number": "1-800-237-8439"}
FILENAME, CONTENT = "client-check.txt", b"client check"
FIRST, SECOND = "client check one", "client check two"
PAGE_SIZE = 5  # maximum number of contacts on a page, whatever limit the client requests
FAILURES = 3  # number of times that listing the conversations fails
MIN_GROWTH = 1.5  # ratio of the last wait to the first; doubling gives 4, jitter can reduce it
MIN_WAIT = 0.01  # seconds of a pause that counts as a wait
CONTENT_TYPES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")

TASK = (
    "List all contacts, page by page.",
    "List the groups once.",
    "List the conversations once.",
    f"Create a contact with the username '{CONTACT['username']}' and the phone_number "
    f"'{CONTACT['phone_number']}'.",
    f"Upload the file '{FILENAME}' with the content '{CONTENT.decode()}'.",
    f"Send '{FIRST}' and then '{SECOND}' to the conversation {CONVERSATION}.",
    "List the attachments once, then retrieve the first one by its id.",
)


def fault_rules(retry_after: int) -> list[dict[str, Any]]:
    """Return the rules of the injected faults; ``retry_after`` is in seconds."""
    # Without Retry-After: a client that obeys it would wait for the same time after each.
    unavailable = {"type": "error", "status": 503, "retry_after": None}
    limited = {"type": "error", "status": 429, "retry_after": retry_after}
    return [
        _rule("contacts.list", {"type": "page_cap", "maximum": PAGE_SIZE}),
        _rule("groups.list", limited, times=1),
        _rule("conversations.list", unavailable, times=FAILURES),
        # Neither of the two requests gets a response; only the second one creates its message.
        _rule("messages.create", {"type": "CONNECTION_RESET_BY_PEER"}, times=1),
        _rule("messages.create", {"type": "commit_then_drop"}, after=1, times=1),
        _rule("attachments.list", {"type": "schema_drift"}),
    ]


def _rule(operation: str, fault: dict[str, Any], **options: int) -> dict[str, Any]:
    return {"match": {"operation": operation}, "fault": fault, **options}


class RecordedRequest(NamedTuple):
    """A request to the API, and the stopwatch's seconds when it began and ended."""

    began: float
    ended: float
    method: str
    path: str
    query: str
    authorization: str


class ClientResult(NamedTuple):
    """A check, how to pass it, and the ``problem`` that it found, or an empty string."""

    name: str
    description: str
    fix: str
    problem: str


class Evidence(NamedTuple):
    """A client's requests in order, their journal entries, and the sandbox's final state.

    ``token`` is the token of the sandbox, ``retry_after`` the seconds in the 429 response.
    """

    token: str
    retry_after: int
    requests: Sequence[RecordedRequest]
    journal: Sequence[Mapping[str, Any]]
    state: StateDict

    def exchanges(self, operation: str) -> list[Mapping[str, Any]]:
        return [entry for entry in self.journal if entry["operation"] == operation]

    def waits(self, path: str) -> list[float]:
        """Return the seconds between each response to GET ``path`` and the next request."""
        requests = [
            request
            for request in self.requests
            if (request.method, request.path) == ("GET", path)
            and token_of(request.authorization) == self.token
        ]
        return [later.began - earlier.ended for earlier, later in pairwise(requests)]

    def judge(self) -> list[ClientResult]:
        """Return the results of all checks."""
        texts = tomllib.loads(read_text(__package__, "checks.toml"))
        return [ClientResult(name, **texts[name], problem=find(self)) for name, find in CHECKS]


def _pages(evidence: Evidence) -> str:
    pages = [entry for entry in evidence.exchanges("contacts.list") if entry["status"] == 200]
    if not pages:
        return "the contacts were never listed"
    cursors = [entry["query"].get("starting_after") for entry in pages]
    bodies = [entry["response"]["body"] for entry in pages]
    expected = [None, *(body["data"][-1]["id"] for body in bodies if body["has_more"])]
    if len(set(cursors)) < len(cursors):
        return "the same page was requested twice"
    if bodies[-1]["has_more"]:
        return f"stopped after {count_of(len(pages), 'page')}, although has_more was true"
    if cursors != expected:
        return "starting_after was not the id of the last object of the previous page"
    return ""


def _retry_after(evidence: Evidence) -> str:
    waits = evidence.waits("/v1/groups")
    if not evidence.exchanges("groups.list"):
        return "the groups were never listed"
    if not waits:
        return "gave up at a 429"
    if waits[0] < evidence.retry_after * (1 - 0.01):
        return f"retried after {waits[0]:.2f} s; Retry-After was {evidence.retry_after}"
    return ""


def _back_off(evidence: Evidence) -> str:
    waits = evidence.waits("/v1/conversations")[:FAILURES]
    if not evidence.exchanges("conversations.list"):
        return "the conversations were never listed"
    if len(waits) < FAILURES:
        attempts = count_of(len(waits) + 1, "attempt")
        return f"gave up after {attempts}; attempt {FAILURES + 1} would have succeeded"
    if min(waits) < MIN_WAIT or waits[-1] < MIN_GROWTH * waits[0]:
        seconds = ", ".join(f"{wait:.2f}" for wait in waits)
        return f"the waits were too short or did not grow: {seconds} s"
    return ""


def _no_double_send(evidence: Evidence) -> str:
    messages = evidence.state["messages"]
    texts = [x["message"] for x in messages if x["conversation_id"] == CONVERSATION]
    for text, fault in (
        (FIRST, "the connection was reset before it was created"),
        (SECOND, "the response was lost after it was created"),
    ):
        if text not in texts:
            return f"the message '{text}' is missing; {fault}"
        if texts.count(text) > 1:
            return f"the message '{text}' was created {texts.count(text)} times; {fault}"
    return ""


def _schema_drift(evidence: Evidence) -> str:
    if not evidence.exchanges("attachments.list"):
        return "the attachments were never listed"
    retrieved = evidence.exchanges("attachments.retrieve")
    if not any(entry["status"] == 200 for entry in retrieved):
        return "no attachment was retrieved after a list with unknown attributes in another order"
    return ""


def _content_types(evidence: Evidence) -> str:
    for entry in evidence.exchanges("contacts.create"):
        content_type = entry["request"]["headers"].get("Content-Type", "none")
        if content_type.partition(";")[0].strip().lower() not in CONTENT_TYPES:
            return f"a contact was sent with the Content-Type {content_type}"
    username, number = CONTACT["username"], CONTACT["phone_number"]
    contacts = [x for x in evidence.state["contacts"] if x["username"] == username]
    if not contacts:
        return f"the contact '{username}' is missing"
    if contacts[0]["phone_number"] != number:
        return f"the contact's phone_number is {contacts[0]['phone_number']!r}, not {number!r}"
    files = [x for x in evidence.state["attachments"] if x["filename"] == FILENAME]
    if not files:
        return f"the attachment '{FILENAME}' is missing"
    if files[0]["file_size"] != len(CONTENT):
        return f"'{FILENAME}' has {files[0]['file_size']} bytes, not {len(CONTENT)}"
    return ""


def _credentials(evidence: Evidence) -> str:
    if not evidence.requests:
        return "the client sent no requests"
    for request in evidence.requests:
        name = f"{request.method} {request.path}"
        if not request.authorization:
            return f"{name} had no Authorization header"
        if token_of(request.authorization) != evidence.token:
            return f"{name} had a token other than MOCKSERVER_TOKEN"
        if evidence.token in dict(parse_qsl(request.query)).values():
            return f"{name} had the token in its query, which servers log"
    return ""


def token_of(authorization: str) -> str:
    """Return the Bearer token or the Basic username in a header, or an empty string."""
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "basic":
        with suppress(ValueError):
            return b64decode(credentials).decode().partition(":")[0]
    return credentials.strip() if scheme.lower() == "bearer" else ""


#: The name of each check, and the function that returns the problem or an empty string.
CHECKS: tuple[tuple[str, Callable[[Evidence], str]], ...] = (
    ("pages", _pages),
    ("retry-after", _retry_after),
    ("back-off", _back_off),
    ("no double send", _no_double_send),
    ("schema drift", _schema_drift),
    ("content types", _content_types),
    ("credentials", _credentials),
)
