"""Requests that wait: slots that limit their number, and waits until a condition is true."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Self

from mockserver import errors

MAX_WAITERS = 512  # delays, and as many long polls; each occupies a thread


class WaitSlots:
    """The slots of a server, passed to the application as ``environ["mockserver.wait_slots"]``.

    ``step_aside`` is called before a request waits, so that others are served meanwhile.
    """

    def __init__(self, step_aside: Callable[[], None] = lambda: None) -> None:
        self._step_aside = step_aside
        self._delays = threading.Semaphore(MAX_WAITERS)
        self._long_polls = threading.Semaphore(MAX_WAITERS)
        self._stopping = threading.Event()
        self._events: set[threading.Event] = set()

    def delay(self) -> AbstractContextManager[None]:
        """Take a slot for an injected delay; raises `Unavailable` (503) if none is left."""
        return self._slot(self._delays, "delays")

    def long_poll(self) -> AbstractContextManager[None]:
        """Take a slot for a long poll; raises `Unavailable` (503) if none is left."""
        return self._slot(self._long_polls, "long polls")

    def wait(self, seconds: float) -> bool:
        """Wait and return True, or return False as soon as the server is stopping."""
        if seconds > 0:
            self._step_aside()
        return not self._stopping.wait(seconds)

    def wait_for(self, event: threading.Event, seconds: float) -> None:
        """Wait until the event is set or the server is stopping, for at most ``seconds``."""
        self._events.add(event)
        if not self._stopping.is_set():
            event.wait(seconds)
        self._events.discard(event)

    def close(self) -> None:
        """End all waits, including future ones."""
        self._stopping.set()
        for event in self._events.copy():
            event.set()

    @contextmanager
    def _slot(self, slots: threading.Semaphore, noun: str) -> Iterator[None]:
        if not slots.acquire(blocking=False):
            raise errors.Unavailable(
                f"too many waiting requests: {MAX_WAITERS} are waiting already ({noun}); "
                "retry when some have ended"
            )
        try:
            self._step_aside()
            yield
        finally:
            slots.release()


class Notifier:
    """Wakes the threads that listen for the next change; costs little while none does."""

    def __init__(self) -> None:
        self._events: set[threading.Event] = set()

    def notify(self) -> None:
        for event in tuple(self._events):
            event.set()

    @contextmanager
    def listen(self) -> Iterator[threading.Event]:
        """Yield an event that each change sets. Clear it before you read what may change."""
        event = threading.Event()
        self._events.add(event)
        try:
            yield event
        finally:
            self._events.discard(event)


@dataclass(eq=False)
class _Wait:
    predicate: Callable[[], bool]
    ended: threading.Event = field(default_factory=threading.Event)
    is_met: bool = False


class Changes:
    """A lock for data, and waits until predicates of the data are true.

    The thread that changes the data evaluates the predicates, and wakes only the threads whose
    predicate is true. A ``threading.Condition`` would wake every waiting thread for each change.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._waits: set[_Wait] = set()

    def __enter__(self) -> Self:
        self._lock.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def notify(self) -> None:
        """Evaluate the predicates after a change. Call with the lock held."""
        for wait in self._waits:
            if not wait.is_met and wait.predicate():
                wait.is_met = True
                wait.ended.set()

    def end_waits(self) -> None:
        """End all waits, whether their predicates are true or not. Call with the lock held."""
        for wait in self._waits:
            wait.ended.set()

    def wait_for(
        self, predicate: Callable[[], bool], sleep: Callable[[threading.Event], object]
    ) -> bool:
        """Wait until ``predicate()`` is true; return false if ``sleep`` ended before.

        ``predicate`` is called with the lock held, ``sleep`` with an event that ends it.
        """
        wait = _Wait(predicate)
        with self:
            if predicate():
                return True
            self._waits.add(wait)
        try:
            sleep(wait.ended)
        finally:
            with self:
                self._waits.remove(wait)
        return wait.is_met
