"""Whether the requests came that a test wants; at once, or as soon as they did."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from mockserver.core.clock import stopwatch
from mockserver.instruments.journal import Journal
from mockserver.instruments.matching import MATCH, Match, nearest
from mockserver.schema.attributes import Attributes
from mockserver.schema.fields import LATEST, Attribute, Number, Whole
from mockserver.schema.nested import Nested
from mockserver.web.call import Answer, Call
from mockserver.web.control.control import Control, answer, values
from mockserver.web.control.route import Route
from mockserver.web.control.vanity import demand_sense

COUNT = 1_000_000_000
LONGEST_WAIT = 300
#: How often a wait looks whether the server is stopping, in seconds.
SLICE = 0.1

WANTED: dict[str, Attribute] = {
    "match": Nested(MATCH),
    "count": Whole(0, COUNT),
    "at_least": Whole(0, COUNT),
    "at_most": Whole(0, COUNT),
}
VERIFY = Attributes(WANTED)
WAIT = Attributes(WANTED | {"timeout": Number(0, LONGEST_WAIT)})


def verify_requests(control: Control, call: Call) -> Answer:
    wanted = values(call, VERIFY)
    demand_sense(control, wanted.get("match", {}))
    return answer(verified(control.sandbox(call).journal, wanted))


def await_requests(control: Control, call: Call) -> Answer:
    """The same, once it holds or ``timeout`` (seconds of real time, 5 if not given) is over."""
    wanted = values(call, WAIT)
    demand_sense(control, wanted.get("match", {}))
    journal = control.sandbox(call).journal
    # The server's, so that a wait holds up nobody and a stop ends it; another has none.
    parking: Any = call.environ.get("mockserver.parking")
    deadline = stopwatch() + wanted.get("timeout", 5)
    with parking.polling() if parking else nullcontext():
        while True:
            seen = journal.appended
            told = verified(journal, wanted)
            left = deadline - stopwatch()
            if told["verified"] or left <= 0 or (parking and not parking.wait(0)):
                return answer(told)
            journal.await_growth(seen, min(left, SLICE))


def verified(journal: Journal, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Whether as many requests match as are wanted: at least one, where no count is given.

    Where not, the nearest misses are told with their differences.
    """
    match = Match.of(wanted.get("match", {}))
    exchanges = journal.entries()
    found = [each for each in exchanges if match(each)]
    fine = _enough(len(found), wanted)
    told: dict[str, Any] = {
        "verified": fine,
        "count": len(found),
        "requests": [each.id for each in found],
    }
    if not fine:
        told["nearest"] = [
            {"request": each.summary(), "differences": differences}
            for each, differences in nearest(match, exchanges)
        ]
    return told


def _enough(count: int, wanted: Mapping[str, Any]) -> bool:
    if not wanted.keys() & {"count", "at_least", "at_most"}:
        return count >= 1
    exactly = wanted.get("count", count)
    least, most = wanted.get("at_least", 0), wanted.get("at_most", LATEST)
    return bool(count == exactly and least <= count <= most)


ROUTES = (
    Route(
        "POST",
        "/requests/verify",
        verify_requests,
        "how many match; if not as many as wanted, the nearest misses",
        {"match": {"method": "POST", "body": {"message": "Good evening."}}, "count": 0},
    ),
    Route(
        "POST",
        "/requests/wait",
        await_requests,
        "the same, once it holds, or after timeout seconds",
        {"match": {"path": "/v1/contacts*"}, "at_least": 0, "timeout": 5},
    ),
)
