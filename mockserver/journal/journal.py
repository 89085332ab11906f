"""The journal of a sandbox: its latest exchanges, bounded, and a way to wait for more."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from itertools import count

from mockserver.journal.exchange import Exchange

MAX_ENTRIES = 1000
MAX_BYTES = 16 * 1024 * 1024


class Journal:
    """Exchanges in the order of their responses. Thread-safe.

    Up to ``max_entries`` exchanges and ``max_bytes`` bytes are kept; the oldest are evicted first.
    The n-th request has the same id in every run.
    """

    def __init__(self, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._entries: deque[Exchange] = deque()
        self._bytes = 0
        self._numbers = count(1)
        self._appended = 0
        self._lock = threading.RLock()
        self._condition = threading.Condition(self._lock)
        self._waiting = 0
        self.evicted = 0

    def new_id(self) -> str:
        """Return the id of the next request."""
        return f"req_{next(self._numbers)}"

    def append(self, exchange: Exchange) -> None:
        """Add an exchange, and evict old ones to make room."""
        with self._lock:
            self._entries.append(exchange)
            self._bytes += exchange.size
            self._appended += 1
            while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
                self._bytes -= self._entries.popleft().size
                self.evicted += 1
            if self._waiting:  # seldom, and to notify nobody takes as long as all the rest
                self._condition.notify_all()

    def reset(self) -> None:
        """Remove all exchanges and start ids again."""
        with self._condition:
            self._entries.clear()
            self._bytes = self.evicted = 0
            self._numbers = count(1)

    def remove(self, matches: Callable[[Exchange], bool]) -> int:
        """Remove the exchanges for which ``matches`` is true; return their number."""
        with self._condition:
            kept = [exchange for exchange in self._entries if not matches(exchange)]
            removed = len(self._entries) - len(kept)
            self._entries = deque(kept)
            self._bytes = sum(exchange.size for exchange in kept)
            return removed

    def entries(self, since: str | None = None) -> list[Exchange]:
        """Return all exchanges, oldest first, or those after the exchange with the id ``since``.

        Raises ``LookupError`` if that exchange is not in the journal.
        """
        with self._condition:
            entries = list(self._entries)
        if since is None:
            return entries
        for index, exchange in enumerate(entries):
            if exchange.id == since:
                return entries[index + 1 :]
        raise LookupError(since)

    @property
    def last(self) -> str | None:
        """The id of the latest exchange."""
        with self._condition:
            return self._entries[-1].id if self._entries else None

    @property
    def appended(self) -> int:
        """The number of exchanges ever appended; a reset does not change it."""
        return self._appended

    def wait_for_append(self, seen: int, seconds: float) -> None:
        """Wait until more than ``seen`` exchanges were appended, at most ``seconds``."""
        with self._condition:
            self._waiting += 1
            self._condition.wait_for(lambda: self._appended > seen, seconds)
            self._waiting -= 1
