"""Due work: a scheduler for clock advances, and a timer for real time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from mockserver.storage.clock import stopwatch

MAX_FIRED = 10_000
"""Maximum number of log entries one run lists, and of deliveries it attempts."""

MAX_DURATION = 60.0
"""Seconds of real time after which a run stops: receivers may be slow, and bot scripts large."""

MAX_TIMER_DELAY = 86_400.0
"""Maximum delay of a timer, in seconds; for a later time, the callback starts it again."""


class EventSource(NamedTuple):
    """A queue of due work.

    ``next_due`` returns the Unix time of the earliest entry. ``run`` executes that entry and
    returns its log entries. ``max_runs`` limits how often ``run`` is called.
    """

    next_due: Callable[[], int | None]
    run: Callable[[int], Iterable[dict[str, Any]]]
    max_runs: int | None = None


class Scheduler:
    """Runs the due work of several sources in time order.

    ``fired`` lists the log entries; ``unlisted`` counts those beyond ``MAX_FIRED``.
    """

    def __init__(self, until: int, sources: Sequence[EventSource]) -> None:
        self.fired: list[dict[str, Any]] = []
        self.unlisted = 0
        self._until = until
        self._remaining = [(source, source.max_runs) for source in sources]

    def run(self) -> None:
        """Run everything due, including work that other work adds, earliest first.

        At the same time, the source listed first runs first. Stops after ``MAX_DURATION``.
        """
        deadline = stopwatch() + MAX_DURATION
        while stopwatch() < deadline:
            earliest = self._earliest()
            if earliest is None:
                break
            index, time = earliest
            source, runs = self._remaining[index]
            self._remaining[index] = source, runs and runs - 1
            for entry in source.run(time):
                if len(self.fired) < MAX_FIRED:
                    self.fired.append(entry)
                else:
                    self.unlisted += 1

    def _earliest(self) -> tuple[int, int] | None:
        """Return the index of the source with the earliest due work, and its time."""
        earliest = None
        for index, (source, runs) in enumerate(self._remaining):
            time = source.next_due() if runs != 0 else None
            if time is None or time > self._until:
                continue
            if earliest is None or time < earliest[1]:
                earliest = index, time
        return earliest


class RestartableTimer:
    """A timer with at most one pending call. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None

    def start(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call ``callback`` after ``seconds`` of real time, replacing any pending call."""
        self.cancel()
        self._timer = threading.Timer(min(max(0.0, seconds), MAX_TIMER_DELAY), callback)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        """Cancel the pending call, if any."""
        if self._timer is not None:
            self._timer.cancel()
            # The callback may refer to the timer's owner: drop it, or both wait for the
            # garbage collector.
            self._timer = None
