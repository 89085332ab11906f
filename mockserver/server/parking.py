"""Requests that wait: how many may, and how a stop of the server ends their waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mockserver import errors

PLACES = 512
"""How many requests may be parked at once, each on a thread of its own."""


class Parking:
    """Where requests wait: injected delays, long polls, streams.

    The application finds it as ``environ["mockserver.parking"]``.
    """

    def __init__(self) -> None:
        self._places = threading.Semaphore(PLACES)
        self._stopping = threading.Event()

    @contextmanager
    def parked(self) -> Iterator[None]:
        """Take a place for as long as the request waits; `Unavailable` (503) if none is left."""
        if not self._places.acquire(blocking=False):
            raise errors.Unavailable(
                f"too many parked requests: {PLACES} are waiting already "
                "(delays, long polls and streams); retry when some have ended"
            )
        try:
            yield
        finally:
            self._places.release()

    def wait(self, seconds: float) -> bool:
        """Wait; False, and at once, when the server is stopping."""
        return not self._stopping.wait(seconds)

    def close(self) -> None:
        """End all waits, those to come included."""
        self._stopping.set()
