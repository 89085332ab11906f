"""The world's clock, and the only place that reads the machine's.

Reference, "Determinism": by default the clock starts at the fixtures' ``now`` and steps one
second for each request that changes something; it can be frozen, set, advanced, or be real.
A real one may run faster than the machine's.
"""

from __future__ import annotations

import time
from typing import Literal, get_args

Mode = Literal["step", "frozen", "real"]
MODES: tuple[Mode, ...] = get_args(Mode)
SPEEDS = (1, 100_000)
"""How many of its seconds a real clock lets pass in one: the least and the most."""

Mark = tuple[Mode, int, int]


class Clock:
    """Unix time in whole seconds, as one world sees it."""

    __slots__ = ("_base", "mode", "speed")

    def __init__(self, now: int, mode: Mode = "step", speed: int = 1) -> None:
        """A real clock begins at the machine's time, whatever ``now`` says."""
        self.mode: Mode = mode
        #: Seconds that pass in one of the machine's, where the clock runs by itself.
        self.speed = 1
        # The time itself; of a real clock, its distance from what the machine's has run.
        self._base = now
        if mode == "real":
            self.set(mode, int(time.time()), speed)

    def now(self) -> int:
        """The present moment. Reading it moves nothing."""
        if self.mode == "real":
            return self._base + int(time.time() * self.speed)
        return self._base

    def tick(self) -> int:
        """The moment of a change: one second later on a step clock, now on the others."""
        if self.mode == "step":
            self._base += 1
        return self.now()

    def set(self, mode: Mode, now: int, speed: int = 1) -> None:
        """Go on in ``mode`` from ``now``; a real clock keeps its distance from the machine's, or
        runs away from it at ``speed``."""
        self.mode = mode
        self.speed = speed
        self._base = now - int(time.time() * speed) if mode == "real" else now

    def advance(self, seconds: int) -> int:
        """Let ``seconds`` pass at once, in any mode; returns the new moment."""
        self._base += seconds
        return self.now()

    def mark(self) -> Mark:
        """What ``restore`` needs to bring this moment back."""
        return self.mode, self._base, self.speed

    def restore(self, mark: Mark) -> None:
        self.mode, self._base, self.speed = mark

    def fork(self) -> Clock:
        """An independent clock that stands where this one stands."""
        twin = Clock(0)
        twin.restore(self.mark())
        return twin


def stopwatch() -> float:
    """Seconds from an arbitrary start, for durations in logs; never part of a world."""
    return time.perf_counter()
