"""DeliveryQueues: in each, deliveries go one after the other; no lane waits for another."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Literal, NamedTuple

from mockserver.webhooks.delivery import Delivery

logger = logging.getLogger("mockserver")


class QueueKey(NamedTuple):
    """First attempts of a webhook go in one lane, its later ones in another."""

    webhook: str
    kind: Literal["first", "later"]


class DeliveryQueues:
    """A thread for each lane that has something in it, and none for the others.

    ``moved`` is the owner's: its lock is held whenever a method is called, and it is notified
    whenever a lane has got any further.
    """

    def __init__(self, moved: threading.Condition) -> None:
        self._moved = moved
        self._lanes: dict[QueueKey, deque[Delivery]] = {}

    @property
    def busy(self) -> bool:
        """Whether anything is waiting, or under way."""
        return bool(self._lanes)

    def put(self, lane: QueueKey, delivery: Delivery, work: Callable[[Delivery], object]) -> None:
        """Have ``work`` done on ``delivery``, after all else in the lane, without the lock."""
        waiting = self._lanes.get(lane)
        if waiting is not None:
            waiting.append(delivery)
            return
        self._lanes[lane] = deque([delivery])
        # The work is the thread's alone: kept here, it would point back to the owner.
        name = f"mockserver-{lane.webhook}-{lane.kind}"
        threading.Thread(target=self._run, args=(lane, work), name=name, daemon=True).start()

    def clear(self) -> None:
        """Forget what is waiting; what is under way is finished."""
        for waiting in self._lanes.values():
            waiting.clear()

    def _run(self, lane: QueueKey, work: Callable[[Delivery], object]) -> None:
        while True:
            with self._moved:
                waiting = self._lanes[lane]
                if not waiting:
                    del self._lanes[lane]
                    self._moved.notify_all()
                    return
                delivery = waiting.popleft()
            try:
                work(delivery)
            except Exception:
                # An error of our own ends this delivery, and not the lane with all that follow.
                logger.exception("%s failed", delivery.id)
                delivery.state = "failed"
