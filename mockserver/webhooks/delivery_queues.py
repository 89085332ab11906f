"""Queues of deliveries: for attempts now, in order, and for attempts at a later time."""

import heapq
import logging
import threading
from collections import deque
from collections.abc import Callable

from mockserver.storage.clock import SandboxTime
from mockserver.storage.scheduler import ClockTimer
from mockserver.storage.wait_slots import Changes
from mockserver.webhooks.models import Delivery

logger = logging.getLogger("mockserver")


class DeliveryQueues:
    """Queues by key, so that a slow receiver delays only its own deliveries.

    A queue that is not empty has a thread that processes it in order. Callers must hold the lock of
    ``changes``, which is notified when a queue becomes empty.
    """

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._queues: dict[str, deque[Delivery]] = {}

    @property
    def busy(self) -> bool:
        """True while deliveries are queued or being attempted."""
        return bool(self._queues)

    def put(self, key: str, delivery: Delivery, work: Callable[[Delivery], object]) -> None:
        """Append a delivery. A thread calls ``work`` with it in its turn, without the lock."""
        queue = self._queues.get(key)
        if queue is not None:
            queue.append(delivery)
            return
        self._queues[key] = deque([delivery])
        # Only the thread refers to ``work``: stored here, it would form a reference cycle with
        # the dispatcher.
        name = f"mockserver-{key}"
        threading.Thread(target=self._run, args=(key, work), name=name, daemon=True).start()

    def clear(self) -> None:
        """Remove the queued deliveries; attempts in progress continue."""
        for queue in self._queues.values():
            queue.clear()

    def _run(self, key: str, work: Callable[[Delivery], object]) -> None:
        while True:
            with self._changes:
                queue = self._queues[key]
                if not queue:
                    del self._queues[key]
                    self._changes.notify()
                    return
                delivery = queue.popleft()
            try:
                work(delivery)
            except Exception:
                # An internal error must fail only this delivery, not the rest of the queue.
                logger.exception("delivery %s failed", delivery.id)
                delivery.state = "failed"


class RetryQueue:
    """Deliveries ordered by the time at which they are due. Not thread-safe.

    On a real clock, a timer calls the method ``on_due`` when the first delivery is due.
    """

    def __init__(self, time: SandboxTime, on_due: Callable[[], None]) -> None:
        self._time = time
        self._timer = ClockTimer(on_due)
        self._entries: list[tuple[int, int, Delivery]] = []
        #: The time at which the first delivery is due; can be read without a lock.
        self.next_due: int | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, delivery: Delivery, due: int) -> None:
        """Schedule a delivery for ``due``, in Unix time."""
        delivery.due = due
        heapq.heappush(self._entries, (due, delivery.number, delivery))
        previous, self.next_due = self.next_due, self._entries[0][0]
        if previous != self.next_due:
            self.set_timer()

    def pop(self, now: int) -> Delivery | None:
        """Remove and return the first delivery that is due by ``now``."""
        if not self._entries or self._entries[0][0] > now:
            return None
        delivery = heapq.heappop(self._entries)[2]
        self.next_due = self._entries[0][0] if self._entries else None
        return delivery

    def set_timer(self) -> None:
        """Restart the timer for the first delivery, if any; only a real clock has a timer."""
        self._timer.start(self._time.clock, self.next_due)

    def clear(self) -> None:
        self._entries.clear()
        self.next_due = None
        self._timer.cancel()
