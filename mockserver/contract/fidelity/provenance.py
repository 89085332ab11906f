"""All rows of the fidelity table, from ``rows.toml`` and the OpenAPI document's texts."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

from mockserver.contract.fidelity import BASES, Area, Row
from mockserver.contract.openapi import prose
from mockserver.contract.openapi.attributes import ATTRIBUTES
from mockserver.resources.base import Resource
from mockserver.resources.registry import EVENTS, ResourceRegistry

PATHS = {
    "list": "GET /v1/{path}",
    "create": "POST /v1/{path}",
    "retrieve": "GET /v1/{path}/:id",
    "update": "PUT /v1/{path}/:id",
    "delete": "DELETE /v1/{path}/:id",
}
#: Sections of ``contract/reference.md`` that are not named after the object.
SECTIONS = {
    "embedded contact": "Contact",
    "page": "Pagination",
    "error": "Errors",
    "event": "Events and webhooks",
}


def rows(area: str | None = None, basis: str | None = None) -> list[Row]:
    """Return the rows in a fixed order, optionally of one area or one basis only."""
    return [row for row in _rows() if area in (None, row.area) and basis in (None, row.basis)]


def counts(selected: Sequence[Row]) -> dict[str, int]:
    """Return the number of rows per basis."""
    counter = Counter(row.basis for row in selected)
    return {basis: counter[basis] for basis in BASES}


def subject(resource: Resource, verb: str) -> str:
    """Return the subject of an endpoint's row, such as ``GET /v1/contacts/:id``."""
    return PATHS[verb].format(path=resource.path)


def _rows() -> Iterator[Row]:
    written = tomllib.loads((files(__package__) / "rows.toml").read_text("utf-8"))
    documented = [item for item in ResourceRegistry() if item.path in written["endpoints"]]
    for resource in documented:
        for verb in PATHS:
            summary, _ = prose.operation(resource, verb)
            section = resource.kind.capitalize()
            yield Row("endpoint", subject(resource, verb), "documented", summary, "", section)
    yield from _written("parameter", written)
    yield from _attributes(written)
    yield from _written("status", written)
    yield from _written("header", written)
    for resource in documented:
        for verb in EVENTS:
            event_type, statement = prose.event(resource, verb)
            yield Row("event", event_type, "documented", statement, "", SECTIONS["event"])
    yield from _written("rule", written)


def _written(area: Area, written: dict[str, Any]) -> Iterator[Row]:
    for values in written[area]:
        yield Row(area, *values)


def _attributes(written: dict[str, Any]) -> Iterator[Row]:
    for kind, names in written["response_attributes"].items():
        schema = "EmbeddedContact" if kind == "embedded contact" else kind.capitalize()
        described = ATTRIBUTES.get(schema, {})
        section = SECTIONS.get(kind, kind.capitalize())
        for name in names:
            statement = described.get(name) or written["statements"][name]
            yield Row("attribute", f"{kind}.{name}", "documented", statement, "", section)
    for endpoint, names in written["request_attributes"].items():
        section = endpoint.split("/")[2].removesuffix("s").capitalize()
        for name in names:
            yield Row("attribute", f"{endpoint} {name}", "documented", "may be sent", "", section)
    yield from _written("attribute", written)
