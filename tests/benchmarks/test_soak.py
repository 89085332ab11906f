"""Memory during a million requests, which must not grow."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(7200)]

ROOT = Path(__file__).parents[2]
REQUESTS = 1_000_000
MB = 1024**2


def test_memory_during_a_million_requests(table: Table) -> None:
    command = [sys.executable, "-m", "tests.benchmarks.soak", str(REQUESTS)]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    marks = [json.loads(line) for line in output.splitlines()]
    for mark in marks:
        what = f"after {mark['requests']:,} requests, {mark['socket']:,} of them over a socket"
        table.add("soak", what, f"{mark['bytes'] / MB:.1f} MB, {mark['blocks']:,} blocks")
    warm, last = marks[0], marks[-1]
    requests = last["requests"] - warm["requests"]
    for unit, budget in (("bytes", 10), ("blocks", 0.01)):
        growth = (last[unit] - warm[unit]) / requests
        what = f"additional {unit} per request since the first tenth"
        table.add("soak", what, f"{last[unit] - warm[unit]:,}", growth, unit, budget)
