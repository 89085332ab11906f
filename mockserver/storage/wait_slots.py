"""Slots that limit the number of waiting requests; stopping the server ends all waits."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

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

    def is_stopping(self) -> bool:
        return self._stopping.is_set()

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
