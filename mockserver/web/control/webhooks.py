"""The webhooks of a sandbox: who is told of which events."""

from __future__ import annotations

from typing import Any

from mockserver.schema.schema import Attributes
from mockserver.web.control.context import AdminContext, answer, listed, values
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request
from mockserver.webhooks.models import CREATE_WEBHOOK, UPDATE_WEBHOOK
from mockserver.webhooks.registry import validate_webhook

EXAMPLE = {"url": "http://127.0.0.1:9000/hook", "events": ["message.*"], "secret": "s3cret"}


def list_webhooks(control: AdminContext, call: Request) -> JsonResponse:
    return listed([each.to_dict() for each in control.sandbox(call).webhooks.registry.list()])


def create_webhook(control: AdminContext, call: Request) -> JsonResponse:
    """The one answer that shows the secret in full."""
    given = _values(control, call, CREATE_WEBHOOK)
    made = control.sandbox(call).webhooks.registry.create(given)
    return answer(made.to_dict(reveal_secret=True), 201)


def retrieve_webhook(control: AdminContext, call: Request, name: str) -> JsonResponse:
    return answer(control.sandbox(call).webhooks.registry.retrieve(name).to_dict())


def update_webhook(control: AdminContext, call: Request, name: str) -> JsonResponse:
    given = _values(control, call, UPDATE_WEBHOOK)
    return answer(control.sandbox(call).webhooks.registry.update(name, given).to_dict())


def delete_webhook(control: AdminContext, call: Request, name: str) -> JsonResponse:
    control.sandbox(call).webhooks.registry.delete(name)
    return answer({"deleted": name})


def _values(control: AdminContext, call: Request, attributes: Attributes) -> dict[str, Any]:
    hosts, types = control.settings.allow_webhook_host, control.catalogue.event_types
    return validate_webhook(values(call, attributes), hosts, types)


ROUTES = (
    Route("GET", "/webhooks", list_webhooks, "who is told of which events"),
    Route(
        "POST",
        "/webhooks",
        create_webhook,
        "register one; shows its secret, once",
        EXAMPLE,
        CREATE_WEBHOOK,
    ),
    Route("GET", "/webhooks/<name>", retrieve_webhook, "one"),
    Route(
        "PUT", "/webhooks/<name>", update_webhook, "change it", {"enabled": False}, UPDATE_WEBHOOK
    ),
    Route("DELETE", "/webhooks/<name>", delete_webhook, "tell it nothing any more"),
)
