"""Reset, snapshot and restore over HTTP: on the default fixtures, and at a million messages."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.client import HTTPConnection
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from tests.benchmarks.server_process import MOCKSERVER, SERVE, running

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Action, Documents, Stopwatch, Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1200)]

WARM_UP, TIMES = 5, 50
SECTION = "back and forth"
CALLS = {
    "reset": ("POST", "/_sandbox/reset"),
    "take a snapshot": ("PUT", "/_sandbox/snapshots/benchmark"),
    "restore a snapshot": ("POST", "/_sandbox/snapshots/benchmark/restore"),
}


def test_on_the_default_fixtures(table: Table, stopwatch: Stopwatch) -> None:
    measure(table, stopwatch, "default fixtures", 2)


def test_at_a_million_messages(table: Table, stopwatch: Stopwatch, documents: Documents) -> None:
    measure(table, stopwatch, "a million messages", 100, "--fixtures", str(documents.large))


def measure(
    table: Table, stopwatch: Stopwatch, where: str, after_write: int, *options: str
) -> None:
    """A row for each call, before a write, after one, and for the write after that."""
    with running(MOCKSERVER, *SERVE, *options) as connection:
        message = call(connection, "GET", "/v1/messages?limit=1")()["data"][0]
        said = {"conversation_id": message["conversation_id"], "message": "Merry Christmas."}
        write = call(connection, "POST", "/v1/messages", said)
        calls = {what: call(connection, *route, {}) for what, route in CALLS.items()}
        calls["take a snapshot"]()
        for what, action in calls.items():
            found = milliseconds(stopwatch, action)
            table.add(SECTION, f"{where}: {what}", f"median of {TIMES}", found, "ms", 2)
            found = milliseconds(stopwatch, action, first=write)
            table.add(SECTION, f"{where}: {what}, after a write", "", found, "ms", after_write)
            found = milliseconds(stopwatch, write, first=action)
            table.add(SECTION, f"{where}: a write, after {what}", "", found, "ms", after_write)


def call(connection: HTTPConnection, method: str, path: str, body: Any = None) -> Callable[[], Any]:
    """A request over a kept connection, ready to be made; it gives the answer's JSON."""
    headers = {"Authorization": "Bearer sandbox_benchmark", "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body)

    def made() -> Any:
        connection.request(method, path, content, headers)
        answer = connection.getresponse()
        data = answer.read()
        assert answer.status < 300, data
        return json.loads(data)

    return made


def milliseconds(stopwatch: Stopwatch, action: Action, first: Action | None = None) -> float:
    """The median of a call, each after one of ``first``, which does not count."""
    times = []
    for _ in range(WARM_UP + TIMES):
        if first is not None:
            first()
        times.append(stopwatch.once(action))
    return median(times[WARM_UP:]) * 1000
