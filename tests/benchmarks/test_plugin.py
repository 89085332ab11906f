"""The cost of the pytest plugin: a run with a sandbox in each test, compared with one without."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Stopwatch, Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(300)]

TESTS = 500
PAIRS = 3
PROJECT = """
import pytest

@pytest.fixture
def plain(): yield

@pytest.fixture(scope="session", autouse=True)
def started(mockserver): ...

@pytest.mark.parametrize("number", range({count}))
def test_it({fixture}, number): ...
"""


def test_a_sandbox_for_each_test(table: Table, stopwatch: Stopwatch, tmp_path: Path) -> None:
    def run(fixture: str) -> None:
        (tmp_path / "test_it.py").write_text(PROJECT.format(count=TESTS, fixture=fixture))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
        subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)

    costs = []
    for _ in range(PAIRS + 1):
        with_sandbox = stopwatch.once(lambda: run("sandbox"))
        costs.append((with_sandbox - stopwatch.once(lambda: run("plain"))) / TESTS * 1000)
    del costs[0]  # it also wrote the bytecode
    table.add("plugin", "a sandbox per test", f"median of {PAIRS}", median(costs), "ms", 5)
