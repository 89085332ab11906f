"""The control API refuses hostile values in every attribute; a refused request leaves no trace."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import settings

from mockserver.web.app import create_app
from mockserver.web.application import Application
from mockserver.web.control.context import Route
from mockserver.web.control.routes import ROUTES
from tests.conftest import HttpResponse
from tests.properties.hostile import FORM, JSON, SPLINTERS, Hostile, damaged, headers_of_any_kind
from tests.properties.wsgi_client import WsgiClient, small_app

SURROGATE = r'"\ud800"'
DEPTH = 150
VALUES = [
    SURROGATE,
    f"{{{SURROGATE}: 1}}",
    f'{{"a": [{SURROGATE}]}}',
    f"[{{{SURROGATE}: {SURROGATE}}}]",
    f"{DEPTH * '['}1{DEPTH * ']'}",
    DEPTH * '{"a": ' + "1" + DEPTH * "}",
    *("123456789012345678901234567890", "1e999", "-1", "null", "[null]", "{}"),
    *('""', r'"\u0000"', '"["', '"http://[::1"'),
]
WITH_BODY = [route for route in ROUTES if route.body is not None]
#: What a refused request must not change; requests to simulate actions are journaled.
OBSERVED = (
    *("state", "clock", "webhooks", "webhooks/rules", "deliveries", "events", "faults"),
    *("rate-limit", "snapshots", "inbox", "bots"),
)
#: Each creates something, whose name tells whether a refused request used one up.
CREATE: list[tuple[str, Any]] = [
    ("/_sandbox/webhooks", {"url": "http://127.0.0.1:1/", "events": ["group.created"]}),
    ("/_sandbox/faults", {"type": "status", "status": 500, "match": {"path": "/v1/none"}}),
    ("/_sandbox/webhooks/trigger", {"type": "contact.created"}),
    ("/_sandbox/snapshots", {}),
    ("/v1/contacts", {"username": "a", "phone_number": "1"}),
]


def variants(example: Any) -> Iterator[str]:
    """Yield the example with a hostile value in place of each value, and with a hostile name."""
    yield from VALUES
    if isinstance(example, list) and example:
        yield from (f"[{item}]" for item in variants(example[0]))
    if isinstance(example, dict):
        members = {name: json.dumps(value) for name, value in example.items()}
        for name, value in [*example.items(), (SURROGATE, None)]:
            for text in variants(value):
                changed = {**members, name: text}
                pairs = (
                    f"{key if key == SURROGATE else json.dumps(key)}: {item}"
                    for key, item in changed.items()
                )
                yield f"{{{', '.join(pairs)}}}"


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app().test_client()


def observe(client: FlaskClient, headers: dict[str, str]) -> list[bytes]:
    return [client.get(f"/_sandbox/{path}", headers=headers).data for path in OBSERVED]


@pytest.mark.parametrize("route", WITH_BODY, ids=lambda route: f"{route.method} {route.path}")
def test_a_refused_control_request_leaves_no_trace(client: FlaskClient, route: Route) -> None:
    index = WITH_BODY.index(route)
    headers, untouched, accepting = (
        {"Authorization": f"Bearer sandbox_{name}{index}"} for name in ("a", "b", "c")
    )
    path = "/_sandbox" + route.path.replace("<name>", "x")
    example = {**(route.example or {})}
    waits = "timeout" in route.body.fields  # type: ignore[union-attr]
    if waits:
        example["timeout"] = 0

    def send(body: str, headers: dict[str, str]) -> int:
        return client.open(
            path, method=route.method, data=body, headers=headers, content_type="application/json"
        ).status_code

    bodies = [body for body in variants(example) if not waits or '"timeout": 0' in body]
    statuses = {body: send(body, accepting) for body in dict.fromkeys(bodies)}
    assert {status for status in statuses.values() if status >= 500} == set()
    refused = [body for body, status in statuses.items() if status >= 400]
    before = observe(client, headers)
    assert {send(body, headers) // 100 for body in refused} == {4}
    assert observe(client, headers) == before
    for path_, body in CREATE:
        results = [client.post(path_, json=body, headers=each) for each in (headers, untouched)]
        assert results[0].data == results[1].data


# Random requests to every endpoint. Three kinds of them are left out: a random timeout could wait
# for minutes, an advance of bots could act for minutes, and a stream does not end.
RANDOM = [
    route
    for route in ROUTES
    if route.path not in ("/bots", "/stream")
    and not (route.body and "timeout" in route.body.fields)
]
#: Deliveries change on their own, as their webhooks do.
STEADY = tuple(path for path in OBSERVED if path not in ("deliveries", "webhooks"))
PARAMETERS = ("sandbox", "limit", "since", "type", "status", "operation", "state", "area", "x")


def random_request(rng: random.Random) -> Hostile:
    """Return a request to a random endpoint with a few random faults."""
    route = rng.choice(RANDOM)
    # Answers of an inbox apply to its next messages, so it gets another name than its messages.
    name = "x" if route.method == "PUT" else "y"
    body = b"" if route.example is None else json.dumps(route.example).encode()
    headers = (("Content-Type", JSON),)
    request = Hostile(
        route.method,
        f"/_sandbox{route.path}".encode().replace(b"<name>", name.encode()),
        b"",
        headers,
        body,
    )
    for _ in range(rng.choice([1, 1, 2])):
        fault = rng.randrange(7)
        if fault == 0:
            request = replace(request, body=damaged(rng, request.body))
        elif fault == 1:
            request = replace(request, body=rng.choice(VALUES).encode())
        elif fault == 2:
            value = rng.choice([*SPLINTERS, b"x", b"-1", b"1", b"9" * 400])
            pair = rng.choice(PARAMETERS) + "=" + quote(value)
            request = replace(
                request, query=damaged(rng, pair.encode()) if rng.random() < 0.3 else pair.encode()
            )
        elif fault == 3:
            request = replace(request, path=damaged(rng, request.path))
        elif fault == 4:
            request = replace(
                request,
                method=rng.choice(
                    ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "!"]
                ),
            )
        elif fault == 5:
            request = replace(request, headers=headers_of_any_kind(rng).headers)
        else:
            content_type = rng.choice([FORM, "", "text/plain", "application/json; charset=latin-1"])
            request = replace(request, headers=(("Content-Type", content_type),))
    return request


@pytest.fixture(scope="module")
def app() -> Application:
    return small_app(max_body=200_000)


def bombard_control(app: Application, count: int, seed: str) -> Counter[int]:
    """Send random control requests, check the responses, and return the number of each status."""
    rng = random.Random(seed)
    statuses: Counter[int] = Counter()
    for start in range(0, count, 50):
        client = WsgiClient(app, f"{seed}_{start}")

        def observe(client: WsgiClient = client) -> list[bytes]:
            return [client("GET", f"/_sandbox/{path}").data for path in STEADY]

        before = observe()
        for _ in range(50):
            request = random_request(rng)
            if not any(header == "Authorization" for header, _ in request.headers):
                request = replace(request, headers=(*request.headers, *client.headers.items()))
            response = client.send(request.environ())
            statuses[response.status] += 1
            try:
                check(request, response)
                after = observe()
                if response.status >= 400 or request.method in ("GET", "HEAD", "OPTIONS"):
                    assert after == before
                before = after
            except (AssertionError, ValueError) as error:
                error.add_note(f"{request!r:.3000}\nanswer: {response!r:.3000}")
                raise
    return statuses


def check(request: Hostile, response: HttpResponse) -> None:
    """Check that a refusal is an error object, and the status no fault of the server."""
    assert response.status < 500 or response.status == 503, response.data
    if response.status >= 400 and request.method != "HEAD":
        response.refused(response.status)


def test_a_random_control_request_is_rejected_and_changes_nothing(app: Application) -> None:
    total = 10 * cast(settings, settings.default).max_examples
    statuses = bombard_control(app, total, "control")
    refused = sum(count for status, count in statuses.items() if status >= 400)
    assert total * 0.1 < refused < total * 0.95
