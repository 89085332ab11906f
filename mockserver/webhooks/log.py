"""The delivery log of a sandbox: what was sent to whom, and what they said. Bounded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from itertools import takewhile

from mockserver.webhooks.delivery import Delivery

MOST_DELIVERIES = 20_000
MOST_BYTES = 64 * 1024 * 1024


class DeliveryLog:
    """The deliveries in the order of their events. What is still on its way is never let go."""

    def __init__(self, most: int = MOST_DELIVERIES, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._deliveries: dict[str, Delivery] = {}
        #: The same, those last to which something last happened; so that who waits for one need
        #: not go through all of them each time.
        self._moved: OrderedDict[str, Delivery] = OrderedDict()
        self._version = 0
        self._bytes = 0
        #: How many are not kept any more, or were not taken for want of room.
        self.evicted = 0

    def __iter__(self) -> Iterator[Delivery]:
        return iter(list(self._deliveries.values()))

    def get(self, delivery_id: str) -> Delivery | None:
        return self._deliveries.get(delivery_id)

    def add(self, delivery: Delivery) -> None:
        self._deliveries[delivery.id] = self._moved[delivery.id] = delivery
        self.touch(delivery)
        self.grow(delivery.size)

    def touch(self, delivery: Delivery) -> None:
        """Something has become of it."""
        if delivery.id in self._moved:
            self._version += 1
            delivery.version = self._version
            self._moved.move_to_end(delivery.id)

    def changed_since(self, version: int) -> list[Delivery]:
        """Those of which something has become since a ``version``, the last first."""
        return list(takewhile(lambda each: each.version > version, reversed(self._moved.values())))

    @property
    def version(self) -> int:
        """How often something has become of any."""
        return self._version

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
            del self._deliveries[done.id], self._moved[done.id]
            self._bytes -= done.size
            self.evicted += 1
