"""The rows of the fidelity table, from ``rows.toml`` and the texts of the OpenAPI document."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from mockserver.contract.fidelity import BASES, Area, FidelityRow
from mockserver.contract.openapi.descriptions import (
    describe_attributes,
    describe_event,
    describe_operation,
)
from mockserver.resources.base import Resource
from mockserver.resources.registry import EVENTS, VERBS, ResourceRegistry
from mockserver.unpatched import read_text

#: Sections of ``contract/reference.md`` that are not named after the object.
SECTIONS = {"page": "Pagination", "error": "Errors", "event": "Events and webhooks"}


def rows(area: str | None = None, basis: str | None = None) -> list[FidelityRow]:
    """Return the rows in a fixed order, optionally of one area or one basis only."""
    return [row for row in _rows() if area in (None, row.area) and basis in (None, row.basis)]


def counts(selected: Sequence[FidelityRow]) -> dict[str, int]:
    """Return the number of rows per basis."""
    counter = Counter(row.basis for row in selected)
    return {basis: counter[basis] for basis in BASES}


def subject(resource: Resource, verb: str) -> str:
    """Return the subject of an endpoint's row, such as ``GET /v1/contacts/:id``."""
    suffix = "" if verb in ("list", "create") else "/:id"
    return f"{VERBS[verb]} /v1/{resource.path}{suffix}"


def _rows() -> Iterator[FidelityRow]:
    written = tomllib.loads(read_text(__package__, "rows.toml"))
    resources = [item for item in ResourceRegistry() if item.path in written["endpoints"]]
    for resource in resources:
        for verb in VERBS:
            summary, _ = describe_operation(resource, verb)
            section = resource.kind.capitalize()
            yield _documented("endpoint", subject(resource, verb), summary, section)
    yield from _written("parameter", written)
    for kind, names in written["response_attributes"].items():
        schema = kind.removeprefix("embedded ").capitalize()
        section = SECTIONS.get(kind, schema)
        texts = written["statements"] | describe_attributes(schema)
        for name in names:
            yield _documented("attribute", f"{kind}.{name}", texts[name], section)
    for endpoint, names in written["request_attributes"].items():
        section = endpoint.split("/")[2].removesuffix("s").capitalize()
        for name in names:
            yield _documented("attribute", f"{endpoint} {name}", "may be sent", section)
    yield from _written("attribute", written)
    yield from _written("status", written)
    yield from _written("header", written)
    for resource in resources:
        for verb in EVENTS:
            yield _documented("event", *describe_event(resource, verb), SECTIONS["event"])
    yield from _written("rule", written)


def _documented(area: Area, subject: str, statement: str, section: str) -> FidelityRow:
    return FidelityRow(area, subject, "documented", statement, source=section)


def _written(area: Area, written: dict[str, Any]) -> Iterator[FidelityRow]:
    return (FidelityRow(area, *values) for values in written[area])
