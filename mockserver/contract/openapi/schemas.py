"""The component schemas: what is answered, and what is taken, each by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.openapi import forms, prose
from mockserver.resources.base import Resource
from mockserver.resources.fields import References
from mockserver.resources.messages import embedded_contact_fields
from mockserver.resources.registry import EVENTS, ResourceRegistry
from mockserver.schema.fields import Choice, Flag, Identifier, Text
from mockserver.schema.nested import Nested, NestedList
from mockserver.schema.schema import Attributes

ERROR = Attributes(
    {
        "type": Choice(["invalid_request", "api_error"], required=True),
        "message": Text(required=True, empty=True),
        "documentation_url": Text(required=True),
    }
)

Schema = dict[str, Any]


def reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def name_of(resource: Resource) -> str:
    return resource.kind.capitalize()


def event_name(resource: Resource, verb: str) -> str:
    return f"{name_of(resource)}{verb.capitalize()}Event"


def schemas(catalogue: ResourceRegistry, *, strict: bool) -> dict[str, Schema]:
    """All of them. What one of them holds of another, it names."""
    answered = _answered(catalogue)
    taken = _taken(catalogue)
    if not strict:
        for schema in answered.values():
            _open(schema)
    named = answered | taken
    return {name: _described(name, _referring(schema, named)) for name, schema in named.items()}


def _answered(catalogue: ResourceRegistry) -> dict[str, Schema]:
    found = {"EmbeddedContact": Attributes(embedded_contact_fields())}
    found |= {name_of(one): one.shape for one in catalogue}
    found |= {f"{name_of(one)}List": _page(one) for one in catalogue}
    found["Error"] = ERROR
    found |= {
        event_name(one, verb): _event(one, f"{one.kind}.{verb}")
        for one in catalogue
        for verb in EVENTS
    }
    return {name: attributes.json_schema() for name, attributes in found.items()}


def _page(resource: Resource) -> Attributes:
    data = NestedList(resource.shape, required=True)
    return Attributes({"has_more": Flag(required=True), "data": data})


def _event(resource: Resource, event_type: str) -> Attributes:
    return Attributes(
        {
            "id": Identifier(required=True),
            "type": Choice([event_type], required=True),
            "payload": Nested(resource.shape, required=True),
        }
    )


def _taken(catalogue: ResourceRegistry) -> dict[str, Schema]:
    found = {"Reference": References().json_schema()["items"]}
    for one in catalogue:
        for verb, body in (("Create", one.create_body), ("Update", one.update_body)):
            name, schema = f"{name_of(one)}{verb}", body.json_schema()
            found[name] = schema
            form = forms.form(schema)
            if form != schema:
                found[f"{name}Form"] = form
            upload = forms.multipart(form)
            if upload != form:
                found[f"{name}Upload"] = upload
    return found


def _open(schema: Any) -> None:
    """Let unknown attributes pass, as a client must."""
    if isinstance(schema, dict):
        if schema.get("additionalProperties") is False:
            del schema["additionalProperties"]
        for below in schema.values():
            _open(below)


def _referring(schema: Schema, named: Mapping[str, Schema]) -> Schema:
    """``schema`` with references for the named schemas that it holds."""

    def refer(below: Any) -> Any:
        if isinstance(below, list):
            return [refer(each) for each in below]
        if not isinstance(below, dict):
            return below
        for name, other in named.items():
            if below == other:
                return reference(name)
        return {key: refer(value) for key, value in below.items()}

    found = {key: refer(value) for key, value in schema.items()}
    if found.get("required") == []:
        del found["required"]
    return found


def _described(name: str, schema: Schema) -> Schema:
    """``schema`` with what the reference says of it and of its attributes."""
    about, attributes = prose.SCHEMAS.get(name), prose.attributes(name)
    told = {"description": about} if about else {}
    if "properties" not in schema:
        return {**told, **schema}
    properties = {
        each: _with(attributes.get(each), found) for each, found in schema["properties"].items()
    }
    return {**told, **schema, "properties": properties}


def _with(description: str | None, schema: Schema) -> Schema:
    return {**schema, "description": description} if description else schema
