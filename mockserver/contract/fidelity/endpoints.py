"""The 25 endpoints, and the parameters of their lists."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.contract.fidelity.row import Row
from mockserver.contract.openapi import prose
from mockserver.resources.base import Resource
from mockserver.resources.registry import ResourceRegistry

#: All of them have a documented request with its response.
ENDPOINTS = {
    "contacts": ("list", "create", "retrieve", "update", "delete"),
    "conversations": ("list", "create", "retrieve", "update", "delete"),
    "groups": ("list", "create", "retrieve", "update", "delete"),
    "messages": ("list", "create", "retrieve", "update", "delete"),
    "attachments": ("list", "create", "retrieve", "update", "delete"),
}
METHODS = {
    "list": "GET /v1/{path}",
    "create": "POST /v1/{path}",
    "retrieve": "GET /v1/{path}/:id",
    "update": "PUT /v1/{path}/:id",
    "delete": "DELETE /v1/{path}/:id",
}
PAGING = {
    "limit": "1 to 100, 10 when absent; anything else is a 400",
    "starting_after": "the page that follows the object with this id",
    "ending_before": "the page that directly precedes the object with this id, in the same order",
}
FILTERS = {
    "conversations": {
        "muted": "true: only muted ones; false filters nothing",
        "archived": "true: only archived ones; false filters nothing",
        "pinned": "true: only pinned ones; false filters nothing",
        "group_id": "only of this group",
    },
    "groups": {"archived": "true: only archived ones; false filters nothing"},
    "messages": {"conversation_id": "only of this conversation"},
    "attachments": {"conversation_id": "only of this conversation"},
}
ACTIVE = Row(
    "parameter",
    "GET /v1/contacts?active",
    "decided",
    "true: only contacts that have been active; false filters nothing",
    "the documented request sends it, and nothing says what it means; this is what the other "
    "boolean filters do",
    "Contact",
)


def rows(catalogue: ResourceRegistry) -> Iterator[Row]:
    """Those of each resource, in the order of the documentation."""
    for resource in catalogue:
        section = resource.kind.capitalize()
        for verb in ENDPOINTS[resource.path]:
            summary, _ = prose.operation(resource, verb)
            yield Row("endpoint", subject(resource, verb), "documented", summary, "", section)
    for resource in catalogue:
        path = subject(resource, "list")
        if resource.path == "contacts":
            yield ACTIVE
        for name, said in FILTERS.get(resource.path, {}).items():
            section = resource.kind.capitalize()
            yield Row("parameter", f"{path}?{name}", "documented", said, "", section)
        for name, said in PAGING.items():
            yield Row("parameter", f"{path}?{name}", "documented", said, "", "Pagination")


def subject(resource: Resource, verb: str) -> str:
    """What the ledger calls an endpoint, such as ``GET /v1/contacts/:id``."""
    return METHODS[verb].format(path=resource.path)
