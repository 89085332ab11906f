"""Shared parts of the benchmarks: one table of results, and a stopwatch for comparisons.

Benchmarks measure and assert no times. `pytest -m benchmark tests/benchmarks -s` prints the table
at the end, and writes it to the file named by MOCKSERVER_BENCHMARK_TABLE.
"""

from __future__ import annotations

import gc
import itertools
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import create_environ

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from mockserver.seeding.generate import Counts

VARIABLE = "MOCKSERVER_BENCHMARK_TABLE"
#: Order of the sections in the table, independent of the order of the tests.
SECTIONS = (
    *(
        "start",
        "in process",
        "over a socket",
        "peers",
        "crowd",
        "scale",
        "sandboxes",
        "reset and restore",
    ),
    *("webhooks", "bots", "dashboard", "memory", "plugin", "soak"),
)
SMALL, LARGE = 1_000, 1_000_000

Action = Callable[[], object]
Clock = Callable[[], float]
WALL: Clock = time.perf_counter
#: CPU time of this process, which other processes do not influence. Windows counts it too coarsely.
CPU: Clock = WALL if sys.platform == "win32" else time.process_time


@dataclass
class Table:
    """The results so far. A budget is the maximum of ``value``."""

    rows: dict[str, list[tuple[str, ...]]] = field(
        default_factory=lambda: {section: [] for section in SECTIONS}
    )

    def add(
        self,
        section: str,
        what: str,
        measured: str,
        value: float | None = None,
        unit: str = "x",
        budget: float | None = None,
    ) -> None:
        missed = value is not None and budget is not None and value > budget
        self.rows[section].append(
            (
                what,
                measured,
                "" if value is None else f"{value:.2f} {unit}",
                ""
                if budget is None
                else f"≤ {budget:g} {unit}" + (", **missed**" if missed else ""),
            )
        )

    def __str__(self) -> str:
        machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs"
        lines = [
            f"| what ({machine}) | measured | ratio or per unit | budget |",
            "| --- | --- | ---: | --- |",
        ]
        for section, rows in self.rows.items():
            lines += [f"| {section}: {' | '.join(cells)} |" for cells in rows]
        return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Comparison:
    """The median seconds of a call of each of two actions, and the median of their ratios."""

    seconds: float
    other: float
    ratio: float

    def __str__(self) -> str:
        return f"{self.seconds * 1e6:.0f} µs against {self.other * 1e6:.0f} µs"


class Stopwatch:
    """Measures two actions in turn, so that a slower machine slows both."""

    rounds = 201
    round_seconds = 0.002

    def once(self, action: Action) -> float:
        """Return the seconds of one call."""
        start = time.perf_counter()
        action()
        return time.perf_counter() - start

    def compare(self, one: Action, other: Action, clock: Clock = CPU) -> Comparison:
        """Compare the time of a call of each action, with the garbage collector disabled."""
        turns = [(action, self._calls(action, clock), clock) for action in (one, other)]
        gc.collect()
        gc.disable()
        try:
            times = [[self._mean(*turn) for turn in turns] for _ in range(self.rounds)]
        finally:
            gc.enable()
        ones, others = zip(*times, strict=True)
        return Comparison(median(ones), median(others), median(a / b for a, b in times))

    def _calls(self, action: Action, clock: Clock) -> int:
        """Return how many calls fill a round; this also warms the action up."""
        self._mean(action, 50, clock)
        return max(1, round(self.round_seconds / self._mean(action, 50, clock)))

    def _mean(self, action: Action, calls: int, clock: Clock) -> float:
        start = clock()
        for _ in range(calls):
            action()
        return (clock() - start) / calls


class InProcessApp:
    """Calls a WSGI application directly, to measure the application and not a client."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app
        self.status = ""

    def request(
        self, method: str, path: str, body: bytes = b"", *, token: str = "sandbox_benchmark"
    ) -> Callable[[], bytes]:
        """Return a function that sends a prepared request and returns the response's body."""
        ready = create_environ(
            path=path,
            base_url="http://127.0.0.1:4242",
            method=method,
            headers=[("Authorization", f"Bearer {token}")],
            data=body,
            content_type="application/json" if body else None,
        )

        def call() -> bytes:
            environ = ready.copy()
            environ["wsgi.input"] = BytesIO(body)
            response = self.app(environ, self._start)
            try:
                return b"".join(response)
            finally:
                if hasattr(response, "close"):
                    response.close()

        return call

    def in_turn(self, requests: Iterable[Action]) -> Action:
        """Return a function that calls the requests in turn."""
        turns = itertools.cycle(requests)
        return lambda: next(turns)()

    def _start(self, status: str, headers: Any, error: Any = None) -> Callable[[bytes], object]:
        self.status = status
        return lambda data: None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests with the large fixtures last: holding them slows all other tests."""
    items.sort(key=lambda item: "fixture_files" in getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def compliant() -> None:
    """Replace the validation of all responses, whose time would be measured too."""


@pytest.fixture(scope="session")
def table() -> Iterator[Table]:
    """The table, printed at the end."""
    table = Table()
    yield table
    print(f"\n\n{table}")
    if os.environ.get(VARIABLE):
        Path(os.environ[VARIABLE]).write_text(str(table), encoding="utf-8")


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture(scope="session")
def in_process() -> type[InProcessApp]:
    """The class that calls a WSGI application."""
    return InProcessApp


@dataclass(frozen=True)
class FixtureFiles:
    """A small and a large fixture file, which differ only in the number of messages."""

    small: Path
    large: Path


@pytest.fixture(scope="session")
def fixture_files(tmp_path_factory: pytest.TempPathFactory, table: Table) -> FixtureFiles:
    from mockserver.seeding.generate import write

    folder = tmp_path_factory.mktemp("fixture_files")
    files = FixtureFiles(folder / "small.json", folder / "large.json")
    with files.small.open("wb") as output:
        write(output, _counts(SMALL), seed="benchmark")
    start = time.perf_counter()
    with files.large.open("wb") as output:
        write(output, _counts(LARGE), seed="benchmark")
    seconds = time.perf_counter() - start
    size = files.large.stat().st_size / 1e6
    per_message = seconds / LARGE * 1e6
    table.add(
        "scale",
        f"generate {LARGE:,} messages",
        f"{seconds:.0f} s, {size:.0f} MB",
        per_message,
        "µs each",
    )
    return files


def _counts(messages: int) -> Counts:
    from mockserver.seeding.generate import Counts

    return Counts(
        contacts=1000, groups=100, conversations=2000, messages=messages, attachments=messages // 50
    )


@dataclass(frozen=True)
class Apps:
    """An application for each of the two fixture files."""

    small: Any
    large: Any


@pytest.fixture(scope="session")
def apps(fixture_files: FixtureFiles, table: Table) -> Apps:
    from mockserver.settings import Settings
    from mockserver.web.app import create_app

    small, large = (
        Settings(fixtures=str(file), max_sandboxes=10_000)
        for file in (fixture_files.small, fixture_files.large)
    )
    start = CPU()
    app = create_app(large)
    seconds = CPU() - start
    per_message = seconds / LARGE * 1e6
    what = f"load {LARGE:,} messages"
    table.add("scale", what, f"{seconds:.0f} s of CPU", per_message, "µs each", budget=22)
    created = Apps(create_app(small), app)
    # Otherwise each garbage collection would visit millions of objects, which takes seconds.
    gc.collect()
    gc.freeze()
    return created
