"""The deliveries of a sandbox: what was sent to whom, what came back, once more, and waiting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from mockserver.errors import InvalidRequest, NotFound
from mockserver.schema.fields import Attribute, Choice, Text, Timestamp, Whole
from mockserver.schema.nested import Nested
from mockserver.schema.schema import Attributes
from mockserver.web.control.context import NOTHING, AdminContext, answer, values
from mockserver.web.control.polling import TIMEOUT
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request
from mockserver.webhooks.dispatcher import WebhookDispatcher
from mockserver.webhooks.models import STATES, Delivery

#: What a match asks of a delivery.
ASKED: Mapping[str, Callable[[Delivery], str | None]] = {
    "webhook": lambda each: each.webhook.id,
    "event": lambda each: each.event_id,
    "type": lambda each: each.event_type,
    "request": lambda each: each.request_id,
    "state": lambda each: each.state,
}
MATCH: dict[str, Attribute] = {
    "webhook": Text(),
    "event": Text(),
    "type": Text(),
    "request": Text(),
    "state": Choice(STATES),
}
MOST_TOLD = 100
"""How many of the deliveries that it has waited for a wait tells of."""

LIST = {**MATCH, "since": Text(), "limit": Whole(1, 1000)}
AGAIN = Attributes({"since": Timestamp(), "event": Text(), "webhook": Text()})
WAIT = Attributes(
    {
        "match": Nested(Attributes(MATCH)),
        "at_least": Whole(1, 1_000_000),
        **TIMEOUT,
    }
)


def list_deliveries(
    control: AdminContext, call: Request, since: str | None = None, limit: int = 100, **wanted: Any
) -> JsonResponse:
    """Those that match, oldest first; ``since`` is a delivery's id."""
    log = control.sandbox(call).webhooks.log
    first = 0 if since is None else _found(control, call, since).number
    found = [each for each in log if each.number > first and _matches(each, wanted)]
    return answer(
        {
            "has_more": len(found) > limit,
            "evicted": log.evicted,
            "data": [each.to_summary() for each in found[:limit]],
        }
    )


def retrieve_delivery(control: AdminContext, call: Request, name: str) -> JsonResponse:
    return answer(_found(control, call, name).to_detail())


def redeliver(control: AdminContext, call: Request, name: str) -> JsonResponse:
    values(call, NOTHING)
    delivery = _found(control, call, name)
    control.sandbox(call).webhooks.redeliver([delivery])
    return answer(delivery.to_summary())


def redeliver_many(control: AdminContext, call: Request) -> JsonResponse:
    """All that have failed since a moment on the sandbox's clock; or an event, to each webhook that
    was told of it, or to one."""
    given = values(call, AGAIN)
    outbox, event = control.sandbox(call).webhooks, given.get("event")
    if ("since" in given) == (event is not None) or given.keys() == {"since", "webhook"}:
        raise InvalidRequest("give 'since', or an 'event' and perhaps a 'webhook'")
    if event is None:
        again = outbox.redeliver_failed(given["since"])
        return answer({"data": [each.to_summary() for each in again]})
    wanted = {name: value for name, value in given.items() if value is not None}
    # One for each webhook, even if a rule duplicated the delivery.
    latest = {each.webhook.id: each for each in outbox.log if _matches(each, wanted)}
    if not latest:
        to = f" to '{given['webhook']}'" if "webhook" in given else ""
        raise NotFound(f"there is no delivery of the event '{event}'{to} in the log")
    outbox.redeliver(latest.values())
    return answer({"data": [each.to_summary() for each in latest.values()]})


def await_deliveries(control: AdminContext, call: Request) -> JsonResponse:
    """Until nothing is under way and nothing due; or until deliveries match, whatever their state
    but the first; or until ``timeout`` (seconds of real time, 5 if not given) is over."""
    given = values(call, WAIT)
    outbox, seconds = control.sandbox(call).webhooks, given.get("timeout", 5)
    parking: Any = call.environ.get("mockserver.wait_slots")
    match, least = given.get("match") or {}, given.get("at_least", 1)
    found: dict[int, Delivery] = {}
    seen = 0

    def matched() -> int:
        """How many match, brought up to date by what has moved since the last time."""
        nonlocal seen
        moved = outbox.log.changed_since(seen)
        for each in moved:
            found.pop(each.number, None)
            if each.is_processed and _matches(each, match):
                found[each.number] = each
        seen = moved[0].version if moved else seen
        return len(found)

    def stopping() -> bool:
        return bool(parking) and not parking.wait(0)

    with parking.long_poll() if parking else nullcontext():
        if given.keys() & {"match", "at_least"}:
            fine = outbox.wait_for(lambda: matched() >= least, seconds, stopping)
        else:
            fine = outbox.wait_until_idle(seconds, stopping)
    told = matched()
    latest = sorted(found)[-MOST_TOLD:]
    return answer(
        {
            "settled": fine,
            **_counts(outbox),
            "matched": told,
            "data": [found[number].to_summary() for number in latest],
        }
    )


def _found(control: AdminContext, call: Request, delivery_id: str) -> Delivery:
    log = control.sandbox(call).webhooks.log
    found = log.get(delivery_id)
    if found is None:
        gone = f"; {log.evicted} older ones were evicted" if log.evicted else ""
        raise NotFound(f"there is no delivery '{delivery_id}' in the log{gone}")
    return found


def _matches(delivery: Delivery, wanted: Mapping[str, Any]) -> bool:
    return all(ASKED[name](delivery) == value for name, value in wanted.items())


def _counts(outbox: WebhookDispatcher) -> dict[str, Any]:
    """How many deliveries are in which state, and when the next is due."""
    states = [each.state for each in outbox.log]
    counts = {state: states.count(state) for state in STATES}
    return {"counts": counts, "next_due": outbox.next_due}


ROUTES = (
    Route("GET", "/deliveries", list_deliveries, "the log of deliveries", parameters=LIST),
    Route("GET", "/deliveries/<name>", retrieve_delivery, "one, with all its attempts"),
    Route("POST", "/deliveries/<name>/redeliver", redeliver, "send it once more", {}, NOTHING),
    Route(
        "POST",
        "/deliveries/redeliver",
        redeliver_many,
        "send all once more that have failed since, or an event to all that were told of it",
        {"since": 0},
        AGAIN,
    ),
    Route(
        "POST",
        "/webhooks/wait",
        await_deliveries,
        "until nothing is under way and nothing due, or until deliveries match",
        {"timeout": 5},
        WAIT,
    ),
)
