"""The cost of bots: ten days, a write that they react to, a snapshot, and memory over months."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver import MockServer

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Stopwatch, Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(3600)]

SECTION = "bots"
ROOT = Path(__file__).parents[2]
SCRIPTS = ("office", "support-queue")
DAY, HOUR = 86_400, 3600
MONTHS = 12
MB = 1024**2


def sandbox_with_bots(script: str | None) -> Any:
    """Return a new sandbox, with bots in the middle of their day or without bots."""
    box = MockServer().sandbox("benchmark", clock="frozen")
    if script is not None:
        box.bots.start(script)
    box.clock.advance(10 * HOUR)
    return box


@pytest.mark.parametrize("script", SCRIPTS)
def test_ten_days_by_advance(script: str, table: Table, stopwatch: Stopwatch) -> None:
    for what, steps in (("one advance", 1), ("240 advances", 240)):
        box = sandbox_with_bots(script)

        def advance(box: Any = box, steps: int = steps) -> None:
            for _ in range(steps):
                box.clock.advance(10 * DAY // steps)

        seconds = stopwatch.once(advance)
        actions = sum(box.bots.get()["counts"].values())
        per_action = seconds / actions * 1e6
        measured = f"{actions:,} actions, {per_action:.0f} µs each"
        table.add(SECTION, f"ten days of {script} by {what}", measured, seconds, "s", 5)


def test_a_write_that_bots_react_to(table: Table, stopwatch: Stopwatch) -> None:
    writes = []
    for script in ("office", None):
        box = sandbox_with_bots(script)
        conversation = box.call("GET", "/v1/conversations?limit=1").json["data"][0]["id"]
        body = {"conversation_id": conversation, "message": "Is there any news?"}
        writes.append(lambda box=box, body=body: box.call("POST", "/v1/messages", json=body))
    compared = stopwatch.compare(*writes)
    table.add(SECTION, "a message, with and without", str(compared), compared.ratio)


def test_a_snapshot_with_bots(table: Table, stopwatch: Stopwatch) -> None:
    takes = []
    for script in ("office", None):
        box = sandbox_with_bots(script)
        box.clock.advance(10 * DAY)
        takes.append(lambda box=box: box.snapshots.take("a"))
    compared = stopwatch.compare(*takes)
    table.add(SECTION, "a snapshot, with and without", str(compared), compared.ratio)


@pytest.mark.parametrize("script", SCRIPTS)
def test_memory_during_a_year(script: str, table: Table) -> None:
    command = [sys.executable, "-m", "tests.benchmarks.bots_soak", script, str(MONTHS)]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    marks = [json.loads(line) for line in output.splitlines()]
    for mark in marks:
        what = f"{script}, after month {mark['month']}: {mark['actions']:,} actions"
        measured = f"{mark['objects']:,} objects, {mark['bytes'] / MB:.1f} MB"
        table.add(SECTION, what, f"{measured}, {mark['blocks']:,} blocks")
    # Before half-time the conversations and the transcript fill up to their limits.
    warm, last = marks[len(marks) // 2], marks[-1]
    growth = (last["blocks"] - warm["blocks"]) / (last["actions"] - warm["actions"])
    what = f"{script}: additional blocks per action in the second half"
    table.add(SECTION, what, f"{last['blocks'] - warm['blocks']:,}", growth, "blocks", 0.01)
