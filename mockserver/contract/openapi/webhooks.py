"""The fifteen events, as they are sent to a webhook (reference, "Events and webhooks")."""

from __future__ import annotations

from typing import Any

from mockserver.contract.openapi import prose
from mockserver.contract.openapi.responses import JSON
from mockserver.contract.openapi.samples import Samples
from mockserver.contract.openapi.schemas import event_name, reference
from mockserver.resources.base import Resource
from mockserver.resources.registry import EVENTS, ResourceRegistry

SIGNATURE: dict[str, Any] = {
    "name": "x-protocol-signature",
    "in": "header",
    "required": True,
    "description": (
        "the lowercase hexadecimal HMAC-SHA256 of the exact request body, keyed with the "
        "webhook's secret"
    ),
    "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
}
ANSWERS: dict[str, Any] = {
    "2XX": {"description": "Any 2xx: it arrived. Anything else is tried again later."},
    "410": {"description": "The webhook is gone: it is sent nothing any more."},
}

#: Not that of the resource: openapi-generator would write the events in the place of the endpoints.
TAG = "webhooks"


def webhooks(catalogue: ResourceRegistry) -> dict[str, Any]:
    """All of them, by type."""
    samples = Samples()
    return {
        f"{resource.kind}.{verb}": {"post": _delivery(resource, verb, samples)}
        for resource in catalogue
        for verb in EVENTS
    }


def _delivery(resource: Resource, verb: str, samples: Samples) -> dict[str, Any]:
    event_type = f"{resource.kind}.{verb}"
    summary, description = prose.event(resource, verb)
    example = {**samples.event(), "type": event_type}
    if resource.kind != "message":
        example["payload"] = samples.answer(resource, "retrieve")
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
        "responses": ANSWERS,
    }
