"""The rate limit of a sandbox: a maximum number of requests per window of time.

Windows are fixed: one begins with the first request after the previous window's end, as at GitHub
(https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api).
"""

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Literal, get_args

from mockserver.errors import TooManyRequests
from mockserver.sandbox.state import SandboxState
from mockserver.storage.clock import Clock

ClockName = Literal["sandbox", "real"]
CLOCKS: tuple[ClockName, ...] = get_args(ClockName)
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class RateLimit:
    """At most ``limit`` requests in ``window_seconds`` of the sandbox's or the machine's clock."""

    limit: int
    window_seconds: int
    clock: ClockName = "sandbox"


class RateLimiter:
    """The rate limit of a sandbox, if any, and the use of its current window. Thread-safe."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self._lock = threading.Lock()
        self._rate_limit: RateLimit | None = None
        self._window_start: int | None = None
        self._used = 0

    @property
    def is_active(self) -> bool:
        return self._rate_limit is not None

    def check(self) -> Mapping[str, str]:
        """Count a request, and return the rate limit's headers. Raises ``TooManyRequests``."""
        rate_limit = self._rate_limit
        if rate_limit is None:  # the usual case, which needs no lock
            return NO_HEADERS
        with self._lock:
            # Read the clock under the lock; otherwise a request that arrived in the previous
            # window could end the new one.
            now, start = self._current_window(rate_limit)
            if start is None:
                start, self._used = now, 0
            self._window_start = start
            allowed = self._used < rate_limit.limit
            self._used += allowed
            remaining, reset = rate_limit.limit - self._used, start + rate_limit.window_seconds
        headers = {
            "X-RateLimit-Limit": str(rate_limit.limit),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": str(reset),
        }
        if allowed:
            return headers
        after = reset - now
        message = f"rate limit of {rate_limit.limit} requests exceeded; retry in {after} seconds"
        if rate_limit.clock == "sandbox" and not self._state.time.is_real:
            # The window does not end by itself, so waiting for Retry-After is not enough.
            message += (
                "; this sandbox's clock stands still until "
                f'POST /_sandbox/clock/advance {{"seconds": {after}}}'
            )
        raise TooManyRequests(message, after, headers)

    def get(self) -> dict[str, Any] | None:
        """Return the limit and its use in the current window, or None if no limit is set."""
        with self._lock:
            return None if self._rate_limit is None else self._to_dict(self._rate_limit)

    def set(self, rate_limit: RateLimit) -> dict[str, Any]:
        """Set the limit, with an unused window, and return both."""
        with self._lock:
            self._rate_limit, self._window_start, self._used = rate_limit, None, 0
            return self._to_dict(rate_limit)

    def clear(self) -> bool:
        """Remove the limit, and return whether there was one."""
        with self._lock:
            existed, self._rate_limit = self._rate_limit is not None, None
            return existed

    def window_end(self, after: int, until: int) -> int | None:
        """Return the end of a window on the sandbox's clock, if it is in ``(after, until]``."""
        with self._lock:
            rate_limit, start = self._rate_limit, self._window_start
            if rate_limit is None or rate_limit.clock != "sandbox" or start is None:
                return None
            end = start + rate_limit.window_seconds
            return end if after < end <= until else None

    def _to_dict(self, rate_limit: RateLimit) -> dict[str, Any]:
        _, start = self._current_window(rate_limit)
        used = 0 if start is None else self._used
        reset = None if start is None else start + rate_limit.window_seconds
        return {**asdict(rate_limit), "used": used, "reset": reset}

    def _current_window(self, rate_limit: RateLimit) -> tuple[int, int | None]:
        """Return the time, and the start of the last window if the window contains the time."""
        is_real, start = rate_limit.clock == "real", self._window_start
        now = Clock(0, "real").now() if is_real else self._state.time.now()
        contains = start is not None and start <= now < start + rate_limit.window_seconds
        return now, start if contains else None
