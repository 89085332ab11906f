"""Whether the requests came that a test wants; at once, or as soon as they did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.journal.journal import Journal
from mockserver.journal.matching import MATCH, Match, near_misses
from mockserver.schema.nested import Nested
from mockserver.schema.schema import Attributes
from mockserver.web.control.context import AdminContext, answer, values
from mockserver.web.control.match_validation import demand_sense
from mockserver.web.control.polling import COUNTS, TIMEOUT, awaited, enough
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request

VERIFY = Attributes({"match": Nested(MATCH), **COUNTS})
WAIT = Attributes(VERIFY.fields | TIMEOUT)


def verify_requests(control: AdminContext, call: Request) -> JsonResponse:
    wanted = values(call, VERIFY)
    demand_sense(control, wanted.get("match", {}))
    return answer(verified(control.sandbox(call).journal, wanted))


def await_requests(control: AdminContext, call: Request) -> JsonResponse:
    """The same, once it holds or ``timeout`` (seconds of real time, 5 if not given) is over."""
    wanted = values(call, WAIT)
    demand_sense(control, wanted.get("match", {}))
    journal = control.sandbox(call).journal
    return answer(awaited(call, journal, wanted, lambda: verified(journal, wanted)))


def verified(journal: Journal, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Whether as many requests match as are wanted: at least one, where no count is given.

    Where not, the nearest misses are told with their differences.
    """
    match = Match.from_dict(wanted.get("match", {}))
    exchanges = journal.entries()
    found = [each for each in exchanges if match(each)]
    fine = enough(len(found), wanted)
    told: dict[str, Any] = {
        "verified": fine,
        "count": len(found),
        "requests": [each.id for each in found],
    }
    if not fine:
        told["nearest"] = [
            {"request": each.to_summary(), "differences": differences}
            for each, differences in near_misses(match, exchanges)
        ]
    return told


ROUTES = (
    Route(
        "POST",
        "/requests/verify",
        verify_requests,
        "how many match; if not as many as wanted, the nearest misses",
        {"match": {"method": "POST", "body": {"message": "Good evening."}}, "count": 0},
        VERIFY,
    ),
    Route(
        "POST",
        "/requests/wait",
        await_requests,
        "the same, once it holds, or after timeout seconds",
        {"match": {"path": "/v1/contacts*"}, "at_least": 0, "timeout": 5},
        WAIT,
    ),
)
