"""The parameters of paths and queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.resources.base import Resource
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.fields import StrictField

#: Those that every list has.
PAGING = ("limit", "starting_after", "ending_before")


def identifier(resource: Resource) -> dict[str, Any]:
    """The id in the path of one object."""
    return {
        "name": "id",
        "in": "path",
        "required": True,
        "description": f"the {resource.kind}'s id; ids are case-sensitive",
        "schema": resource.schema.fields["id"].json_schema(),
    }


def of_list(resource: Resource) -> list[dict[str, Any]]:
    """A list's parameters: the filters of its own, and those of every list by reference."""
    own = {name: one.field for name, one in resource.filters.items()}
    return [*queries(own), *({"$ref": f"#/components/parameters/{name}"} for name in PAGING)]


def components(catalogue: ResourceRegistry) -> dict[str, Any]:
    """The parameters that all lists share."""
    fields = catalogue.contacts.query_schema.fields
    shared = queries({name: fields[name] for name in PAGING})
    return dict(zip(PAGING, shared, strict=True))


def queries(attributes: Mapping[str, StrictField]) -> list[dict[str, Any]]:
    """Optional parameters of a query."""
    return [_query(name, attribute) for name, attribute in attributes.items()]


def _query(name: str, attribute: StrictField) -> dict[str, Any]:
    schema = attribute.json_schema()
    description = schema.pop("description", None)
    told = {"description": description} if description else {}
    return {"name": name, "in": "query", **told, "schema": schema}
