"""Time that passes at once: what falls due in it, of several agendas, in one order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from mockserver.storage.clock import stopwatch

MAX_FIRED = 10_000
"""How much of what fell due one passage tells, and how many attempts to deliver it makes."""

MAX_DURATION = 60.0
"""Seconds of real time after which it does no more: receivers may be slow, and casts large."""


class EventSource(NamedTuple):
    """One agenda. ``next_due`` says when its first entry is due, in Unix time; ``run`` does what
    is due first, up to a moment, and tells what was done; ``most`` is how often it is asked to."""

    next_due: Callable[[], int | None]
    run: Callable[[int], Iterable[dict[str, Any]]]
    most: int | None = None


class Scheduler:
    """What came of it: ``fired``, in order, and how much more was done that is not told."""

    def __init__(self, goal: int, agendas: Sequence[EventSource]) -> None:
        self.fired: list[dict[str, Any]] = []
        self.unlisted = 0
        self._goal = goal
        self._left = [(due, due.most) for due in agendas]

    def run(self) -> None:
        """Do all that falls due, the earliest first; of two at a moment, the agenda given first.

        What an entry leads to is included. It ends early after ``MAX_DURATION``.
        """
        deadline = stopwatch() + MAX_DURATION
        while stopwatch() < deadline:
            first = self._first()
            if first is None:
                break
            place, at = first
            due, left = self._left[place]
            self._left[place] = due, left and left - 1
            for each in due.run(at):
                if len(self.fired) < MAX_FIRED:
                    self.fired.append(each)
                else:
                    self.unlisted += 1

    def _first(self) -> tuple[int, int] | None:
        """Whose turn is next, and when."""
        found = None
        for place, (due, left) in enumerate(self._left):
            at = due.next_due() if left != 0 else None
            if at is not None and at <= self._goal and (found is None or at < found[1]):
                found = place, at
        return found
