"""Reset, snapshot and restore over HTTP, with the default fixtures and a million messages."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.client import HTTPConnection
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from tests.benchmarks.server_process import MOCKSERVER, SERVE, running

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Action, FixtureFiles, Stopwatch, Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1200)]

WARM_UP, TIMES = 5, 50
SECTION = "reset and restore"
CALLS = {
    "reset": ("POST", "/_sandbox/reset"),
    "take a snapshot": ("PUT", "/_sandbox/snapshots/benchmark"),
    "restore a snapshot": ("POST", "/_sandbox/snapshots/benchmark/restore"),
}


def test_on_the_default_fixtures(table: Table, stopwatch: Stopwatch) -> None:
    measure(table, stopwatch, "default fixtures", 2)


def test_at_a_million_messages(
    table: Table, stopwatch: Stopwatch, fixture_files: FixtureFiles
) -> None:
    measure(table, stopwatch, "a million messages", 100, "--fixtures", str(fixture_files.large))


def measure(
    table: Table, stopwatch: Stopwatch, where: str, after_write: int, *options: str
) -> None:
    """Measure each call without a write before it, after a write, and the write after it."""
    with running(MOCKSERVER, *SERVE, *options) as connection:
        message = call(connection, "GET", "/v1/messages?limit=1")()["data"][0]
        body = {"conversation_id": message["conversation_id"], "message": "Merry Christmas."}
        write = call(connection, "POST", "/v1/messages", body)
        calls = {what: call(connection, *route, {}) for what, route in CALLS.items()}
        calls["take a snapshot"]()
        for what, action in calls.items():
            ms = milliseconds(stopwatch, action)
            table.add(SECTION, f"{where}: {what}", f"median of {TIMES}", ms, "ms", 2)
            ms = milliseconds(stopwatch, action, first=write)
            table.add(SECTION, f"{where}: {what}, after a write", "", ms, "ms", after_write)
            ms = milliseconds(stopwatch, write, first=action)
            table.add(SECTION, f"{where}: a write, after {what}", "", ms, "ms", after_write)


def call(connection: HTTPConnection, method: str, path: str, body: Any = None) -> Callable[[], Any]:
    """Return a function that sends a request and returns the response's JSON."""
    headers = {"Authorization": "Bearer sandbox_benchmark", "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body)

    def send() -> Any:
        connection.request(method, path, content, headers)
        response = connection.getresponse()
        data = response.read()
        assert response.status < 300, data
        return json.loads(data)

    return send


def milliseconds(stopwatch: Stopwatch, action: Action, first: Action | None = None) -> float:
    """Return the median time of a call, without the call of ``first`` before each."""
    times = []
    for _ in range(WARM_UP + TIMES):
        if first is not None:
            first()
        times.append(stopwatch.once(action))
    return median(times[WARM_UP:]) * 1000
