"""The log of webhook deliveries: read it, send again, release, and wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.errors import InvalidRequest, NotFound
from mockserver.schema.compound import Nested
from mockserver.schema.fields import (
    NonEmptyString,
    OneOf,
    Range,
    StrictField,
    StrictInteger,
    StrictString,
    Timestamp,
)
from mockserver.schema.schema import Schema
from mockserver.web.control.context import EMPTY, AdminContext, Json, Routes, page, read_body
from mockserver.web.control.expectations import DEFAULT_TIMEOUT, TIMEOUT, long_poll
from mockserver.web.request import Request
from mockserver.webhooks.dispatcher import WebhookDispatcher
from mockserver.webhooks.log import DeliveryLog
from mockserver.webhooks.models import STATES, Delivery

#: The value of a delivery that each filter compares.
FILTERED_VALUES: Mapping[str, Callable[[Delivery], str | None]] = {
    "webhook": lambda delivery: delivery.webhook.id,
    "event": lambda delivery: delivery.event_id,
    "type": lambda delivery: delivery.event_type,
    "request": lambda delivery: delivery.request_id,
    "state": lambda delivery: delivery.state,
}
FILTERS: dict[str, StrictField] = {
    "webhook": NonEmptyString(),
    "event": NonEmptyString(),
    "type": NonEmptyString(),
    "request": NonEmptyString(),
    "state": StrictString(validate=OneOf(STATES)),
}
MAX_LISTED = 100
"""The number of deliveries in the response to a wait."""

LIST_QUERY = {**FILTERS, "since": NonEmptyString(), "limit": StrictInteger(validate=Range(1, 1000))}
REDELIVER = Schema.from_dict(
    {"since": Timestamp(), "event": NonEmptyString(), "webhook": NonEmptyString()}
)()
RELEASE = Schema.from_dict({"count": StrictInteger(validate=Range(1, 1000))})()
WAIT = Schema.from_dict(
    {
        "match": Nested(Schema.from_dict(FILTERS)()),
        "at_least": StrictInteger(validate=Range(1, 1_000_000)),
        **TIMEOUT,
    }
)()

routes = Routes()


class DeliveryCounter:
    """The processed deliveries of a log that match; counting again reads only new changes."""

    def __init__(self, log: DeliveryLog, filters: Mapping[str, Any]) -> None:
        self._log = log
        self._filters = filters
        self._matches: dict[int, Delivery] = {}
        self._version = 0

    def count(self) -> int:
        """Return how many match now."""
        changed = self._log.changed_since(self._version)
        for delivery in changed:
            self._matches.pop(delivery.number, None)
            if delivery.is_processed and _matches(delivery, self._filters):
                self._matches[delivery.number] = delivery
        self._version = changed[0].version if changed else self._version
        return len(self._matches)

    def latest(self) -> list[Delivery]:
        """Return the latest matches, in order."""
        return [self._matches[number] for number in sorted(self._matches)[-MAX_LISTED:]]


@routes.add("GET", "/deliveries", query=LIST_QUERY)
def list_deliveries(
    context: AdminContext,
    request: Request,
    /,  # ``request`` is one of the filters too
    since: str | None = None,
    limit: int = 100,
    **filters: Any,
) -> Json:
    """List the deliveries.

    The first ``limit`` that match after the delivery ``since``, oldest first.
    """
    log = context.sandbox(request).webhooks.log
    first = 0 if since is None else _get(log, since).number
    matches = [delivery for delivery in log if delivery.number > first]
    matches = [delivery for delivery in matches if _matches(delivery, filters)]
    return page(matches, limit, log.evicted, Delivery.to_summary)


@routes.add("GET", "/deliveries/<name>")
def retrieve_delivery(context: AdminContext, request: Request, name: str) -> Json:
    """Get a delivery with all its attempts."""
    return _get(context.sandbox(request).webhooks.log, name).to_detail()


@routes.add("POST", "/deliveries/<name>/redeliver", example={}, body=EMPTY)
def redeliver(context: AdminContext, request: Request, name: str) -> Json:
    """Send a delivery again."""
    read_body(request, EMPTY)
    webhooks = context.sandbox(request).webhooks
    delivery = _get(webhooks.log, name)
    webhooks.redeliver([delivery])
    return delivery.to_summary()


@routes.add("POST", "/deliveries/redeliver", example={"since": 0}, body=REDELIVER)
def redeliver_many(context: AdminContext, request: Request) -> Json:
    """Send failed deliveries again, or an event to all webhooks that received it.

    ``since`` is on the sandbox's clock; ``webhook`` restricts an event to one webhook.
    """
    body = read_body(request, REDELIVER)
    webhooks, event = context.sandbox(request).webhooks, body.get("event")
    if ("since" in body) == (event is not None) or body.keys() == {"since", "webhook"}:
        raise InvalidRequest("send either 'since', or 'event' with an optional 'webhook'")
    if event is None:
        failed = webhooks.redeliver_failed(body["since"])
        return {"data": [delivery.to_summary() for delivery in failed]}
    filters = {name: value for name, value in body.items() if value is not None}
    # One per webhook, even if a rule duplicated the delivery.
    latest = {
        delivery.webhook.id: delivery for delivery in webhooks.log if _matches(delivery, filters)
    }
    if not latest:
        receiver = f" to '{body['webhook']}'" if "webhook" in body else ""
        raise NotFound(f"the log has no delivery of the event '{event}'{receiver}")
    webhooks.redeliver(latest.values())
    return {"data": [delivery.to_summary() for delivery in latest.values()]}


@routes.add("POST", "/deliveries/release", example={"count": 1}, body=RELEASE)
def release(context: AdminContext, request: Request) -> Json:
    """Attempt held deliveries, in order; respond once each was attempted."""
    count = read_body(request, RELEASE).get("count", 1)
    released = context.sandbox(request).webhooks.release(count)
    return {"data": [delivery.to_summary() for delivery in released]}


@routes.add("POST", "/webhooks/wait", example={"timeout": 5}, body=WAIT)
def await_deliveries(context: AdminContext, request: Request) -> Json:
    """Wait until no delivery is in progress or due, or until enough deliveries match.

    Deliveries match once they were attempted, held or dropped. ``timeout`` is in seconds of real
    time, 5 by default.
    """
    body = read_body(request, WAIT)
    webhooks, timeout = context.sandbox(request).webhooks, body.get("timeout", DEFAULT_TIMEOUT)
    minimum = body.get("at_least", 1)
    counter = DeliveryCounter(webhooks.log, body.get("match") or {})
    with long_poll(request) as is_stopping:
        if body.keys() & {"match", "at_least"}:
            settled = webhooks.wait_for(lambda: counter.count() >= minimum, timeout, is_stopping)
        else:
            settled = webhooks.wait_until_idle(timeout, is_stopping)
    count = counter.count()
    return {
        "settled": settled,
        **_counts(webhooks),
        "matched": count,
        "data": [delivery.to_summary() for delivery in counter.latest()],
    }


def _get(log: DeliveryLog, delivery_id: str) -> Delivery:
    delivery = log.get(delivery_id)
    if delivery is None:
        evicted = f"; {log.evicted} older ones were evicted" if log.evicted else ""
        raise NotFound(f"the log has no delivery '{delivery_id}'{evicted}")
    return delivery


def _matches(delivery: Delivery, filters: Mapping[str, Any]) -> bool:
    return all(FILTERED_VALUES[name](delivery) == value for name, value in filters.items())


def _counts(webhooks: WebhookDispatcher) -> dict[str, Any]:
    """Return the number of deliveries per state, and when the next is due."""
    states = [delivery.state for delivery in webhooks.log]
    counts = {state: states.count(state) for state in STATES}
    return {"counts": counts, "next_due": webhooks.next_due}
