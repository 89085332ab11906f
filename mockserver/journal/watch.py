"""Waiting until enough entries of a log match, without matching the whole log each time."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(eq=False)
class Watch(Generic[T]):
    """A count of matching entries; ``satisfied`` is set once ``is_enough(count)`` is true."""

    matches: Callable[[T], bool]
    is_enough: Callable[[int], bool]
    satisfied: threading.Event = field(default_factory=threading.Event)
    count: int = 0

    def change(self, difference: int) -> None:
        self.count += difference
        if self.is_enough(self.count):
            self.satisfied.set()


class Watches(Generic[T]):
    """The watches of a log. The log calls ``added`` and ``removed`` with its ``lock`` held.

    Each entry is matched once, by the thread that adds it. A waiting thread sleeps until its count
    is reached.
    """

    def __init__(self, lock: threading.Lock, entries: Callable[[], Iterable[T]]) -> None:
        self._lock = lock
        self._entries = entries
        self._watches: set[Watch[T]] = set()

    @contextmanager
    def watch(
        self, matches: Callable[[T], bool], is_enough: Callable[[int], bool]
    ) -> Iterator[threading.Event]:
        """Yield an event that is set once the number of matching entries is enough."""
        watch = Watch(matches, is_enough)
        with self._lock:
            watch.change(sum(map(matches, self._entries())))
            self._watches.add(watch)
        try:
            yield watch.satisfied
        finally:
            with self._lock:
                self._watches.remove(watch)

    def added(self, entry: T) -> None:
        for watch in self._watches:
            if watch.matches(entry):
                watch.change(1)

    def removed(self, entry: T) -> None:
        for watch in self._watches:
            if watch.matches(entry):
                watch.change(-1)
