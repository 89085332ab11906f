"""A sandbox's clock, and the only module that reads the machine's clock.

``contract/reference.md``, "Determinism": by default the clock starts at the fixtures' ``now`` and
steps one second for each request that changes something. It can also be frozen, set, advanced, or
real.
"""

from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime
from typing import Any, Literal, Self, get_args

from mockserver.unpatched import load_copy

Mode = Literal["step", "frozen", "real"]
MODES: tuple[Mode, ...] = get_args(Mode)

#: 9999-12-31T23:59:59Z, the last timestamp of the API. A clock that reaches it stands still.
LAST_SECOND = 253402300799
MIN_SPEED, MAX_SPEED = 1, 100_000  # of a real clock, as a factor


class Clock:
    """Unix time in whole seconds, as one sandbox sees it."""

    __slots__ = ("_base", "mode", "speed")

    def __init__(self, now: int, mode: Mode = "step", speed: int = 1) -> None:
        """Start at ``now``, or at the machine's time if the mode is real."""
        self.mode: Mode = mode
        #: Seconds that pass per second of the machine's clock, in real mode.
        self.speed = 1
        # The time itself; in real mode, the time minus ``speed`` times the machine's time.
        self._base = now
        if mode == "real":
            self.set(mode, int(machine_time()), speed)

    def now(self) -> int:
        """Return the current time without moving the clock."""
        now = self._base
        if self.mode == "real":
            now += int(machine_time() * self.speed)
        return now if now < LAST_SECOND else LAST_SECOND

    def tick(self) -> int:
        """Return the time of a change; a step clock first moves one second."""
        if self.mode == "step":
            self._base += 1
        return self.now()

    def set(self, mode: Mode, now: int, speed: int = 1) -> None:
        """Continue in ``mode`` from ``now``; ``speed`` applies to a real clock only."""
        self.mode = mode
        self.speed = speed
        self._base = now - int(machine_time() * speed) if mode == "real" else now

    def advance_to(self, now: int) -> None:
        """Move the clock to ``now``, in any mode, unless it is later already."""
        self._base += max(0, now - self.now())

    def to_dict(self) -> dict[str, Any]:
        """Return the mode, the time, and the speed of a real clock."""
        speed = {"speed": self.speed} if self.mode == "real" else {}
        return {"mode": self.mode, "now": self.now(), **speed}

    def state(self) -> tuple[Mode, int, int]:
        """Return the current state, for ``restore``."""
        return self.mode, self._base, self.speed

    def restore(self, state: tuple[Mode, int, int]) -> None:
        self.mode, self._base, self.speed = state

    def fork(self) -> Self:
        return copy(self)


class SandboxTime:
    """The current time of a sandbox, also after its world or clock was replaced.

    The webhook dispatcher gets this instead of the sandbox's state: its threads must not keep the
    world of a deleted sandbox in memory.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def now(self) -> int:
        return self.clock.now()

    @property
    def is_real(self) -> bool:
        """True if the clock runs by itself."""
        return self.clock.mode == "real"


def machine_time() -> float:
    """Return this process's Unix time, for the log and for values that receivers compare with it.

    A test may freeze it. Do not call ``time.time``: freezegun freezes it in some threads only.
    """
    return datetime.now(UTC).timestamp()


stopwatch: Callable[[], float] = load_copy("time").perf_counter
"""Return seconds from an arbitrary start, to measure real durations and deadlines.

A test cannot freeze it; otherwise a deadline would never pass.
"""
