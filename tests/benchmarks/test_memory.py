"""What a message takes of memory."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Documents, Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1200)]

LARGE = 1_000_000

# In a process of its own, for a process seldom gives memory back. The resident set holds more than
# the world: of every message some 0.5 KB are holes that loading left, for later objects to fill.
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
loader.open("empty", seed="0")
before = resident()
world = loader.open(sys.argv[1], seed="0")
after, count = resident(), len(world["message"])
print((after - before) / count)
"""


def test_memory_of_a_message(table: Table, documents: Documents) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("reads /proc")
    command = [sys.executable, "-c", MEASURE, str(documents.large)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    each = float(told) / 1024
    table.add("memory", "a message", f"{each * LARGE / 1024:.0f} MB", each, "KB", 1.5)
