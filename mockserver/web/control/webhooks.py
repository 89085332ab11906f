"""The webhooks of a sandbox, the rules for their deliveries, and the log of deliveries."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import partial
from operator import attrgetter
from typing import Any

import orjson

from mockserver.errors import InvalidRequest, NotFound
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.compound import Nested
from mockserver.schema.fields import NonEmptyString, StrictDict, Timestamp, integer, one_of
from mockserver.schema.schema import Schema, ValidatedInput
from mockserver.storage.world import Event
from mockserver.web.control.context import ControlRequest, Fields, Json, Routes, item_problems, page
from mockserver.web.control.expectations import DEFAULT_TIMEOUT, TIMEOUT
from mockserver.web.fault_injection import wait_slots
from mockserver.webhooks.log import DeliveryLog
from mockserver.webhooks.models import CREATE_WEBHOOK, STATES, UPDATE_WEBHOOK, Delivery
from mockserver.webhooks.registry import invalid_event_types, validate_webhook
from mockserver.webhooks.rules import RULES, DeliveryRule

EVENT_TYPES = ResourceRegistry().event_types
#: A function for each filter, which returns the value of a delivery to compare.
FILTERED_VALUES = {
    "webhook": attrgetter("webhook.id"),
    "event": attrgetter("event_id"),
    "type": attrgetter("event_type"),
    "request": attrgetter("request_id"),
    "state": attrgetter("state"),
}
FILTERS: Fields = {**{name: NonEmptyString() for name in FILTERED_VALUES}, "state": one_of(STATES)}
LIMIT = integer(1, 1000)
MAX_LISTED = 100  # deliveries in the response to a wait

routes = Routes()


@routes.add("GET", "/webhooks")
def list_webhooks(request: ControlRequest) -> Json:
    """List the webhooks."""
    return {"data": [webhook.to_dict() for webhook in request.sandbox.webhooks.registry.list()]}


@routes.add("POST", "/webhooks", body=CREATE_WEBHOOK, status=201)
def create_webhook(request: ControlRequest) -> Json:
    """Create a webhook; only this response has the complete secret."""
    webhook = request.sandbox.webhooks.registry.create(_validated(request))
    return webhook.to_dict(reveal_secret=True)


@routes.add("GET", "/webhooks/<name>")
def retrieve_webhook(request: ControlRequest, name: str) -> Json:
    """Get a webhook."""
    return request.sandbox.webhooks.registry.retrieve(name).to_dict()


@routes.add("PUT", "/webhooks/<name>", body=UPDATE_WEBHOOK)
def update_webhook(request: ControlRequest, name: str) -> Json:
    """Update a webhook; omitted attributes keep their values."""
    return request.sandbox.webhooks.registry.update(name, _validated(request)).to_dict()


@routes.add("DELETE", "/webhooks/<name>")
def delete_webhook(request: ControlRequest, name: str) -> Json:
    """Delete a webhook; its pending deliveries are dropped."""
    request.sandbox.webhooks.registry.delete(name)
    return {"deleted": name}


@routes.add("GET", "/webhooks/rules")
def list_delivery_rules(request: ControlRequest) -> Json:
    """List the delivery rules."""
    return {"data": [asdict(rule) for rule in request.sandbox.webhooks.rules.list()]}


@routes.add("PUT", "/webhooks/rules", body={"data": RULES})
def replace_delivery_rules(request: ControlRequest) -> Json:
    """Replace the rules that hold, drop, corrupt, duplicate, delay or shuffle deliveries.

    The first rule that matches an event's type applies.
    """
    rules = [DeliveryRule(**rule) for rule in request.body["data"]]
    request.draft.raise_for_errors(
        item_problems(rules, lambda rule: invalid_event_types(rule.events, EVENT_TYPES))
    )
    request.sandbox.webhooks.rules.replace(rules)
    return list_delivery_rules(request)


@routes.add("DELETE", "/webhooks/rules")
def delete_delivery_rules(request: ControlRequest) -> Json:
    """Delete all delivery rules; held deliveries stay held until they are released."""
    return {"removed": request.sandbox.webhooks.rules.clear()}


@routes.add(
    "POST",
    "/webhooks/trigger",
    body={"type": one_of(EVENT_TYPES, required=True), "override": StrictDict()},
    status=201,
)
def trigger(request: ControlRequest) -> Json:
    """Send an event as if it had happened.

    Nothing else changes. The payload is the latest object of the event's kind, updated with
    ``override``.
    """
    sandbox, event_type = request.sandbox, request.body["type"]
    override = request.body.get("override", {})
    try:
        orjson.dumps(override)  # fails for a lone surrogate, which UTF-8 cannot encode
    except orjson.JSONEncodeError as error:
        raise InvalidRequest(f"override: {error}") from None
    kind = event_type.partition(".")[0]
    [resource] = [resource for resource in request.context.resources if resource.kind == kind]
    with sandbox.transaction() as world:
        latest = resource.list(world, ValidatedInput({"limit": 1}))["data"]
        if not latest:
            raise NotFound(f"the sandbox has no {kind} to use as the payload; create one first")
        event = Event(world.ids.new("event"), event_type, {**latest[0], **override})
        # Hold the lock, so that a reset cannot come between the event and its deliveries.
        sandbox.webhooks.dispatch([event])
    return event._asdict()


class DeliveryCounter:
    """The matching processed deliveries. Each count reads only the latest changes of the log."""

    def __init__(self, log: DeliveryLog, filters: Mapping[str, Any]) -> None:
        self._log = log
        self._filters = filters
        self._matches: dict[int, Delivery] = {}
        self._version = 0

    def count(self) -> int:
        for delivery in self._log.changed_since(self._version):
            self._matches.pop(delivery.number, None)
            if delivery.is_processed and _matches(delivery, self._filters):
                self._matches[delivery.number] = delivery
        self._version = self._log.version
        return len(self._matches)

    def latest(self) -> list[Delivery]:
        """Return the latest matches, at most ``MAX_LISTED``, in order."""
        return [self._matches[number] for number in sorted(self._matches)[-MAX_LISTED:]]


@routes.add("GET", "/deliveries", query={**FILTERS, "since": NonEmptyString(), "limit": LIMIT})
def list_deliveries(
    request: ControlRequest, /, since: str | None = None, limit: int = 100, **filters: Any
) -> Json:
    """List the deliveries.

    Returns the first ``limit`` matching deliveries after the delivery ``since``, oldest first.
    """
    log = request.sandbox.webhooks.log
    first = 0 if since is None else _get(log, since).number
    matches = [item for item in log if item.number > first and _matches(item, filters)]
    return page(matches, limit, log.evicted, Delivery.to_summary)


@routes.add("GET", "/deliveries/<name>")
def retrieve_delivery(request: ControlRequest, name: str) -> Json:
    """Get a delivery with all its attempts."""
    return _get(request.sandbox.webhooks.log, name).to_detail()


@routes.add("POST", "/deliveries/<name>/redeliver", body={})
def redeliver(request: ControlRequest, name: str) -> Json:
    """Send a delivery again."""
    webhooks = request.sandbox.webhooks
    delivery = _get(webhooks.log, name)
    webhooks.redeliver([delivery])
    return delivery.to_summary()


@routes.add(
    "POST",
    "/deliveries/redeliver",
    body={"since": Timestamp(), "event": NonEmptyString(), "webhook": NonEmptyString()},
)
def redeliver_many(request: ControlRequest) -> Json:
    """Send failed deliveries again, or an event to all webhooks that received it.

    ``since`` is on the sandbox's clock; ``webhook`` restricts an event to one webhook.
    """
    body, webhooks = request.body, request.sandbox.webhooks
    if ("since" in body) == ("event" in body) or body.keys() == {"since", "webhook"}:
        raise InvalidRequest("send either 'since', or 'event' with an optional 'webhook'")
    if "since" in body:
        return _listed(webhooks.redeliver_failed(body["since"]))
    # Redeliver only the latest delivery to each webhook: a rule may have duplicated it.
    latest = {
        delivery.webhook.id: delivery for delivery in webhooks.log if _matches(delivery, body)
    }
    if not latest:
        receiver = f" to '{body['webhook']}'" if "webhook" in body else ""
        raise NotFound(f"the log has no delivery of the event '{body['event']}'{receiver}")
    webhooks.redeliver(latest.values())
    return _listed(latest.values())


@routes.add("POST", "/deliveries/release", body={"count": LIMIT})
def release(request: ControlRequest) -> Json:
    """Attempt held deliveries, in order; respond once each was attempted."""
    return _listed(request.sandbox.webhooks.release(request.body.get("count", 1)))


@routes.add(
    "POST",
    "/webhooks/wait",
    body={
        "match": Nested(Schema.with_fields(**FILTERS)),
        "at_least": integer(1, 1_000_000),
        **TIMEOUT,
    },
)
def await_deliveries(request: ControlRequest) -> Json:
    """Wait until no delivery is in progress or due, or until enough deliveries match.

    Deliveries match once they were attempted, held or dropped. ``timeout`` is in seconds of real
    time, 5 by default. ``counts`` does not include the deliveries that the log has ``evicted``.
    """
    body, webhooks = request.body, request.sandbox.webhooks
    timeout, minimum = body.get("timeout", DEFAULT_TIMEOUT), body.get("at_least", 1)
    counter = DeliveryCounter(webhooks.log, body.get("match", {}))
    slots = wait_slots(request.http.environ)
    sleep = partial(slots.wait_for, seconds=timeout)
    with slots.long_poll():
        if body.keys() & {"match", "at_least"}:
            settled = webhooks.changes.wait_for(lambda: counter.count() >= minimum, sleep)
        else:
            settled = webhooks.wait_until_idle(sleep)
    count = counter.count()
    states = [delivery.state for delivery in webhooks.log]
    return {
        "settled": settled,
        "counts": {state: states.count(state) for state in STATES},
        "next_due": webhooks.retries.next_due,
        "matched": count,
        "evicted": webhooks.log.evicted,
        **_listed(counter.latest()),
    }


def _validated(request: ControlRequest) -> Json:
    return validate_webhook(request.body, request.context.settings.allow_webhook_host, EVENT_TYPES)


def _get(log: DeliveryLog, delivery_id: str) -> Delivery:
    delivery = log.get(delivery_id)
    if delivery is None:
        evicted = f"; the oldest {log.evicted} deliveries were evicted" if log.evicted else ""
        raise NotFound(f"the log has no delivery '{delivery_id}'{evicted}")
    return delivery


def _listed(deliveries: Iterable[Delivery]) -> Json:
    return {"data": [delivery.to_summary() for delivery in deliveries]}


def _matches(delivery: Delivery, filters: Mapping[str, Any]) -> bool:
    return all(FILTERED_VALUES[name](delivery) == value for name, value in filters.items())
