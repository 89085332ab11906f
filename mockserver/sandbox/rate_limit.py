"""A rate limit: so many requests in a window of time, then 429 until the next window.

Windows are fixed, and begin with the first request after the last one's end, as at GitHub
(https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

ClockName = Literal["sandbox", "real"]
CLOCKS: tuple[ClockName, ...] = get_args(ClockName)


@dataclass(frozen=True)
class Standing:
    """Where a client stands after a request; times are in seconds, ``reset`` is Unix time."""

    allowed: bool
    limit: int
    remaining: int
    reset: int
    retry_after: int

    @property
    def headers(self) -> dict[str, str]:
        """What an answer says of it."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
        }


@dataclass(frozen=True)
class Limit:
    """``limit`` requests in ``window_seconds`` seconds of one of the clocks."""

    limit: int
    window_seconds: int
    clock: ClockName = "sandbox"


class RateLimit:
    """The terms, and how much of them is used. Safe for threads."""

    def __init__(self, terms: Limit) -> None:
        self.terms = terms
        self._lock = threading.Lock()
        self._start: int | None = None
        self._used = 0

    def take(self, clock: Callable[[], int]) -> Standing:
        """Count a request; ``clock`` tells the moment in Unix seconds.

        It is asked when it is the request's turn: of two, the one that came first in an old window
        would else end the new one, as a clock does that is turned back.
        """
        with self._lock:
            now = clock()
            start = self._begin(now)
            if start is None:
                start, self._used = now, 0
            self._start = start
            allowed = self._used < self.terms.limit
            self._used += allowed
            reset, left = start + self.terms.window_seconds, self.terms.limit - self._used
            return Standing(allowed, self.terms.limit, left, reset, reset - now)

    def ends(self, before: int, after: int) -> int | None:
        """When the window under way ends, if that is after ``before``, and not after ``after``."""
        with self._lock:
            if self._start is None:
                return None
            end = self._start + self.terms.window_seconds
            return end if before < end <= after else None

    def shown(self, now: int) -> dict[str, Any]:
        """The terms, and what is used of them at the moment ``now``."""
        with self._lock:
            start = self._begin(now)
            used = 0 if start is None else self._used
            reset = None if start is None else start + self.terms.window_seconds
        return {**asdict(self.terms), "used": used, "reset": reset}

    def _begin(self, now: int) -> int | None:
        """When the window that ``now`` is in began, if there is one; a clock may be turned back."""
        start = self._start
        within = start is not None and start <= now < start + self.terms.window_seconds
        return start if within else None
