"""An alarm: calls once, when its time has come."""

from __future__ import annotations

import threading
from collections.abc import Callable

LONGEST = 86_400.0
"""Seconds after which it rings at the latest: whoever set it for later sets it again."""


class RestartableTimer:
    """At most one call is to come. Its owner sees to the threads."""

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None

    def set(self, seconds: float, ring: Callable[[], None]) -> None:
        """Call ``ring`` in so many seconds of real time, and nobody before."""
        self.cancel()
        self._timer = threading.Timer(min(max(0.0, seconds), LONGEST), ring)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        """Call nobody. What would have been called is let go: it may point back to the owner."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
