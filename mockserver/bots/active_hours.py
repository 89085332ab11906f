"""The hours of a day: when somebody is awake, and when next."""

from __future__ import annotations

from typing import NamedTuple

HOUR, DAY = 3600, 86_400


class ActiveHours(NamedTuple):
    """From when to when, in seconds since midnight; past midnight where ``start`` is later.

    Moments are in seconds of local time: their midnights are whole days.
    """

    start: int
    end: int

    @property
    def whole_day(self) -> bool:
        """Whether there is no night in it."""
        return self.end - self.start == DAY

    def holds(self, local: int) -> bool:
        """Whether a moment is in it."""
        time = local % DAY
        if self.start < self.end:
            return self.start <= time < self.end
        return time >= self.start or time < self.end

    def next(self, local: int) -> int:
        """The first moment in it, from ``local`` on."""
        return local if self.holds(local) else local + (self.start - local) % DAY

    def starts_in(self, hour: int) -> int | None:
        """When it starts, if that is in the ``hour`` (counted as moments are)."""
        return _within(hour, self.start)

    def ends_in(self, hour: int) -> int | None:
        """When it ends, likewise."""
        return _within(hour, self.end % DAY)


def _within(hour: int, time: int) -> int | None:
    return hour * HOUR + time % HOUR if time // HOUR == hour % 24 else None
