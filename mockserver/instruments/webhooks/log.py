"""The delivery log of a sandbox: what was sent to whom, and what they said. Bounded."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.instruments.webhooks.delivery import Delivery

MOST_DELIVERIES = 20_000
MOST_BYTES = 64 * 1024 * 1024


class Log:
    """The deliveries in the order of their events. What is still on its way is never let go."""

    def __init__(self, most: int = MOST_DELIVERIES, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._deliveries: dict[str, Delivery] = {}
        self._bytes = 0
        #: How many are not kept any more, or were not taken for want of room.
        self.evicted = 0

    def __iter__(self) -> Iterator[Delivery]:
        return iter(list(self._deliveries.values()))

    def get(self, delivery_id: str) -> Delivery | None:
        return self._deliveries.get(delivery_id)

    def add(self, delivery: Delivery) -> None:
        self._deliveries[delivery.id] = delivery
        self.grow(delivery.size)

    @property
    def has_room(self) -> bool:
        """Whether one more can be taken: it cannot where too much is still on its way."""
        self.grow(0)
        return not self._is_over

    @property
    def _is_over(self) -> bool:
        return self._bytes > self._most_bytes or len(self._deliveries) > self._most

    def grow(self, size: int) -> None:
        """Make room for ``size`` bytes that a delivery takes more; the oldest that nothing will
        happen to any more go first."""
        self._bytes += size
        while self._is_over:
            done = next((each for each in self._deliveries.values() if each.is_done), None)
            if done is None:
                return
            del self._deliveries[done.id]
            self._bytes -= done.size
            self.evicted += 1
