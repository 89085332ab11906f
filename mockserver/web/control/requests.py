"""The journal of a sandbox: list, retrieve, remove; and what became of what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.errors import InvalidRequest, NotFound, Unauthorized
from mockserver.journal.diff import squash, to_detail
from mockserver.journal.exchange import Exchange
from mockserver.journal.journal import Journal
from mockserver.journal.matching import MATCH, TARGET, Match
from mockserver.schema.fields import Attribute, Text, Whole
from mockserver.schema.nested import Nested
from mockserver.schema.schema import Attributes
from mockserver.web.auth import credential, sandbox_name
from mockserver.web.control.context import AdminContext, answer, values
from mockserver.web.control.curl import Caller, curl
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request

SINCE: dict[str, Attribute] = {"since": Text()}
LIST: dict[str, Attribute] = {
    **SINCE,
    **TARGET.fields,
    "status": MATCH.fields["status"],
    "limit": Whole(1, 1000),
}
REMOVE = Attributes({"match": Nested(MATCH)})


def list_requests(
    control: AdminContext, call: Request, since: str | None = None, limit: int = 100, **wanted: Any
) -> JsonResponse:
    """Those that match, oldest first; ``limit`` of them, those that came first."""
    journal = control.sandbox(call).journal
    match = Match.from_dict(wanted)
    found = [each for each in _after(journal, since) if match(each)]
    return answer(
        {
            "has_more": len(found) > limit,
            "evicted": journal.evicted,
            "data": [each.to_summary() for each in found[:limit]],
        }
    )


def retrieve_request(control: AdminContext, call: Request, name: str) -> JsonResponse:
    """Everything of it; and the command that repeats it, with the token of whoever asks."""
    sandbox = control.sandbox(call)
    for each in sandbox.journal.entries():
        if each.id == name:
            command = curl(each, sandbox.name, Caller(call.host_url, _token(call)))
            return answer({**each.to_detail(), "curl": command})
    raise NotFound(_no_such(sandbox.journal, name))


def _token(call: Request) -> str | None:
    """The token of whoever asks, if it is one that can be used."""
    try:
        token = credential(call.headers.get("Authorization"))
        sandbox_name(token)
    except Unauthorized:
        return None
    return token


def remove_requests(control: AdminContext, call: Request) -> JsonResponse:
    given = values(call, REMOVE) if call.content_length else {}
    removed = control.sandbox(call).journal.remove(Match.from_dict(given.get("match", {})))
    return answer({"removed": removed})


def list_changes(control: AdminContext, call: Request, since: str | None = None) -> JsonResponse:
    """What remains of all changes since a request, object by object, and all events."""
    journal = control.sandbox(call).journal
    exchanges = _after(journal, since)
    changes = squash(change for each in exchanges for change in each.change_set.changes)
    events = [
        {"request": each.id, **event._asdict()}
        for each in exchanges
        for event in each.change_set.events
    ]
    return answer(
        {
            "evicted": journal.evicted,
            "changes": [to_detail(change) for change in changes],
            "events": events,
        }
    )


def _after(journal: Journal, exchange_id: str | None) -> Sequence[Exchange]:
    try:
        return journal.entries(exchange_id)
    except LookupError:
        raise InvalidRequest(f"since: {_no_such(journal, str(exchange_id))}") from None


def _no_such(journal: Journal, exchange_id: str) -> str:
    gone = f"; {journal.evicted} older ones were evicted" if journal.evicted else ""
    return f"there is no request '{exchange_id}' in the journal{gone}"


ROUTES = (
    Route("GET", "/requests", list_requests, "the journal", parameters=LIST),
    Route("GET", "/requests/<name>", retrieve_request, "one request, whole"),
    Route(
        "DELETE",
        "/requests",
        remove_requests,
        "forget those that match, or all",
        {"match": {"operation": "messages.*"}},
        REMOVE,
    ),
    Route("GET", "/changes", list_changes, "what became of what", parameters=SINCE),
)
