"""The events of a sandbox, each with the request that caused it."""

from __future__ import annotations

from fnmatch import fnmatchcase

from mockserver.errors import InvalidRequest
from mockserver.schema.fields import Text, Whole
from mockserver.web.control.context import AdminContext, answer
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request

PARAMETERS = {"since": Text(), "type": Text(), "limit": Whole(1, 1000)}


def list_events(
    control: AdminContext,
    call: Request,
    since: str | None = None,
    type: str = "*",
    limit: int = 100,
) -> JsonResponse:
    """Those of the requests that the journal still holds, oldest first; ``since`` is an event's
    id, ``type`` may hold ``*``."""
    journal = control.sandbox(call).journal
    events = [
        {"request": each.id, "at": each.at, **event._asdict()}
        for each in journal.entries()
        for event in each.change_set.events
    ]
    if since is not None:
        places = [place for place, event in enumerate(events) if event["id"] == since]
        if not places:
            raise InvalidRequest(f"since: there is no event '{since}' in the journal")
        events = events[places[0] + 1 :]
    found = [event for event in events if fnmatchcase(str(event["type"]), type)]
    return answer(
        {
            "has_more": len(found) > limit,
            "evicted": journal.evicted,
            "data": found[:limit],
        }
    )


ROUTES = (
    Route(
        "GET", "/events", list_events, "what happened, and at which request", parameters=PARAMETERS
    ),
)
