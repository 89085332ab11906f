"""Progress that others wait for."""

from __future__ import annotations

import threading
from collections.abc import Callable

from mockserver.storage.clock import stopwatch

SLICE = 0.1
"""Seconds after which who waits looks whether it is over."""


def never() -> bool:
    return False


class Progress(threading.Condition):
    """A lock, and the news that something got any further."""

    def wait_until(
        self, holds: Callable[[], bool], seconds: float, is_over: Callable[[], bool]
    ) -> bool:
        """Wait until ``holds``, which is asked whenever there are news, or for ``seconds``, or
        until ``is_over``; whether it holds."""
        deadline = stopwatch() + seconds
        with self:
            while not (fine := holds()) and not is_over():
                left = deadline - stopwatch()
                if left <= 0:
                    break
                self.wait(min(left, SLICE))
            return fine
