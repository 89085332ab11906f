"""The time from the command to its ready line, compared with the bare imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Stopwatch, Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(300)]

PAIRS = 15
SERVE = "from mockserver.cli import main; main()"
BARE = "import flask, marshmallow"


def test_start_to_ready(table: Table, stopwatch: Stopwatch, tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_")
    }

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", *arguments],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    servers = []

    def serve() -> None:
        servers.append(server := start(SERVE, "serve", "--port", "0"))
        assert server.stdout is not None
        assert json.loads(server.stdout.readline())["event"] == "ready"

    def imports() -> None:
        start(BARE).communicate()

    pairs = []
    for _ in range(PAIRS + 1):
        ready = stopwatch.once(serve)
        servers[-1].terminate()
        servers[-1].communicate()
        pairs.append((ready, stopwatch.once(imports)))
    del pairs[0]  # it also wrote the bytecode
    serving, importing = (median(times) * 1000 for times in zip(*pairs, strict=True))
    table.add(
        "start",
        "to the ready line, compared with `import flask, marshmallow`",
        f"{serving:.0f} ms against {importing:.0f} ms",
        median(ready / imported for ready, imported in pairs),
        budget=1.5,
    )
