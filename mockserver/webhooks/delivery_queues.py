"""Ordered queues of deliveries; a slow receiver delays only its own queue."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Literal, NamedTuple

from mockserver.webhooks.models import Delivery

logger = logging.getLogger("mockserver")


class QueueKey(NamedTuple):
    """A webhook's first attempts and its retries have separate queues."""

    webhook: str
    kind: Literal["first", "later"]


class DeliveryQueues:
    """Queues by key. A queue that is not empty has a thread that processes it in order.

    The lock of ``changed``, a condition, must be held when a method is called. The condition is
    notified when a queue has become empty.
    """

    def __init__(self, changed: threading.Condition) -> None:
        self._changed = changed
        self._queues: dict[QueueKey, deque[Delivery]] = {}

    @property
    def busy(self) -> bool:
        """True while deliveries are queued or being attempted."""
        return bool(self._queues)

    def put(self, key: QueueKey, delivery: Delivery, work: Callable[[Delivery], object]) -> None:
        """Append a delivery. A thread calls ``work`` on it in its turn, without the lock."""
        queue = self._queues.get(key)
        if queue is not None:
            queue.append(delivery)
            return
        self._queues[key] = deque([delivery])
        # Only the thread refers to ``work``: stored here, it would form a reference cycle with
        # the dispatcher.
        name = f"mockserver-{key.webhook}-{key.kind}"
        threading.Thread(target=self._run, args=(key, work), name=name, daemon=True).start()

    def clear(self) -> None:
        """Remove the queued deliveries; attempts in progress go on."""
        for queue in self._queues.values():
            queue.clear()

    def _run(self, key: QueueKey, work: Callable[[Delivery], object]) -> None:
        while True:
            with self._changed:
                queue = self._queues[key]
                if not queue:
                    del self._queues[key]
                    self._changed.notify_all()
                    return
                delivery = queue.popleft()
            try:
                work(delivery)
            except Exception:
                # A bug of ours fails this delivery, not the ones queued after it.
                logger.exception("%s failed", delivery.id)
                delivery.state = "failed"
