"""The journal of a sandbox: listing and verifying requests, and their changes and events."""

from functools import partial
from typing import Any

from mockserver.errors import InvalidRequest, NotFound, Unauthorized
from mockserver.journal.diff import squash, to_detail
from mockserver.journal.exchange import Exchange
from mockserver.journal.har import to_har
from mockserver.journal.journal import Journal
from mockserver.journal.matching import MATCH, TARGET, Match, near_misses
from mockserver.schema import wildcard
from mockserver.schema.compound import Nested
from mockserver.schema.fields import NonEmptyString, integer, one_of
from mockserver.schema.wildcard import Wildcard
from mockserver.web.auth import credential, sandbox_name
from mockserver.web.control import expectations, strays
from mockserver.web.control.context import ControlRequest, Json, Routes, page
from mockserver.web.control.curl import curl

SINCE = NonEmptyString()
LIMIT = integer(1, 1000)
EXPECTATION = {"match": Nested(MATCH), **expectations.COUNTS}

routes = Routes()


@routes.add(
    "GET",
    "/requests",
    query={
        **{"since": SINCE, **TARGET.fields, "status": MATCH.fields["status"], "limit": LIMIT},
        "format": one_of(("json", "har")),
    },
)
def list_requests(
    request: ControlRequest,
    since: str | None = None,
    limit: int = 100,
    format: str = "json",
    **filters: Any,
) -> Json:
    """List the journaled requests.

    Returns the first ``limit`` matching requests after the request ``since``, oldest first. The
    format ``har`` is a HAR file (HTTP Archive 1.2), which browsers show and MSW replays.
    """
    journal, match = request.sandbox.journal, Match.from_dict(filters)
    matches = [exchange for exchange in _entries_since(journal, since) if match(exchange)]
    if format == "har":
        return to_har(matches[:limit], request.http.host_url.rstrip("/"))
    return page(matches, limit, journal.evicted, Exchange.to_summary)


@routes.add("GET", "/requests/<name>")
def retrieve_request(request: ControlRequest, name: str) -> Json:
    """Get a request and its response, and a curl command that repeats it."""
    sandbox, http = request.sandbox, request.http
    for exchange in sandbox.journal.entries():
        if exchange.id == name:
            try:
                token = credential(http.headers.get("Authorization"))
                sandbox_name(token)
            except Unauthorized:
                token = ""
            command = curl(exchange, sandbox.name, http.host_url, token)
            return {**exchange.to_detail(), "curl": command}
    raise NotFound(_not_in_journal(sandbox.journal, name))


@routes.add("DELETE", "/requests", body={"match": Nested(MATCH)})
def remove_requests(request: ControlRequest) -> Json:
    """Remove matching requests, or all, from the journal."""
    journal, match = request.sandbox.journal, request.body.get("match")
    return {"removed": journal.remove(Match.from_dict(match)) if match else journal.clear()}


@routes.add("POST", "/requests/verify", body=EXPECTATION)
def verify_requests(request: ControlRequest) -> Json:
    """Verify how many requests match; report the nearest misses."""
    return _verify(request, expectations.reachable_match(request))


@routes.add("POST", "/requests/wait", body=EXPECTATION | expectations.TIMEOUT)
def await_requests(request: ControlRequest) -> Json:
    """Verify once the expected requests have arrived, or after a timeout.

    ``timeout`` is in seconds of real time, 5 by default.
    """
    match = expectations.reachable_match(request)
    watch = partial(request.sandbox.journal.watches.watch, match.target.concerns, match)
    return expectations.wait_until_verified(request, watch, lambda: _verify(request, match))


def _verify(request: ControlRequest, match: Match) -> Json:
    """Return whether the expected number of requests match; if not, with the nearest misses."""
    journal = request.sandbox.journal
    exchanges, evicted = journal.entries(), journal.evicted
    matches = [exchange.id for exchange in exchanges if match(exchange)]
    dropped = [exchange.id for exchange in exchanges if match.may_match(exchange)]
    verified = expectations.verdict(len(matches), evicted + len(dropped), request.body)
    result: Json = {"verified": bool(verified), "count": len(matches), "requests": matches}
    if verified is None:
        losses = [f"{evicted} older requests were evicted from the journal"] if evicted else []
        losses += [f"the bodies of {', '.join(dropped[:20])} were dropped"] if dropped else []
        result["reason"] = (
            f"undecided: {' and '.join(losses)}; any of them may match; clear the journal "
            "(DELETE /_sandbox/requests) before the requests to verify"
        )
    if not verified:
        result["strays"] = strays.advice(request)
        result["nearest"] = [
            {"request": exchange.to_summary(), "differences": differences}
            for exchange, differences in near_misses(match, exchanges)
        ]
    return result


@routes.add("GET", "/changes", query={"since": SINCE})
def list_changes(request: ControlRequest, since: str | None = None) -> Json:
    """List the net change of each object, and all events, since a request."""
    journal = request.sandbox.journal
    exchanges = _entries_since(journal, since)
    changes = squash(change for exchange in exchanges for change in exchange.change_set.changes)
    return {
        "evicted": journal.evicted,
        "changes": [to_detail(change) for change in changes],
        "events": [
            {"request": exchange.id, **event._asdict()}
            for exchange in exchanges
            for event in exchange.change_set.events
        ],
    }


@routes.add("GET", "/events", query={"since": SINCE, "type": Wildcard(), "limit": LIMIT})
def list_events(
    request: ControlRequest, since: str | None = None, type: str = "*", limit: int = 100
) -> Json:
    """List the events and the requests that caused them.

    Returns the first ``limit`` matching events after the event ``since``, oldest first. ``type``
    may contain ``*``.
    """
    journal = request.sandbox.journal
    events: list[Json] = [
        {"request": exchange.id, "at": exchange.at, **event._asdict()}
        for exchange in journal.entries()
        for event in exchange.change_set.events
    ]
    if since is not None:
        ids = [event["id"] for event in events]
        if since not in ids:
            raise InvalidRequest(f"since: the journal has no event '{since}'")
        events = events[ids.index(since) + 1 :]
    matches = [event for event in events if wildcard.matches(event["type"], type)]
    return page(matches, limit, journal.evicted, dict)


def _entries_since(journal: Journal, exchange_id: str | None) -> list[Exchange]:
    try:
        return journal.entries(exchange_id)
    except LookupError:
        raise InvalidRequest(f"since: {_not_in_journal(journal, str(exchange_id))}") from None


def _not_in_journal(journal: Journal, exchange_id: str) -> str:
    evicted = f"; the oldest {journal.evicted} requests were evicted" if journal.evicted else ""
    return f"the journal has no request '{exchange_id}'{evicted}"
