"""A rate limit: so many requests in a window of time, then 429 until the next window.

Windows are fixed, and begin with the first request after the last one's end, as at GitHub
(https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api).
"""

from __future__ import annotations

import threading
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
class Terms:
    """``limit`` requests in ``window_seconds`` seconds of one of the clocks."""

    limit: int
    window_seconds: int
    clock: ClockName = "sandbox"


class RateLimit:
    """The terms, and how much of them is used. Safe for threads."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._lock = threading.Lock()
        self._start: int | None = None
        self._used = 0

    def take(self, now: int) -> Standing:
        """Count a request at the moment ``now``, Unix seconds on the limit's clock."""
        terms = self.terms
        with self._lock:
            # A clock may also have been turned back.
            if self._start is None or not self._start <= now < self._start + terms.window_seconds:
                self._start, self._used = now, 0
            allowed = self._used < terms.limit
            self._used += allowed
            reset = self._start + terms.window_seconds
            return Standing(allowed, terms.limit, terms.limit - self._used, reset, reset - now)

    def ends(self, before: int, after: int) -> int | None:
        """When the window under way ends, if that is after ``before``, and not after ``after``."""
        with self._lock:
            if self._start is None:
                return None
            end = self._start + self.terms.window_seconds
            return end if before < end <= after else None

    def shown(self) -> dict[str, Any]:
        with self._lock:
            return {
                **asdict(self.terms),
                "used": self._used,
                "reset": None if self._start is None else self._start + self.terms.window_seconds,
            }
