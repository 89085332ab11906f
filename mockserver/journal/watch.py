"""Waiting until enough entries of a log match, without matching the whole log each time."""

import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(eq=False)
class Watch(Generic[T]):
    """A count of matching entries; ``satisfied`` is set once ``is_enough(count)`` is true."""

    concerns: Callable[[T], bool]
    matches: Callable[[T], bool]
    is_enough: Callable[[int], bool]
    satisfied: threading.Event = field(default_factory=threading.Event)
    count: int = 0

    def change(self, difference: int) -> None:
        self.count += difference
        if self.is_enough(self.count):
            self.satisfied.set()


class Watches(Generic[T]):
    """The watches of a log. The log calls ``count`` with its ``lock`` held.

    Each entry is matched once, by the thread that adds it. A waiting thread sleeps until its count
    is reached. An entry is matched only by the watches that its topic concerns, so hundreds of
    other watches do not slow the log.
    """

    def __init__(
        self,
        lock: threading.Lock,
        entries: Callable[[], Iterable[T]],
        topic: Callable[[T], Hashable],
    ) -> None:
        self._lock = lock
        self._entries = entries
        self._topic = topic
        self._watches: set[Watch[T]] = set()
        self._by_topic: dict[Hashable, list[Watch[T]]] = {}  # emptied when the watches change

    @contextmanager
    def watch(
        self,
        concerns: Callable[[T], bool],
        matches: Callable[[T], bool],
        is_enough: Callable[[int], bool],
    ) -> Iterator[threading.Event]:
        """Yield an event that is set once the number of matching entries is enough.

        ``concerns`` must be true for matching entries, and the same for all entries of a topic.
        """
        watch = Watch(concerns, matches, is_enough)
        with self._lock:
            watch.change(sum(map(matches, self._entries())))
            self._watches.add(watch)
            self._by_topic.clear()
        try:
            yield watch.satisfied
        finally:
            with self._lock:
                self._watches.remove(watch)
                self._by_topic.clear()

    def end_waits(self) -> None:
        """End all waits, satisfied or not."""
        with self._lock:
            for watch in self._watches:
                watch.satisfied.set()

    def count(self, entry: T, difference: int) -> None:
        """Count an entry that was added (1) or removed (-1). Call with the lock held."""
        if not self._watches:
            return
        topic = self._topic(entry)
        watches = self._by_topic.get(topic)
        if watches is None:
            watches = [watch for watch in self._watches if watch.concerns(entry)]
            self._by_topic[topic] = watches
        for watch in watches:
            if watch.matches(entry):
                watch.change(difference)
