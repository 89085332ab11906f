"""The journal of a sandbox: its latest exchanges, limited in number and size."""

import threading
from collections import deque
from collections.abc import Callable
from itertools import count, islice

from mockserver.journal.exchange import Exchange
from mockserver.journal.watch import Watches

MIN_ENTRIES, MAX_ENTRIES = 10, 1000
MAX_BYTES = 16 * 1024 * 1024
LARGE = 16 * 1024
"""Bodies of more than this many bytes are dropped before any exchange is evicted."""


class Journal:
    """Exchanges in the order of their responses. Thread-safe.

    Up to ``max_entries`` exchanges and ``max_bytes`` bytes are kept. Beyond these bytes, the large
    bodies are dropped, the oldest first; then the oldest exchanges are evicted, but never the
    latest ``MIN_ENTRIES``. The n-th request has the same id in every run.
    """

    def __init__(
        self,
        max_entries: int = MAX_ENTRIES,
        max_bytes: int = MAX_BYTES,
        prefix: str = "req",
        on_append: Callable[[], None] = lambda: None,
    ) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._entries: deque[Exchange] = deque()
        self._large: deque[Exchange] = deque()  # the measured entries with large bodies
        self._unmeasured = 0  # number of the latest entries whose size is an upper bound
        self._bytes = 0  # the sum of the entries' sizes, at least what they hold
        self._prefix = prefix
        self._on_append = on_append
        self._numbers = count(1)
        self._lock = threading.Lock()
        self.watches: Watches[Exchange] = Watches(
            self._lock,
            lambda: self._entries,
            topic=lambda exchange: (exchange.method, exchange.operation),
        )
        self.evicted = 0
        #: Number of exchanges ever appended; a reset does not change it.
        self.appended = 0

    @property
    def size(self) -> int:
        """The estimated memory use in bytes."""
        with self._lock:
            self._measure()
            return self._bytes

    def _measure(self) -> None:
        """Replace the upper bounds of sizes by the sizes. Call with the lock held."""
        unmeasured = [*islice(reversed(self._entries), self._unmeasured)]
        self._unmeasured = 0
        for exchange in reversed(unmeasured):
            self._bytes -= exchange.size
            exchange.measure()
            self._bytes += exchange.size
            if exchange.body_size > LARGE:
                self._large.append(exchange)

    def new_id(self) -> str:
        """Return a new id, such as ``req_7``."""
        return f"{self._prefix}_{next(self._numbers)}"

    def append(self, exchange: Exchange) -> None:
        """Add an exchange, and evict old ones to make room."""
        if not exchange.size:
            exchange.estimate()
        with self._lock:
            self._entries.append(exchange)
            self._unmeasured += 1
            self._bytes += exchange.size
            self.appended += 1
            self.watches.count(exchange, 1)
            if self._bytes > self._max_bytes:
                self._measure()
            while self._bytes > self._max_bytes and self._large:
                self._bytes -= self._large.popleft().drop_bodies()
            while len(self._entries) > self._max_entries or (
                self._bytes > self._max_bytes and len(self._entries) > MIN_ENTRIES
            ):
                evicted = self._entries.popleft()
                self._bytes -= evicted.size
                self.evicted += 1
                self.watches.count(evicted, -1)
                if self._large and self._large[0] is evicted:
                    self._large.popleft()
            self._unmeasured = min(self._unmeasured, len(self._entries))
        self._on_append()

    def clear(self) -> int:
        """Remove all exchanges and forget the evicted ones; return the number of removed ones."""
        removed = self.remove(lambda _: True)
        self.evicted = 0
        return removed

    def reset(self) -> None:
        """Remove all exchanges; ids start at ``req_1`` again."""
        self.clear()
        self._numbers = count(1)

    def remove(self, matches: Callable[[Exchange], bool]) -> int:
        """Remove the exchanges for which ``matches`` is true; return their number."""
        with self._lock:
            self._measure()
            kept: deque[Exchange] = deque()
            removed: list[Exchange] = []
            for exchange in self._entries:
                (removed if matches(exchange) else kept).append(exchange)
            self._entries = kept
            self._large = deque(exchange for exchange in kept if exchange.body_size > LARGE)
            self._bytes -= sum(exchange.size for exchange in removed)
            for exchange in removed:
                self.watches.count(exchange, -1)
            return len(removed)

    def entries(self, since: str | None = None) -> list[Exchange]:
        """Return the exchanges after ``since``, or all; raises ``LookupError`` if it is unknown."""
        with self._lock:
            entries = list(self._entries)
        if since is None:
            return entries
        for index, exchange in enumerate(entries):
            if exchange.id == since:
                return entries[index + 1 :]
        raise LookupError(since)

    def latest(self, appended: int) -> tuple[list[Exchange], int]:
        """Return what was added since the counter ``appended`` had this value.

        Return the exchanges, and how many more there were that the journal no longer has.
        """
        with self._lock:
            number = self.appended - appended
            exchanges = list(self._entries)[-number:] if number > 0 else []
            return exchanges, max(number - len(exchanges), 0)

    @property
    def last(self) -> str | None:
        """The id of the latest exchange; None if there is none."""
        with self._lock:
            return self._entries[-1].id if self._entries else None
