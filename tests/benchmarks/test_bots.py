"""What a cast costs: ten days of it, a write that it follows, a snapshot, and months of memory."""

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


def on_stage(script: str | None) -> Any:
    """A new sandbox with a cast, in the middle of its day."""
    box = MockServer().sandbox("benchmark", clock="frozen")
    if script is not None:
        box.start_bots(script)
    box.advance(10 * HOUR)
    return box


@pytest.mark.parametrize("script", SCRIPTS)
def test_ten_days_by_advance(script: str, table: Table, stopwatch: Stopwatch) -> None:
    for what, steps in (("one advance", 1), ("240 advances", 240)):
        box = on_stage(script)

        def advance(box: Any = box, steps: int = steps) -> None:
            for _ in range(steps):
                box.advance(10 * DAY // steps)

        seconds = stopwatch.once(advance)
        acts = sum(box.bots()["counts"].values())
        each = seconds / acts * 1e6
        measured = f"{acts:,} acts, {each:.0f} µs each"
        table.add(SECTION, f"ten days of {script} by {what}", measured, seconds, "s", 5)


def test_a_write_that_a_cast_follows(table: Table, stopwatch: Stopwatch) -> None:
    writes = []
    for script in ("office", None):
        box = on_stage(script)
        talk = box.call("GET", "/v1/conversations?limit=1").json["data"][0]["id"]
        said = {"conversation_id": talk, "message": "Is there any news?"}
        writes.append(lambda box=box, said=said: box.call("POST", "/v1/messages", json=said))
    compared = stopwatch.compare(*writes)
    table.add(SECTION, "a message, with and without", str(compared), compared.ratio)


def test_a_snapshot_with_a_cast(table: Table, stopwatch: Stopwatch) -> None:
    takes = []
    for script in ("office", None):
        box = on_stage(script)
        box.advance(10 * DAY)
        takes.append(lambda box=box: box.take_snapshot("a"))
    compared = stopwatch.compare(*takes)
    table.add(SECTION, "a snapshot, with and without", str(compared), compared.ratio)


@pytest.mark.parametrize("script", SCRIPTS)
def test_memory_during_a_year(script: str, table: Table) -> None:
    command = [sys.executable, "-m", "tests.benchmarks.bots_soak", script, str(MONTHS)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    marks = [json.loads(line) for line in told.splitlines()]
    for mark in marks:
        what = f"{script}, after month {mark['month']}: {mark['acts']:,} acts"
        measured = f"{mark['objects']:,} objects, {mark['bytes'] / MB:.1f} MB"
        table.add(SECTION, what, f"{measured}, {mark['blocks']:,} blocks")
    # Until every conversation holds as much as it may, and the transcript too, they fill.
    warm, last = marks[len(marks) // 2], marks[-1]
    growth = (last["blocks"] - warm["blocks"]) / (last["acts"] - warm["acts"])
    what = f"{script}: more blocks for each act in the second half"
    table.add(SECTION, what, f"{last['blocks'] - warm['blocks']:,}", growth, "blocks", 0.01)
