"""The control API's questions about what happened: journal, verify, wait, changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.core.clock import stopwatch
from mockserver.errors import InvalidRequest, NotFound
from mockserver.instruments.changes import detail, net
from mockserver.instruments.exchange import Exchange
from mockserver.instruments.journal import Journal
from mockserver.instruments.matching import Match, nearest
from mockserver.schema.attributes import Attributes
from mockserver.schema.fields import LATEST, Attribute, Object, Text, Whole
from mockserver.schema.nested import Nested

COUNT = 1_000_000_000
LONGEST_WAIT = 300
#: How often a wait looks whether the server is stopping, in seconds.
SLICE = 0.1

MATCH = Attributes(
    {
        "method": Text(),
        "path": Text(),
        "operation": Text(),
        "status": Whole(100, 599),
        "query": Object(),
        "headers": Object(),
        "body": Object(),
    }
)
WANTED: dict[str, Attribute] = {
    "match": Nested(MATCH),
    "count": Whole(0, COUNT),
    "at_least": Whole(0, COUNT),
    "at_most": Whole(0, COUNT),
}
VERIFY = Attributes(WANTED)
WAIT = Attributes(WANTED | {"timeout": Whole(0, LONGEST_WAIT)})
REMOVE = Attributes({"match": Nested(MATCH)})
LIST: dict[str, Attribute] = {
    "since": Text(),
    "method": Text(),
    "path": Text(),
    "operation": Text(),
    "status": Whole(100, 599),
    "limit": Whole(1, 1000),
}
CHANGES: dict[str, Attribute] = {"since": Text()}


def listed(journal: Journal, values: Mapping[str, Any]) -> dict[str, Any]:
    """The exchanges that match, oldest first; ``limit`` of them, those that came first."""
    wanted = {name: value for name, value in values.items() if name not in ("since", "limit")}
    match, limit = Match(**wanted), values.get("limit", 100)
    found = [each for each in since(journal, values.get("since")) if match(each)]
    return {
        "has_more": len(found) > limit,
        "evicted": journal.evicted,
        "data": [each.summary() for each in found[:limit]],
    }


def retrieved(journal: Journal, exchange_id: str) -> dict[str, Any]:
    """One exchange, whole; raises ``NotFound``."""
    for each in journal.entries():
        if each.id == exchange_id:
            return each.whole()
    raise NotFound(_no_such(journal, exchange_id))


def removed(journal: Journal, values: Mapping[str, Any]) -> dict[str, Any]:
    """Forget the exchanges that match, or all; says how many."""
    return {"removed": journal.remove(Match(**values.get("match", {})))}


def verified(journal: Journal, values: Mapping[str, Any]) -> dict[str, Any]:
    """Whether as many requests match as are wanted: at least one, where no count is given.

    Where not, the nearest misses are told with their differences.
    """
    match = Match(**values.get("match", {}))
    exchanges = journal.entries()
    found = [each for each in exchanges if match(each)]
    fine = _enough(len(found), values)
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


def awaited(journal: Journal, values: Mapping[str, Any], parking: Any) -> dict[str, Any]:
    """The same, once it holds or ``timeout`` (seconds of real time, 5 if not given) is over.

    ``parking`` is the server's, so that a wait holds up nobody and a stop ends it; None where
    another WSGI server runs the application.
    """
    deadline = stopwatch() + values.get("timeout", 5)
    while True:
        seen = journal.appended
        told = verified(journal, values)
        left = deadline - stopwatch()
        if told["verified"] or left <= 0 or (parking and not parking.wait(0)):
            return told
        journal.await_growth(seen, min(left, SLICE))


def changed(journal: Journal, exchange_id: str | None) -> dict[str, Any]:
    """What remains of all changes since a request, object by object, and all events."""
    exchanges = since(journal, exchange_id)
    changes = net(change for each in exchanges for change in each.happened.changes)
    return {
        "changes": [detail(change) for change in changes],
        "events": [
            {"request": each.id, **event._asdict()}
            for each in exchanges
            for event in each.happened.events
        ],
    }


def since(journal: Journal, exchange_id: str | None) -> Sequence[Exchange]:
    """The exchanges after one, or all; raises ``InvalidRequest`` where it is not kept."""
    try:
        return journal.entries(exchange_id)
    except LookupError:
        raise InvalidRequest(f"since: {_no_such(journal, str(exchange_id))}") from None


def _enough(count: int, values: Mapping[str, Any]) -> bool:
    if not values.keys() & {"count", "at_least", "at_most"}:
        return count >= 1
    exactly = values.get("count", count)
    least, most = values.get("at_least", 0), values.get("at_most", LATEST)
    return bool(count == exactly and least <= count <= most)


def _no_such(journal: Journal, exchange_id: str) -> str:
    gone = f"; {journal.evicted} older ones were evicted" if journal.evicted else ""
    return f"there is no request '{exchange_id}' in the journal{gone}"
