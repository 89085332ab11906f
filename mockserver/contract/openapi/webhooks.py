"""The fifteen events as webhooks (``contract/reference.md``, "Events and webhooks")."""

from __future__ import annotations

from typing import Any

from mockserver.contract.openapi.descriptions import describe_event
from mockserver.contract.openapi.examples import Examples
from mockserver.contract.openapi.schemas import JSON, event_name, reference
from mockserver.resources.base import Resource
from mockserver.resources.registry import EVENTS, ResourceRegistry

SIGNATURE: dict[str, Any] = {
    "name": "x-protocol-signature",
    "in": "header",
    "required": True,
    "description": (
        "The lowercase hexadecimal HMAC-SHA256 of the exact request body, keyed with the webhook's "
        "secret."
    ),
    "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
}
RESPONSES: dict[str, Any] = {
    "2XX": {"description": "Delivered. After any other status, the delivery is retried."},
    "410": {"description": "The receiver is gone: the webhook is disabled."},
}

# A separate tag: with the resource's tag, openapi-generator replaces the endpoints by the events.
TAG = "webhooks"


def webhooks(resources: ResourceRegistry) -> dict[str, Any]:
    """Return all events by type."""
    examples = Examples()
    return {
        f"{resource.kind}.{verb}": {"post": _delivery(resource, verb, examples)}
        for resource in resources
        for verb in EVENTS
    }


def _delivery(resource: Resource, verb: str, examples: Examples) -> dict[str, Any]:
    event_type = f"{resource.kind}.{verb}"
    summary, description = describe_event(resource, verb)
    example = {**examples.event(), "type": event_type}
    if resource.kind != "message":
        example["payload"] = examples.response(resource, "retrieve")
    return {
        "operationId": event_type,
        "tags": [TAG],
        "summary": summary,
        "description": description,
        "security": [],
        "parameters": [SIGNATURE],
        "requestBody": {
            "required": True,
            "content": {
                JSON: {"schema": reference(event_name(resource, verb)), "example": example}
            },
        },
        "responses": RESPONSES,
    }
