"""The delivery log of a sandbox, limited in number and size."""

from collections import OrderedDict
from collections.abc import Iterator
from itertools import takewhile

from mockserver.webhooks.models import Delivery

MAX_DELIVERIES = 20_000
MAX_BYTES = 64 * 1024 * 1024


class DeliveryLog:
    """Deliveries in the order of their events. The oldest finished ones are evicted first."""

    def __init__(self, maximum: int = MAX_DELIVERIES, max_bytes: int = MAX_BYTES) -> None:
        self._maximum = maximum
        self._max_bytes = max_bytes
        self._deliveries: dict[str, Delivery] = {}
        # The same deliveries, the last changed at the end: a waiting request then reads only what
        # changed since it looked last.
        self._by_change: OrderedDict[str, Delivery] = OrderedDict()
        self._bytes = 0
        #: Number of changes to any delivery.
        self.version = 0
        # The version at which all deliveries were unfinished, so that none is searched for again.
        self._unfinished_version = -1
        #: Number of deliveries that were removed, or never logged, for lack of room.
        self.evicted = 0

    def __iter__(self) -> Iterator[Delivery]:
        return iter(list(self._deliveries.values()))

    def get(self, delivery_id: str) -> Delivery | None:
        return self._deliveries.get(delivery_id)

    def add(self, delivery: Delivery) -> None:
        self._deliveries[delivery.id] = self._by_change[delivery.id] = delivery
        self.touch(delivery)
        self.grow(delivery.size)

    def touch(self, delivery: Delivery) -> None:
        """Record that a delivery has changed."""
        if delivery.id in self._by_change:
            self.version += 1
            delivery.version = self.version
            self._by_change.move_to_end(delivery.id)

    def changed_since(self, version: int) -> list[Delivery]:
        """Return the deliveries changed after a version of the log, the latest first."""
        latest_first = reversed(self._by_change.values())
        return list(takewhile(lambda delivery: delivery.version > version, latest_first))

    @property
    def has_room(self) -> bool:
        """True unless unfinished deliveries fill the log."""
        self.grow(0)
        return not self._is_full

    @property
    def _is_full(self) -> bool:
        return self._bytes > self._max_bytes or len(self._deliveries) > self._maximum

    def grow(self, size: int) -> None:
        """Account for ``size`` more bytes; evict the oldest finished deliveries if needed."""
        self._bytes += size
        while self._is_full and self._unfinished_version != self.version:
            oldest = next((item for item in self._deliveries.values() if item.is_final), None)
            if oldest is None:
                self._unfinished_version = self.version
                return
            del self._deliveries[oldest.id], self._by_change[oldest.id]
            self._bytes -= oldest.size
            self.evicted += 1
