"""When a delivery that failed is tried again: on the sandbox's clock, counted from its event."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Protocol

from mockserver.storage.timer import RestartableTimer
from mockserver.webhooks.delivery import Delivery


class SandboxTime(Protocol):
    """The sandbox's present moment."""

    def now(self) -> int:
        """Unix seconds on the sandbox's clock."""

    @property
    def is_real(self) -> bool:
        """Whether that clock runs by itself."""


class RetryQueue:
    """What is due when: the deliveries that wait for their moment, the earliest first.

    Where the clock runs by itself, ``ring`` is called when the first is due.
    """

    def __init__(self, present: SandboxTime) -> None:
        self._present = present
        self._alarm = RestartableTimer()
        self._entries: list[tuple[int, int, Delivery]] = []
        #: The earliest moment at which something is due. Kept, so that whoever asks needs no lock.
        self.next_due: int | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, delivery: Delivery, due: int, ring: Callable[[], None]) -> None:
        """Have it done at ``due``, Unix time."""
        delivery.due = due
        heapq.heappush(self._entries, (due, delivery.number, delivery))
        earlier, self.next_due = self.next_due, self._entries[0][0]
        if earlier != self.next_due:
            self.set_alarm(ring)

    def pop(self, now: int) -> Delivery | None:
        """The first that is due by ``now``."""
        if not self._entries or self._entries[0][0] > now:
            return None
        delivery = heapq.heappop(self._entries)[2]
        self.next_due = self._entries[0][0] if self._entries else None
        return delivery

    def set_alarm(self, ring: Callable[[], None]) -> None:
        """Set it anew: the clock was set, or what was due is done."""
        if self.next_due is None or not self._present.is_real:
            self._alarm.cancel()
        else:
            self._alarm.set(self.next_due - self._present.now(), ring)

    def clear(self) -> None:
        """Nothing is due any more."""
        self._entries.clear()
        self.next_due = None
        self._alarm.cancel()
