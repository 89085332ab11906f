"""The journal: the last requests of a sandbox, bounded, and a way to wait for more."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from itertools import count

from mockserver.journal.exchange import Exchange

MOST_ENTRIES = 1000
MOST_BYTES = 16 * 1024 * 1024


class Journal:
    """Exchanges in the order in which they were answered. Safe for threads.

    It keeps up to ``most_entries`` of them, and ``most_bytes`` of bodies; the oldest go first, and
    are counted. The n-th has the same id on every run.
    """

    def __init__(self, most_entries: int = MOST_ENTRIES, most_bytes: int = MOST_BYTES) -> None:
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._entries: deque[Exchange] = deque()
        self._bytes = 0
        self._started = count(1)
        self._appended = 0
        self._grown = threading.Condition()
        self.evicted = 0

    def new_id(self) -> str:
        """The id of the next request: they are numbered."""
        return f"req_{next(self._started)}"

    def append(self, exchange: Exchange) -> None:
        with self._grown:
            self._entries.append(exchange)
            self._bytes += exchange.size
            self._appended += 1
            while len(self._entries) > self._most_entries or self._bytes > self._most_bytes:
                self._bytes -= self._entries.popleft().size
                self.evicted += 1
            self._grown.notify_all()

    def reset(self) -> None:
        """Forget everything, the count of ids included."""
        with self._grown:
            self._entries.clear()
            self._bytes = self.evicted = 0
            self._started = count(1)

    def remove(self, unwanted: Callable[[Exchange], bool]) -> int:
        """Forget the exchanges that ``unwanted`` says; returns how many."""
        with self._grown:
            kept = [each for each in self._entries if not unwanted(each)]
            removed = len(self._entries) - len(kept)
            self._entries = deque(kept)
            self._bytes = sum(each.size for each in kept)
            return removed

    def entries(self, since: str | None = None) -> list[Exchange]:
        """All that is kept, oldest first; those after the exchange ``since``, an id.

        Raises ``LookupError`` where that is not kept.
        """
        with self._grown:
            kept = list(self._entries)
        if since is None:
            return kept
        for place, each in enumerate(kept):
            if each.id == since:
                return kept[place + 1 :]
        raise LookupError(since)

    @property
    def last(self) -> str | None:
        """The id of the newest exchange that is kept."""
        with self._grown:
            return self._entries[-1].id if self._entries else None

    @property
    def appended(self) -> int:
        """How many exchanges were ever appended; a reset does not turn it back."""
        return self._appended

    def await_growth(self, seen: int, seconds: float) -> None:
        """Wait until more than ``seen`` exchanges were appended, or ``seconds`` have passed."""
        with self._grown:
            self._grown.wait_for(lambda: self._appended > seen, seconds)
