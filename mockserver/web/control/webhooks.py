"""The webhooks of a sandbox, the rules for their deliveries, and triggering events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from mockserver.errors import InvalidRequest, NotFound
from mockserver.schema.compound import List, Nested
from mockserver.schema.fields import OneOf, StrictDict, StrictString
from mockserver.schema.schema import Schema, ValidatedInput
from mockserver.storage.world import Event, World
from mockserver.web.control.context import AdminContext, Json, Routes, raise_for_items, read_body
from mockserver.web.request import Request
from mockserver.webhooks.models import CREATE_WEBHOOK, UPDATE_WEBHOOK
from mockserver.webhooks.registry import invalid_event_types, validate_webhook
from mockserver.webhooks.rules import RULE, DeliveryRule

EXAMPLE = {"url": "http://127.0.0.1:9000/hook", "events": ["message.*"], "secret": "s3cret"}
RULE_LIST = Schema.from_dict({"data": List(Nested(RULE), required=True)})()

routes = Routes()


@routes.add("GET", "/webhooks")
def list_webhooks(context: AdminContext, request: Request) -> Json:
    """List the webhooks."""
    webhooks = context.sandbox(request).webhooks.registry.list()
    return {"data": [webhook.to_dict() for webhook in webhooks]}


@routes.add("POST", "/webhooks", example=EXAMPLE, body=CREATE_WEBHOOK, status=201)
def create_webhook(context: AdminContext, request: Request) -> Json:
    """Create a webhook; only this response has the whole secret."""
    values = _read_webhook(context, request, CREATE_WEBHOOK)
    webhook = context.sandbox(request).webhooks.registry.create(values)
    return webhook.to_dict(reveal_secret=True)


@routes.add("GET", "/webhooks/<name>")
def retrieve_webhook(context: AdminContext, request: Request, name: str) -> Json:
    """Get a webhook."""
    return context.sandbox(request).webhooks.registry.retrieve(name).to_dict()


@routes.add("PUT", "/webhooks/<name>", example={"enabled": False}, body=UPDATE_WEBHOOK)
def update_webhook(context: AdminContext, request: Request, name: str) -> Json:
    """Update a webhook."""
    values = _read_webhook(context, request, UPDATE_WEBHOOK)
    webhook = context.sandbox(request).webhooks.registry.update(name, values)
    return webhook.to_dict()


@routes.add("DELETE", "/webhooks/<name>")
def delete_webhook(context: AdminContext, request: Request, name: str) -> Json:
    """Delete a webhook."""
    context.sandbox(request).webhooks.registry.delete(name)
    return {"deleted": name}


def _read_webhook(context: AdminContext, request: Request, schema: Schema) -> dict[str, Any]:
    hosts, event_types = context.settings.allow_webhook_host, context.resources.event_types
    return validate_webhook(read_body(request, schema), hosts, event_types)


@routes.add("GET", "/webhooks/rules")
def list_delivery_rules(context: AdminContext, request: Request) -> Json:
    """List the delivery rules."""
    return {"data": [rule.to_dict() for rule in context.sandbox(request).webhooks.rules.list()]}


@routes.add(
    "PUT",
    "/webhooks/rules",
    example={"data": [{"events": ["message.*"], "action": {"type": "duplicate", "times": 1}}]},
    body=RULE_LIST,
)
def replace_delivery_rules(context: AdminContext, request: Request) -> Json:
    """Replace the rules that hold, drop, corrupt, duplicate, delay or shuffle deliveries.

    The first rule that matches an event's type applies.
    """
    rules = read_body(request, RULE_LIST)["data"]
    event_types = context.resources.event_types
    raise_for_items(rules, lambda rule: invalid_event_types(rule.get("events", ()), event_types))
    context.sandbox(request).webhooks.rules.replace(
        [DeliveryRule(rule.get("events", ["*"]), rule["action"]) for rule in rules]
    )
    return list_delivery_rules(context, request)


@routes.add("DELETE", "/webhooks/rules")
def delete_delivery_rules(context: AdminContext, request: Request) -> Json:
    """Delete all delivery rules; held deliveries stay held until they are released."""
    return {"removed": context.sandbox(request).webhooks.rules.clear()}


@routes.add(
    "POST",
    "/webhooks/trigger",
    example={"type": "message.created", "override": {"message": "Good evening."}},
    status=201,
)
def trigger(context: AdminContext, request: Request) -> Json:
    """Send an event as if it had happened.

    Nothing else changes. Its payload is the latest object of the kind, updated with ``override``.
    """
    event_types = context.resources.event_types
    schema = Schema.from_dict(
        {"type": StrictString(validate=OneOf(event_types), required=True), "override": StrictDict()}
    )()
    body = read_body(request, schema)
    override = body.get("override", {})
    _require_encodable(override)
    sandbox = context.sandbox(request)
    with sandbox.transaction() as world:
        payload = {**_example(context, world, body["type"]), **override}
        event = Event(world.ids.new("event"), body["type"], payload)
    sandbox.webhooks.dispatch([event], None, sandbox.now())
    return event._asdict()


def _require_encodable(override: Mapping[str, Any]) -> None:
    """Refuse JSON that a delivery cannot carry: lone surrogates, integers over 64 bits."""
    try:
        orjson.dumps(override)
    except orjson.JSONEncodeError as error:
        raise InvalidRequest(f"override: {error}") from None


def _example(context: AdminContext, world: World, event_type: str) -> dict[str, Any]:
    kind = event_type.partition(".")[0]
    [resource] = [resource for resource in context.resources if resource.kind == kind]
    latest = resource.list(world, ValidatedInput({"limit": 1}))["data"]
    if not latest:
        raise NotFound(f"the sandbox has no {kind} to use as the payload; create one first")
    example: dict[str, Any] = latest[0]
    return example
