"""Answers that wait for what is still to come: how many are wanted, and for how long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any, Protocol

from mockserver.schema.fields import LATEST, Attribute, Number, Whole
from mockserver.storage.clock import stopwatch
from mockserver.web.request import Request

MANY = 1_000_000_000
LONGEST_WAIT = 300
#: How often a wait looks whether the server is stopping, in seconds.
SLICE = 0.1

COUNTS: dict[str, Attribute] = {
    "count": Whole(0, MANY),
    "at_least": Whole(0, MANY),
    "at_most": Whole(0, MANY),
}
TIMEOUT: dict[str, Attribute] = {"timeout": Number(0, LONGEST_WAIT)}


class Growing(Protocol):
    """Where more and more comes."""

    @property
    def appended(self) -> int:
        """How much has ever come."""

    def wait_for_append(self, seen: int, seconds: float) -> None:
        """Wait until more than ``seen`` has come, or ``seconds`` have passed."""


def awaited(
    call: Request, growing: Growing, wanted: Mapping[str, Any], tell: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """What ``tell`` tells, once it is ``verified``, or the ``timeout`` that is wanted (seconds of
    real time, 5 if not given) is over; raises ``Unavailable`` where too many wait already."""
    # The server's, so that a wait holds up nobody and a stop ends it; another has none.
    parking: Any = call.environ.get("mockserver.wait_slots")
    deadline = stopwatch() + wanted.get("timeout", 5)
    with parking.long_poll() if parking else nullcontext():
        while True:
            seen = growing.appended
            told = tell()
            left = deadline - stopwatch()
            if told["verified"] or left <= 0 or (parking and not parking.wait(0)):
                return told
            growing.wait_for_append(seen, min(left, SLICE))


def enough(count: int, wanted: Mapping[str, Any]) -> bool:
    """Whether ``count`` are as many as are wanted: at least one, where no number is given."""
    if not wanted.keys() & COUNTS.keys():
        return count >= 1
    exactly = wanted.get("count", count)
    least, most = wanted.get("at_least", 0), wanted.get("at_most", LATEST)
    return bool(count == exactly and least <= count <= most)
