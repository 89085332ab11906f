"""The memory of a message."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.benchmarks.conftest import FixtureFiles, Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1200)]

LARGE = 1_000_000

# In a separate process, because a process seldom gives memory back.
MEASURE = """
import ctypes, gc, os, sys
from mockserver.resources.registry import ResourceRegistry
from mockserver.seeding.load import Loader

def resident():
    gc.collect()
    getattr(ctypes.CDLL(None), "malloc_trim", int)(0)
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

loader = Loader(ResourceRegistry())
loader.load("empty", seed="0")
before = resident()
world = loader.load(sys.argv[1], seed="0")
after, count = resident(), len(world["message"])
print((after - before) / count)
"""


def test_memory_of_a_message(table: Table, fixture_files: FixtureFiles) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("reads /proc")
    command = [sys.executable, "-c", MEASURE, str(fixture_files.large)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    size = float(output) / 1024
    table.add("memory", "a message", f"{size * LARGE / 1024:.0f} MB", size, "KB", 0.95)
