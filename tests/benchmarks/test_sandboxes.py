"""Opening a sandbox, and its first write, on fixtures of a million messages."""

from __future__ import annotations

import json
from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Inside, Stopwatch, Table, Worlds

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1200)]

TIMES, WARM_UP = 25, 5


def test_new_sandboxes(
    table: Table, stopwatch: Stopwatch, inside: type[Inside], worlds: Worlds
) -> None:
    app = inside(worlds.large)
    sandboxes = worlds.large.pipeline.sandboxes
    message = json.loads(app.request("GET", "/v1/messages?limit=1")())["data"][0]
    place = f"/v1/messages/{message['id']}"
    said = {"conversation_id": message["conversation_id"], "message": "Merry Christmas."}
    create = ("POST", "/v1/messages", json.dumps(said).encode())
    numbers = iter(range(10_000))

    def in_new_sandboxes(measure: Callable[[str], float]) -> float:
        """The median milliseconds of what is measured in a new sandbox each time."""
        times = [measure(f"benchmark_{next(numbers)}") for _ in range(WARM_UP + TIMES)]
        return median(times[WARM_UP:]) * 1000

    def opening(name: str) -> float:
        return stopwatch.once(lambda: sandboxes.open(name))

    def first(method: str, path: str, body: bytes = b"") -> Callable[[str], float]:
        def measure(name: str) -> float:
            sandboxes.open(name)
            time = stopwatch.once(app.request(method, path, body, token=f"sandbox_{name}"))
            assert app.status[0] == "2"
            return time

        return measure

    for what, measure, budget in (
        ("open one", opening, 1),
        ("first write: create a message", first(*create), 100),
        ("first write: update a message", first("PUT", place, b'{"message": "No."}'), 100),
        ("first write: delete a message", first("DELETE", place), 100),
        (
            "first write: delete a conversation and all of it",
            first("DELETE", f"/v1/conversations/{message['conversation_id']}"),
            None,
        ),
    ):
        table.add("sandboxes", what, f"median of {TIMES}", in_new_sandboxes(measure), "ms", budget)
