"""Requests that wait: how many may, and how a stop of the server ends their waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from mockserver import errors

PLACES = 512
"""How many requests may be parked at once, each on a thread of its own."""


class WaitSlots:
    """Where requests wait.

    The application finds it as ``environ["mockserver.parking"]``.
    """

    def __init__(self) -> None:
        self._delays = threading.Semaphore(PLACES)
        self._polls = threading.Semaphore(PLACES)
        self._stopping = threading.Event()

    def parked(self) -> AbstractContextManager[None]:
        """Take a place for an injected delay; `Unavailable` (503) if none is left."""
        return _place(self._delays, "delays")

    def polling(self) -> AbstractContextManager[None]:
        """Take a place for a long poll, of which delays leave as many as ever; raises as above."""
        return _place(self._polls, "long polls")

    def wait(self, seconds: float) -> bool:
        """Wait; False, and at once, when the server is stopping."""
        return not self._stopping.wait(seconds)

    def close(self) -> None:
        """End all waits, those to come included."""
        self._stopping.set()


@contextmanager
def _place(places: threading.Semaphore, noun: str) -> Iterator[None]:
    if not places.acquire(blocking=False):
        raise errors.Unavailable(
            f"too many parked requests: {PLACES} are waiting already ({noun}); "
            "retry when some have ended"
        )
    try:
        yield
    finally:
        places.release()
