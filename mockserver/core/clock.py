"""The world's clock, and the only place that reads the machine's.

Reference, "Determinism": by default the clock starts at the fixtures' ``now`` and steps one
second for each request that changes something; it can be frozen, set, advanced, or be real.
"""

from __future__ import annotations

import time
from typing import Literal, get_args

Mode = Literal["step", "frozen", "real"]
MODES: tuple[Mode, ...] = get_args(Mode)


class Clock:
    """Unix time in whole seconds, as one world sees it."""

    __slots__ = ("_base", "mode")

    def __init__(self, now: int, mode: Mode = "step") -> None:
        self.mode: Mode = mode
        # The time itself; of a real clock, its distance from the machine's.
        self._base = now
        if mode == "real":
            self._base = 0

    def now(self) -> int:
        """The present moment. Reading it moves nothing."""
        return self._base + int(time.time()) if self.mode == "real" else self._base

    def tick(self) -> int:
        """The moment of a change: one second later on a step clock, now on the others."""
        if self.mode == "step":
            self._base += 1
        return self.now()

    def set(self, mode: Mode, now: int) -> None:
        """Go on in ``mode`` from ``now``; a real clock keeps its distance from the machine's."""
        self.mode = mode
        self._base = now - int(time.time()) if mode == "real" else now

    def advance(self, seconds: int) -> int:
        """Let ``seconds`` pass at once, in any mode; returns the new moment."""
        self._base += seconds
        return self.now()

    def mark(self) -> tuple[Mode, int]:
        """What ``restore`` needs to bring this moment back."""
        return self.mode, self._base

    def restore(self, mark: tuple[Mode, int]) -> None:
        self.mode, self._base = mark

    def fork(self) -> Clock:
        """An independent clock that stands where this one stands."""
        twin = Clock(0)
        twin.restore(self.mark())
        return twin


def stopwatch() -> float:
    """Seconds from an arbitrary start, for durations in logs; never part of a world."""
    return time.perf_counter()
