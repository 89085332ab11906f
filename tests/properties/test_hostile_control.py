"""The control API refuses hostile values in every attribute; a refused request leaves no trace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockserver.web.app import create_app
from mockserver.web.control.context import Route
from mockserver.web.control.routes import ROUTES

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
