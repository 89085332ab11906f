"""Opening a sandbox, and its first write, on fixtures of a million messages."""

from __future__ import annotations

import gc
import itertools
import json
from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Inside, Stopwatch, Table, Worlds

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1200)]

WARM_UP = 3


def test_new_sandboxes(
    table: Table, stopwatch: Stopwatch, inside: type[Inside], worlds: Worlds
) -> None:
    app = inside(worlds.large)
    sandboxes = worlds.large.sandboxes
    message = json.loads(app.request("GET", "/v1/messages?limit=1")())["data"][0]
    place = f"/v1/messages/{message['id']}"
    home = message["conversation_id"]
    said = {"conversation_id": home, "message": "Merry Christmas."}
    create = ("POST", "/v1/messages", json.dumps(said).encode())
    with sandboxes.open("benchmark").read() as world:
        count = sum(one["conversation_id"] == home for one in world["message"].find(()))
    numbers = itertools.count()

    def in_new_sandboxes(measure: Callable[[str], float], count: int) -> float:
        """The median milliseconds of what is measured in a new sandbox each time."""
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
        ("first write: update a message", first("PUT", place, b'{"message": "No."}'), 30, 100),
        ("first write: delete a message", first("DELETE", place), 30, 100),
        (
            f"first write: delete a conversation of {count:,} messages",
            first("DELETE", f"/v1/conversations/{home}"),
            5,
            None,
        ),
    ):
        found = in_new_sandboxes(measure, times)
        table.add("sandboxes", what, f"median of {times}", found, "ms", budget)
