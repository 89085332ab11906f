"""A loop that runs due work when a clock is advanced, and a timer for real time."""

import math
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from weakref import WeakMethod

from mockserver.storage.clock import Clock, stopwatch

MAX_FIRED = 10_000  # log entries that one advance lists, and deliveries that it attempts
MAX_DURATION = 60.0  # real seconds that an advance may take; receivers and bots may be slow
MIN_TIMER_DELAY = 0.02  # seconds, so that a fast clock runs several entries at a time
MAX_TIMER_DELAY = 86_400.0  # seconds; if called too early, the method restarts the timer


class EventSource(NamedTuple):
    """A queue of due work.

    ``next_due`` returns the Unix time of the earliest entry. ``run`` executes that entry and
    returns its log entries. ``max_runs`` limits how often ``run`` is called.
    """

    next_due: Callable[[], int | None]
    run: Callable[[int], Iterable[dict[str, Any]]]
    max_runs: float = math.inf


def run_due(
    until: int, sources: Sequence[EventSource], is_cancelled: Callable[[], bool]
) -> tuple[list[dict[str, Any]], int]:
    """Run the due work of several sources in time order, including work that is added meanwhile.

    ``until`` is in Unix seconds. Of two sources due at the same time, the first in ``sources`` runs
    first. Returns the first ``MAX_FIRED`` log entries and the number of the others. Stops after
    ``MAX_DURATION``, or when ``is_cancelled`` returns true.
    """
    fired: list[dict[str, Any]] = []
    unlisted = 0
    runs_left = [source.max_runs for source in sources]
    deadline = stopwatch() + MAX_DURATION
    while stopwatch() < deadline and not is_cancelled():
        due = [
            (time, index)
            for index, source in enumerate(sources)
            if runs_left[index] > 0 and (time := source.next_due()) is not None and time <= until
        ]
        if not due:
            break
        time, index = min(due)
        runs_left[index] -= 1
        entries = list(sources[index].run(time))
        room = MAX_FIRED - len(fired)
        fired += entries[:room]
        unlisted += len(entries[room:])
    return fired, unlisted


class ClockTimer:
    """A timer that calls a method of its owner. Not thread-safe: the owner holds a lock.

    It refers to the owner weakly: a pending call must not keep a deleted sandbox in memory.
    """

    def __init__(self, method: Callable[[], None]) -> None:
        self._method = WeakMethod(method)
        self._timer: threading.Timer | None = None

    def start(self, clock: Clock, due: int | None) -> None:
        """Call the method when a real clock reaches ``due``, replacing any pending call.

        If ``due`` is None or the clock is not real, only cancel the pending call.
        """
        self.cancel()
        if due is None or clock.mode != "real":
            return
        seconds = max(MIN_TIMER_DELAY, (due - clock.now()) / clock.speed)
        self._timer = threading.Timer(min(seconds, MAX_TIMER_DELAY), self._call)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _call(self) -> None:
        method = self._method()
        if method is not None:
            method()
