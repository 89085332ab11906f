"""The webhooks of a sandbox: who is told of which events."""

from __future__ import annotations

from typing import Any

from mockserver.instruments.webhooks.registry import checked
from mockserver.instruments.webhooks.webhook import CREATE, UPDATE
from mockserver.schema.attributes import Attributes
from mockserver.web.call import Answer, Call
from mockserver.web.control.control import Control, answer, listed, values
from mockserver.web.control.route import Route

EXAMPLE = {"url": "http://127.0.0.1:9000/hook", "events": ["message.*"], "secret": "s3cret"}


def list_webhooks(control: Control, call: Call) -> Answer:
    return listed([each.shown() for each in control.sandbox(call).outbox.registry.list()])


def create_webhook(control: Control, call: Call) -> Answer:
    """The one answer that shows the secret in full."""
    given = _values(control, call, CREATE)
    made = control.sandbox(call).outbox.registry.create(given)
    return answer(made.shown(in_full=True), 201)


def retrieve_webhook(control: Control, call: Call, name: str) -> Answer:
    return answer(control.sandbox(call).outbox.registry.retrieve(name).shown())


def update_webhook(control: Control, call: Call, name: str) -> Answer:
    given = _values(control, call, UPDATE)
    return answer(control.sandbox(call).outbox.registry.update(name, given).shown())


def delete_webhook(control: Control, call: Call, name: str) -> Answer:
    control.sandbox(call).outbox.registry.delete(name)
    return answer({"deleted": name})


def _values(control: Control, call: Call, attributes: Attributes) -> dict[str, Any]:
    hosts, types = control.settings.allow_webhook_host, control.catalogue.event_types
    return checked(values(call, attributes), hosts, types)


ROUTES = (
    Route("GET", "/webhooks", list_webhooks, "who is told of which events"),
    Route("POST", "/webhooks", create_webhook, "one more; shows its secret, once", EXAMPLE, CREATE),
    Route("GET", "/webhooks/<name>", retrieve_webhook, "one"),
    Route("PUT", "/webhooks/<name>", update_webhook, "change it", {"enabled": False}, UPDATE),
    Route("DELETE", "/webhooks/<name>", delete_webhook, "tell it nothing any more"),
)
