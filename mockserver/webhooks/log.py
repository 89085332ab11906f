"""The delivery log of a sandbox, limited in number and size."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import takewhile

from mockserver.webhooks.models import Delivery

MAX_DELIVERIES = 20_000
MAX_BYTES = 64 * 1024 * 1024


class DeliveryLog:
    """Deliveries in the order of their events. A full log evicts the oldest finished ones."""

    def __init__(self, on_change: Callable[[], None] = lambda: None) -> None:
        self._on_change = on_change
        self._deliveries: dict[str, Delivery] = {}
        # The same deliveries in the order of their latest changes, so that a waiting request can
        # read only the changes since its last read.
        self._by_change: OrderedDict[str, Delivery] = OrderedDict()
        self._bytes = 0
        #: Number of changes to any delivery.
        self.version = 0
        # The version at which a search found no finished delivery. Until the next change, another
        # search is useless.
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
            self._on_change()

    def changed_since(self, version: int) -> list[Delivery]:
        """Return the deliveries changed after a version of the log, the latest change first."""
        latest_first = reversed(self._by_change.values())
        return list(takewhile(lambda delivery: delivery.version > version, latest_first))

    @property
    def has_room(self) -> bool:
        """True unless unfinished deliveries alone fill the log; evicts finished ones if needed."""
        self.grow(0)
        return not self._is_full

    @property
    def _is_full(self) -> bool:
        return self._bytes > MAX_BYTES or len(self._deliveries) > MAX_DELIVERIES

    def grow(self, size: int) -> None:
        """Count ``size`` more bytes; evict the oldest finished deliveries if needed."""
        self._bytes += size
        while self._is_full and self._unfinished_version != self.version:
            oldest = next((item for item in self._deliveries.values() if item.is_final), None)
            if oldest is None:
                self._unfinished_version = self.version
                return
            del self._deliveries[oldest.id], self._by_change[oldest.id]
            self._bytes -= oldest.size
            self.evicted += 1
