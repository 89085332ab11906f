"""The journal of a sandbox: its requests, their changes and events, and verifying them."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from mockserver.errors import InvalidRequest, NotFound, Unauthorized
from mockserver.journal.diff import squash, to_detail
from mockserver.journal.exchange import Exchange
from mockserver.journal.journal import Journal
from mockserver.journal.matching import MATCH, TARGET, Match, near_misses
from mockserver.schema.compound import Nested
from mockserver.schema.fields import NonEmptyString, Range, StrictField, StrictInteger
from mockserver.schema.schema import Schema
from mockserver.web.auth import credential, sandbox_name
from mockserver.web.control.context import AdminContext, Json, Routes, page, read_body
from mockserver.web.control.curl import Caller, curl
from mockserver.web.control.expectations import (
    COUNTS,
    TIMEOUT,
    count_satisfied,
    validate_match,
    wait_until_verified,
)
from mockserver.web.request import Request

SINCE: dict[str, StrictField] = {"since": NonEmptyString()}
LIMIT: dict[str, StrictField] = {"limit": StrictInteger(validate=Range(1, 1000))}
LIST_QUERY = {**SINCE, **TARGET.fields, "status": MATCH.fields["status"], **LIMIT}
EVENTS_QUERY = {**SINCE, "type": NonEmptyString(), **LIMIT}
REMOVE = Schema.from_dict({"match": Nested(MATCH)})()
VERIFY = Schema.from_dict({"match": Nested(MATCH), **COUNTS})()
WAIT = Schema.from_dict(VERIFY.fields | TIMEOUT)()

routes = Routes()


@routes.add("GET", "/requests", query=LIST_QUERY)
def list_requests(
    context: AdminContext,
    request: Request,
    since: str | None = None,
    limit: int = 100,
    **filters: Any,
) -> Json:
    """List the journaled requests.

    The first ``limit`` that match after the request ``since``, oldest first.
    """
    journal = context.sandbox(request).journal
    match = Match.from_dict(filters)
    matches = [exchange for exchange in _entries_since(journal, since) if match(exchange)]
    return page(matches, limit, journal.evicted, Exchange.to_summary)


@routes.add("GET", "/requests/<name>")
def retrieve_request(context: AdminContext, request: Request, name: str) -> Json:
    """Get a request and its response, and a curl command that repeats it."""
    sandbox = context.sandbox(request)
    for exchange in sandbox.journal.entries():
        if exchange.id == name:
            command = curl(exchange, sandbox.name, Caller(request.host_url, _token(request)))
            return {**exchange.to_detail(), "curl": command}
    raise NotFound(_not_in_journal(sandbox.journal, name))


def _token(request: Request) -> str | None:
    """Return the caller's token if it is valid."""
    try:
        token = credential(request.headers.get("Authorization"))
        sandbox_name(token)
    except Unauthorized:
        return None
    return token


@routes.add("DELETE", "/requests", example={"match": {"operation": "messages.*"}}, body=REMOVE)
def remove_requests(context: AdminContext, request: Request) -> Json:
    """Remove matching requests, or all, from the journal."""
    body = read_body(request, REMOVE) if request.content_length else {}
    match = Match.from_dict(body.get("match", {}))
    return {"removed": context.sandbox(request).journal.remove(match)}


@routes.add(
    "POST",
    "/requests/verify",
    example={"match": {"method": "POST", "body": {"message": "Good evening."}}, "count": 0},
    body=VERIFY,
)
def verify_requests(context: AdminContext, request: Request) -> Json:
    """Verify how many requests match; report the nearest misses."""
    body = read_body(request, VERIFY)
    validate_match(context, body.get("match", {}))
    return verify(context.sandbox(request).journal, body)


@routes.add(
    "POST",
    "/requests/wait",
    example={"match": {"path": "/v1/contacts*"}, "at_least": 0, "timeout": 5},
    body=WAIT,
)
def await_requests(context: AdminContext, request: Request) -> Json:
    """Verify once the expected requests have arrived, or after a timeout.

    ``timeout`` is in seconds of real time, 5 by default.
    """
    body = read_body(request, WAIT)
    validate_match(context, body.get("match", {}))
    journal = context.sandbox(request).journal
    timeout = body.get("timeout")
    return wait_until_verified(request, journal, timeout, lambda: verify(journal, body))


def verify(journal: Journal, expected: Mapping[str, Any]) -> dict[str, Any]:
    """Return whether the expected number of requests match; at least 1 if no number is given.

    If not, the result includes the nearest misses and their differences.
    """
    match = Match.from_dict(expected.get("match", {}))
    exchanges = journal.entries()
    matches = [exchange for exchange in exchanges if match(exchange)]
    verified = count_satisfied(len(matches), expected)
    result: dict[str, Any] = {
        "verified": verified,
        "count": len(matches),
        "requests": [exchange.id for exchange in matches],
    }
    if not verified:
        result["nearest"] = [
            {"request": exchange.to_summary(), "differences": differences}
            for exchange, differences in near_misses(match, exchanges)
        ]
    return result


@routes.add("GET", "/changes", query=SINCE)
def list_changes(context: AdminContext, request: Request, since: str | None = None) -> Json:
    """List the net change of each object, and all events, since a request."""
    journal = context.sandbox(request).journal
    exchanges = _entries_since(journal, since)
    changes = squash(change for exchange in exchanges for change in exchange.change_set.changes)
    events = [
        {"request": exchange.id, **event._asdict()}
        for exchange in exchanges
        for event in exchange.change_set.events
    ]
    return {
        "evicted": journal.evicted,
        "changes": [to_detail(change) for change in changes],
        "events": events,
    }


@routes.add("GET", "/events", query=EVENTS_QUERY)
def list_events(
    context: AdminContext,
    request: Request,
    since: str | None = None,
    type: str = "*",
    limit: int = 100,
) -> Json:
    """List the events and the requests that caused them.

    The first ``limit`` that match after the event ``since``, oldest first. ``type`` may contain
    ``*``.
    """
    journal = context.sandbox(request).journal
    events: list[dict[str, Any]] = [
        {"request": exchange.id, "at": exchange.at, **event._asdict()}
        for exchange in journal.entries()
        for event in exchange.change_set.events
    ]
    if since is not None:
        ids = [event["id"] for event in events]
        if since not in ids:
            raise InvalidRequest(f"since: the journal has no event '{since}'")
        events = events[ids.index(since) + 1 :]
    matches = [event for event in events if fnmatchcase(event["type"], type)]
    return page(matches, limit, journal.evicted, dict)


def _entries_since(journal: Journal, exchange_id: str | None) -> list[Exchange]:
    try:
        return journal.entries(exchange_id)
    except LookupError:
        raise InvalidRequest(f"since: {_not_in_journal(journal, str(exchange_id))}") from None


def _not_in_journal(journal: Journal, exchange_id: str) -> str:
    evicted = f"; {journal.evicted} older ones were evicted" if journal.evicted else ""
    return f"the journal has no request '{exchange_id}'{evicted}"
