"""Opening a sandbox, and its first write, with fixtures of a million messages."""

from __future__ import annotations

import gc
import itertools
import json
from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Apps, InProcessApp, Stopwatch, Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1200)]

WARM_UP = 3


def test_new_sandboxes(
    table: Table, stopwatch: Stopwatch, in_process: type[InProcessApp], apps: Apps
) -> None:
    app = in_process(apps.large)
    sandboxes = apps.large.sandboxes
    message = json.loads(app.request("GET", "/v1/messages?limit=1")())["data"][0]
    path = f"/v1/messages/{message['id']}"
    conversation = message["conversation_id"]
    body = {"conversation_id": conversation, "message": "Merry Christmas."}
    create = ("POST", "/v1/messages", json.dumps(body).encode())
    with sandboxes.open("benchmark").read() as world:
        count = sum(item["conversation_id"] == conversation for item in world["message"].find(()))
    numbers = itertools.count()

    def in_new_sandboxes(measure: Callable[[str], float], count: int) -> float:
        """Return the median milliseconds, each measured in a new sandbox."""
        times = []
        gc.disable()
        for _ in range(WARM_UP + count):
            times.append(measure(name := f"benchmark_{next(numbers)}"))
            sandboxes.delete(name)
            gc.collect()
        gc.enable()
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

    for what, measure, times, budget in (
        ("open one", opening, 50, 1),
        ("first write: create a message", first(*create), 30, 100),
        ("first write: update a message", first("PUT", path, b'{"message": "No."}'), 30, 100),
        ("first write: delete a message", first("DELETE", path), 30, 100),
        (
            f"first write: delete a conversation of {count:,} messages",
            first("DELETE", f"/v1/conversations/{conversation}"),
            5,
            None,
        ),
    ):
        ms = in_new_sandboxes(measure, times)
        table.add("sandboxes", what, f"median of {times}", ms, "ms", budget)
