"""The webhooks of a sandbox, the rules for their deliveries, and triggering events."""

from __future__ import annotations

import orjson

from mockserver.errors import InvalidRequest, NotFound
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.compound import List, Nested
from mockserver.schema.fields import OneOf, StrictDict, StrictString
from mockserver.schema.schema import ValidatedInput
from mockserver.storage.world import Event
from mockserver.web.control.context import Call, Json, Routes, item_problems
from mockserver.webhooks.models import CREATE_WEBHOOK, UPDATE_WEBHOOK
from mockserver.webhooks.registry import invalid_event_types, validate_webhook
from mockserver.webhooks.rules import RULE, DeliveryRule

EVENT_TYPES = ResourceRegistry().event_types
EXAMPLE = {"url": "http://127.0.0.1:9000/hook", "events": ["message.*"], "secret": "s3cret"}

routes = Routes()


@routes.add("GET", "/webhooks")
def list_webhooks(call: Call) -> Json:
    """List the webhooks."""
    return {"data": [webhook.to_dict() for webhook in call.sandbox.webhooks.registry.list()]}


@routes.add("POST", "/webhooks", example=EXAMPLE, body=CREATE_WEBHOOK, status=201)
def create_webhook(call: Call) -> Json:
    """Create a webhook; only this response has the whole secret."""
    webhook = call.sandbox.webhooks.registry.create(_validated(call))
    return webhook.to_dict(reveal_secret=True)


@routes.add("GET", "/webhooks/<name>")
def retrieve_webhook(call: Call, name: str) -> Json:
    """Get a webhook."""
    return call.sandbox.webhooks.registry.retrieve(name).to_dict()


@routes.add("PUT", "/webhooks/<name>", example={"enabled": False}, body=UPDATE_WEBHOOK)
def update_webhook(call: Call, name: str) -> Json:
    """Update a webhook."""
    return call.sandbox.webhooks.registry.update(name, _validated(call)).to_dict()


@routes.add("DELETE", "/webhooks/<name>")
def delete_webhook(call: Call, name: str) -> Json:
    """Delete a webhook."""
    call.sandbox.webhooks.registry.delete(name)
    return {"deleted": name}


def _validated(call: Call) -> Json:
    return validate_webhook(call.body, call.context.settings.allow_webhook_host, EVENT_TYPES)


@routes.add("GET", "/webhooks/rules")
def list_delivery_rules(call: Call) -> Json:
    """List the delivery rules."""
    return {"data": [rule.to_dict() for rule in call.sandbox.webhooks.rules.list()]}


@routes.add(
    "PUT",
    "/webhooks/rules",
    example={"data": [{"events": ["message.*"], "action": {"type": "duplicate", "times": 1}}]},
    body={"data": List(Nested(RULE), required=True)},
)
def replace_delivery_rules(call: Call) -> Json:
    """Replace the rules that hold, drop, corrupt, duplicate, delay or shuffle deliveries.

    The first rule that matches an event's type applies.
    """
    rules = [DeliveryRule(rule.get("events", ["*"]), rule["action"]) for rule in call.body["data"]]
    call.draft.raise_for_errors(
        item_problems(rules, lambda rule: invalid_event_types(rule.events, EVENT_TYPES))
    )
    call.sandbox.webhooks.rules.replace(rules)
    return list_delivery_rules(call)


@routes.add("DELETE", "/webhooks/rules")
def delete_delivery_rules(call: Call) -> Json:
    """Delete all delivery rules; held deliveries stay held until they are released."""
    return {"removed": call.sandbox.webhooks.rules.clear()}


@routes.add(
    "POST",
    "/webhooks/trigger",
    example={"type": "message.created", "override": {"message": "Good evening."}},
    body={
        "type": StrictString(validate=OneOf(EVENT_TYPES), required=True),
        "override": StrictDict(),
    },
    status=201,
)
def trigger(call: Call) -> Json:
    """Send an event as if it had happened.

    Nothing else changes. Its payload is the latest object of the kind, updated with ``override``.
    """
    sandbox, event_type, override = call.sandbox, call.body["type"], call.body.get("override", {})
    try:
        orjson.dumps(override)  # refuses what a delivery cannot carry, such as a lone surrogate
    except orjson.JSONEncodeError as error:
        raise InvalidRequest(f"override: {error}") from None
    kind = event_type.partition(".")[0]
    [resource] = [resource for resource in call.context.resources if resource.kind == kind]
    with sandbox.transaction() as world:
        latest = resource.list(world, ValidatedInput({"limit": 1}))["data"]
        if not latest:
            raise NotFound(f"the sandbox has no {kind} to use as the payload; create one first")
        event = Event(world.ids.new("event"), event_type, {**latest[0], **override})
    sandbox.webhooks.dispatch([event], None, sandbox.now())
    return event._asdict()
