"""Deliveries that wait for a time on the sandbox's clock: retries and delayed deliveries."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Protocol

from mockserver.storage.scheduler import RestartableTimer
from mockserver.webhooks.models import Delivery


class TimeSource(Protocol):
    """The current time of a sandbox."""

    def now(self) -> int:
        """Return Unix seconds on the sandbox's clock."""

    @property
    def is_real(self) -> bool:
        """True if the clock follows the machine's."""


class RetryQueue:
    """Deliveries ordered by the time they are due.

    If the clock follows the machine's, a timer calls ``callback`` when the first is due. Not
    thread-safe.
    """

    def __init__(self, time: TimeSource) -> None:
        self._time = time
        self._timer = RestartableTimer()
        self._entries: list[tuple[int, int, Delivery]] = []
        #: When the first delivery is due. Kept up to date, so that reading it needs no lock.
        self.next_due: int | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, delivery: Delivery, due: int, callback: Callable[[], None]) -> None:
        """Schedule a delivery for ``due``, in Unix time."""
        delivery.due = due
        heapq.heappush(self._entries, (due, delivery.number, delivery))
        previous, self.next_due = self.next_due, self._entries[0][0]
        if previous != self.next_due:
            self.set_timer(callback)

    def pop(self, now: int) -> Delivery | None:
        """Remove and return the first delivery that is due by ``now``."""
        if not self._entries or self._entries[0][0] > now:
            return None
        delivery = heapq.heappop(self._entries)[2]
        self.next_due = self._entries[0][0] if self._entries else None
        return delivery

    def set_timer(self, callback: Callable[[], None]) -> None:
        """Restart the timer, after the clock was set or deliveries were removed."""
        if self.next_due is None or not self._time.is_real:
            self._timer.cancel()
        else:
            self._timer.start(self.next_due - self._time.now(), callback)

    def clear(self) -> None:
        self._entries.clear()
        self.next_due = None
        self._timer.cancel()
