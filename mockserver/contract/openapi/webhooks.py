"""The fifteen events as webhooks (``contract/reference.md``, "Events and webhooks")."""

from typing import Any

from mockserver.contract.openapi.descriptions import TEXTS, describe_event
from mockserver.contract.openapi.examples import Examples
from mockserver.contract.openapi.schemas import JSON, event_name, reference
from mockserver.resources.base import Resource
from mockserver.resources.registry import EVENTS, ResourceRegistry


def webhooks(resources: ResourceRegistry) -> dict[str, Any]:
    """Return the deliveries of all events by event type."""
    examples = Examples()
    return {
        f"{resource.kind}.{verb}": {"post": _delivery(resource, verb, examples)}
        for resource in resources
        for verb in EVENTS
    }


def _delivery(resource: Resource, verb: str, examples: Examples) -> dict[str, Any]:
    event_type, description = describe_event(resource, verb)
    example = {**examples.event(), "type": event_type}
    if resource.kind != "message":
        example["payload"] = examples.response(resource, "retrieve")
    return {
        "operationId": event_type,
        # With the resource's tag, openapi-generator would overwrite the endpoints with the events.
        "tags": ["webhooks"],
        "summary": event_type,
        "description": description,
        "security": [],
        "parameters": [TEXTS["webhook"]["signature"]],
        "requestBody": {
            "required": True,
            "content": {
                JSON: {"schema": reference(event_name(resource, verb)), "example": example}
            },
        },
        "responses": TEXTS["webhook"]["responses"],
    }
