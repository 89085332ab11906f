"""Thousands of hostile requests are rejected without a change, or answered like any other.

For malformed HTTP over a socket see test_hostile_http.py.
"""

from __future__ import annotations

import contextlib
import json
import logging
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, cast
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import settings

from mockserver.web.application import Application
from tests.conftest import HttpResponse
from tests.properties import model
from tests.properties.hostile import (
    BODIES,
    FORM,
    JSON,
    LEAVES,
    MAX_BODY,
    MULTIPART,
    SORTS,
    Hostile,
    bytes_as_body,
    encoded,
)
from tests.properties.model import KINDS, POST, PUT, Nullable, flag, free, name, text, timestamp
from tests.properties.wsgi_client import WsgiClient, small_app

# Schemas of valid responses.


def reactions(value: Any) -> bool:
    return (
        isinstance(value, list) and model.reactions(value) and all(len(item) == 1 for item in value)
    )


def count(value: Any) -> bool:
    return type(value) is int and value >= 0


def all_of(kind: str, value: Any) -> bool:
    return isinstance(value, list) and all(is_object(kind, item) for item in value)


URL = re.compile(r"https?://.").match
AVATAR = Nullable(lambda value: free(value) and URL(value) is not None)
SHAPES: dict[str, dict[str, Callable[[Any], bool]]] = {
    "contact": {
        "id": text,
        "username": text,
        "phone_number": text,
        "avatar_url": AVATAR,
        "display_name": Nullable(text),
        "conversation_id": Nullable(text),
        "last_active_at": Nullable(timestamp),
        "created_at": timestamp,
    },
    "embedded": {
        "id": text,
        "username": text,
        "phone_number": text,
        "avatar_url": AVATAR,
        "last_active_at": Nullable(timestamp),
        "created_at": timestamp,
    },
    "conversation": {
        "id": text,
        "contact_id": Nullable(text),
        "group_id": Nullable(text),
        "pinned_message_id": Nullable(text),
        "is_pinned": flag,
        "is_muted": flag,
        "last_active_at": Nullable(timestamp),
        "last_opened_at": Nullable(timestamp),
        "created_at": timestamp,
        "archived_at": Nullable(timestamp),
    },
    "group": {
        "id": text,
        "name": text,
        "description": Nullable(text),
        "avatar_url": AVATAR,
        "conversation_id": Nullable(text),
        "contacts": partial(all_of, "embedded"),
        "created_at": timestamp,
        "archived_at": Nullable(timestamp),
    },
    "message": {
        "id": text,
        "conversation_id": text,
        "contact": lambda value: is_object("embedded", value),
        "message": free,
        "reactions": reactions,
        "attachments": partial(all_of, "attachment"),
        "read_at": Nullable(timestamp),
        "created_at": timestamp,
        "updated_at": Nullable(timestamp),
    },
    "attachment": {
        "id": text,
        "message_id": Nullable(text),
        "filename": text,
        "file_url": lambda value: value.startswith(model.file_url("")),
        "file_type": text,
        "file_size": count,
        "created_at": timestamp,
    },
}


def is_object(kind: str, value: Any) -> bool:
    """Return whether it is an object of this kind, with its keys in order and valid values."""
    checks = SHAPES[kind]
    return (
        isinstance(value, dict)
        and [*value] == [*checks]
        and all(check(value[key]) for key, check in checks.items())
    )


def check(request: Hostile, response: HttpResponse) -> None:
    """Check that it is an error object or a valid response of the endpoint."""
    assert response.status < 500, response.data
    if request.method == "HEAD":
        assert response.data == b""
    elif response.status >= 400:
        response.refused(response.status)
        response.data.decode()
    elif response.status == 204:
        assert request.method in ("DELETE", "OPTIONS")
        assert response.data == b""
    elif response.headers["Content-Type"] == JSON:
        assert response.status == (201 if request.method == "POST" else 200)
        body = response.json
        page = "has_more" in body
        objects = body["data"] if page else [body]
        assert not page or ([*body] == ["has_more", "data"] and flag(body["has_more"]))
        path = unquote_to_bytes(request.path).decode()
        assert any(
            f"/{plural}" in path and all(is_object(kind, item) for item in objects)
            for kind, plural in KINDS.items()
        )
    else:
        # The dashboard, whose first page is the root, or a file.
        path = unquote_to_bytes(request.path).decode("latin-1")
        assert path == "/" or "/_assets/" in path


@pytest.fixture(scope="module")
def app() -> Application:
    return small_app(max_body=MAX_BODY)


@pytest.mark.parametrize("make", SORTS, ids=[make.__name__ for make in SORTS])
def test_hostile_request_is_rejected_and_changes_nothing(
    app: Application, make: Callable[[random.Random], Hostile], caplog: pytest.LogCaptureFixture
) -> None:
    rng = random.Random(make.__name__)
    total = 10 * cast(settings, settings.default).max_examples
    statuses: Counter[int] = Counter()
    with silence(caplog):
        for start in range(0, total, 50):  # start again, so that deleted objects exist again
            requests = (make(rng) for _ in range(50))
            statuses += bombard(WsgiClient(app, f"{make.__name__}_{start}"), requests)
    # Some must be rejected and some accepted.
    refused = sum(count for status, count in statuses.items() if status >= 400)
    assert refused > total * 0.1
    assert make is bytes_as_body or total - refused > total * 0.01


@pytest.mark.parametrize(("kind", "method"), BODIES)
def test_any_value_is_accepted_or_rejected_in_any_encoding(
    app: Application, kind: str, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = f"/v1/{KINDS[kind]}" + (f"/{name(kind, 1)}" if method == "PUT" else "")
    valid = BODIES[kind, method]

    def requests(attribute: str) -> Iterator[Hostile]:
        others = {key: value for key, value in valid.items() if key != attribute}
        if kind == "conversation" and method == "POST":
            others = {}
        opening = "".join(f'"{key}":{json.dumps(value)},' for key, value in others.items())
        for leaf in LEAVES:
            body = f'{{{opening}"{attribute}":{leaf}}}'.encode()
            yield Hostile(method, path.encode(), headers=(("Content-Type", JSON),), body=body)
            for content_type in (FORM, MULTIPART):
                with contextlib.suppress(ValueError, RecursionError):
                    body = encoded({**others, attribute: json.loads(leaf)}, content_type)
                    headers = (("Content-Type", content_type),)
                    yield Hostile(method, path.encode(), headers=headers, body=body)

    with silence(caplog):
        for attribute in (POST if method == "POST" else PUT)[kind]:
            client = WsgiClient(app, f"{kind}_{method}_{attribute}")
            statuses = bombard(client, requests(attribute))
            assert statuses.keys() == {400, 201 if method == "POST" else 200}


def bombard(client: WsgiClient, requests: Iterable[Hostile]) -> Counter[int]:
    """Send the requests, check the responses, and return the number of each status."""
    statuses: Counter[int] = Counter()
    before = client.state()
    for request in requests:
        if not any(header == "Authorization" for header, _ in request.headers):
            request = replace(request, headers=(*request.headers, *client.headers.items()))
        response = client.send(request.environ())
        statuses[response.status] += 1
        try:
            check(request, response)
            after = client.state()
            if response.status >= 400 or request.method not in ("POST", "PUT", "DELETE"):
                assert after == before
            before = after
        except (AssertionError, ValueError) as error:
            error.add_note(f"{request!r:.3000}\nanswer: {response!r:.3000}")
            raise
    return statuses


@contextlib.contextmanager
def silence(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Check that nothing is logged: a client's mistake is no warning."""
    with caplog.at_level(logging.WARNING):
        yield
    assert caplog.records == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/dashboard/requests"),
        ("GET", "/openapi.json"),
        ("GET", "/v1/contacts"),
        ("GET", "/_sandbox/clock"),
        ("POST", "/_sandbox/inbox/a"),
        ("POST", "/_sandbox/simulate/join"),
    ],
)
def test_a_query_of_invalid_bytes_is_refused(app: Application, method: str, path: str) -> None:
    client = WsgiClient(app, "bytes")
    headers = (("Content-Type", JSON), *client.headers.items())
    request = Hostile(method, path.encode(), b"for=a&sandbox=\xc2", headers)
    client.send(request.environ()).refused(400, "is not valid UTF-8")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b"&".join([b"message=x"] * 1_000_000)),
        (FORM, b"&".join([b"attachments[]=x"] * 1_000_000)),
        (JSON, b"{%b}" % b",".join(b'"%d":1' % (n % 199_999) for n in range(200_000))),
    ],
    ids=["one value", "an array", "JSON"],
)
def test_a_million_names_are_rejected_in_linear_time(content_type: str, body: bytes) -> None:
    """In quadratic time, it would take most of an hour."""
    client = WsgiClient(small_app(), "many")
    before = client.state()
    client("POST", "/v1/messages", data=body, content_type=content_type).refused(400)
    assert client.state() == before
