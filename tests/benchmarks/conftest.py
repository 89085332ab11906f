"""What the benchmarks share: one table, and a stopwatch that is fair to what it compares.

Speed is measured, never asserted: `pytest -m benchmark tests/benchmarks -s` prints the table at its
end, and writes it to the file that MOCKSERVER_BENCHMARK_TABLE names.
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
#: The order in which the table tells what was measured, whatever the order of the tests.
SECTIONS = (
    *("start", "inside the process", "over a socket", "scale", "sandboxes", "back and forth"),
    *("webhooks", "bots", "dashboard", "memory", "plugin", "soak"),
)
SMALL, LARGE = 1_000, 1_000_000

Action = Callable[[], object]
Clock = Callable[[], float]
WALL: Clock = time.perf_counter
#: What this process computes, whatever else the machine does meanwhile. (Windows counts it in steps
#: that are too long.)
CPU: Clock = WALL if sys.platform == "win32" else time.process_time


@dataclass
class Table:
    """The rows so far. A budget is the most that ``value`` may be."""

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
    """The median seconds of a call of the one and of the other, and the median of their ratios."""

    seconds: float
    other: float
    ratio: float

    def __str__(self) -> str:
        return f"{self.seconds * 1e6:.0f} µs against {self.other * 1e6:.0f} µs"


class Stopwatch:
    """Measures by turns, A B A B, so that a machine that slows down slows both."""

    rounds = 201
    round_seconds = 0.002

    def once(self, action: Action) -> float:
        """The seconds of one call."""
        start = time.perf_counter()
        action()
        return time.perf_counter() - start

    def compare(self, one: Action, other: Action, clock: Clock = CPU) -> Comparison:
        """How long a call of each takes, with the garbage collector still during both."""
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
        """How many calls fill a round; warms it up too."""
        self._mean(action, 50, clock)
        return max(1, round(self.round_seconds / self._mean(action, 50, clock)))

    def _mean(self, action: Action, calls: int, clock: Clock) -> float:
        start = clock()
        for _ in range(calls):
            action()
        return (clock() - start) / calls


class Inside:
    """Calls a WSGI application directly: what is measured is the application, not a client."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app
        self.status = ""

    def request(
        self, method: str, path: str, body: bytes = b"", *, token: str = "sandbox_benchmark"
    ) -> Callable[[], bytes]:
        """A request, ready to be made any number of times; it gives the body of the answer."""
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
            answer = self.app(environ, self._start)
            try:
                return b"".join(answer)
            finally:
                if hasattr(answer, "close"):
                    answer.close()

        return call

    def by_turns(self, requests: Iterable[Action]) -> Action:
        """A call of each in turn."""
        turns = itertools.cycle(requests)
        return lambda: next(turns)()

    def _start(self, status: str, headers: Any, error: Any = None) -> Callable[[bytes], object]:
        self.status = status
        return lambda data: None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the large world comes last: in a process that holds it, all else is slower."""
    items.sort(key=lambda item: "documents" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def table() -> Iterator[Table]:
    """The table, printed once all is measured."""
    table = Table()
    yield table
    print(f"\n\n{table}")
    if os.environ.get(VARIABLE):
        Path(os.environ[VARIABLE]).write_text(str(table), encoding="utf-8")


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture(scope="session")
def inside() -> type[Inside]:
    """Makes of a WSGI application something to call."""
    return Inside


@dataclass(frozen=True)
class Documents:
    """The files of a small and of a large world, alike but for their messages."""

    small: Path
    large: Path


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory, table: Table) -> Documents:
    from mockserver.seeding.generate import write

    folder = tmp_path_factory.mktemp("documents")
    made = Documents(folder / "small.json", folder / "large.json")
    write(made.small, _counts(SMALL), seed="benchmark")
    start = time.perf_counter()
    write(made.large, _counts(LARGE), seed="benchmark")
    seconds = time.perf_counter() - start
    size = made.large.stat().st_size / 1e6
    each = seconds / LARGE * 1e6
    table.add(
        "scale", f"generate {LARGE:,} messages", f"{seconds:.0f} s, {size:.0f} MB", each, "µs each"
    )
    return made


def _counts(messages: int) -> Counts:
    from mockserver.seeding.generate import Counts

    return Counts(
        contacts=1000, groups=100, conversations=2000, messages=messages, attachments=messages // 50
    )


@dataclass(frozen=True)
class Worlds:
    """An application on each of the two documents."""

    small: Any
    large: Any


@pytest.fixture(scope="session")
def worlds(documents: Documents, table: Table) -> Worlds:
    from mockserver.settings import Settings
    from mockserver.web.app import create_app

    small, large = (
        Settings(fixtures=str(file), max_sandboxes=10_000)
        for file in (documents.small, documents.large)
    )
    start = time.perf_counter()
    app = create_app(large)
    seconds = time.perf_counter() - start
    each = seconds / LARGE * 1e6
    table.add("scale", f"load {LARGE:,} messages", f"{seconds:.0f} s", each, "µs each")
    worlds = Worlds(create_app(small), app)
    # Else each look for garbage would look at the millions of objects again, which takes seconds.
    gc.collect()
    gc.freeze()
    return worlds
