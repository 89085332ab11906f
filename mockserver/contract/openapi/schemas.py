"""The component schemas: what is answered, and what is taken, each by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.openapi import forms, prose
from mockserver.resources.base import Resource
from mockserver.resources.fields import Reference
from mockserver.resources.messages import EmbeddedContactSchema
from mockserver.resources.registry import EVENTS, ResourceRegistry
from mockserver.schema.compound import List, Nested
from mockserver.schema.fields import Identifier, NonEmptyString, OneOf, StrictBoolean, StrictString
from mockserver.schema.schema import Schema


class ErrorSchema(Schema):
    type = StrictString(validate=OneOf(["invalid_request", "api_error"]), required=True)
    message = StrictString(required=True)
    documentation_url = NonEmptyString(required=True)


ERROR = ErrorSchema()

JsonSchema = dict[str, Any]


def reference(name: str) -> JsonSchema:
    return {"$ref": f"#/components/schemas/{name}"}


def name_of(resource: Resource) -> str:
    return resource.kind.capitalize()


def event_name(resource: Resource, verb: str) -> str:
    return f"{name_of(resource)}{verb.capitalize()}Event"


def schemas(catalogue: ResourceRegistry, *, strict: bool) -> dict[str, JsonSchema]:
    """All of them. What one of them holds of another, it names."""
    answered = _answered(catalogue)
    taken = _taken(catalogue)
    if not strict:
        for schema in answered.values():
            _open(schema)
    named = answered | taken
    return {name: _described(name, _referring(schema, named)) for name, schema in named.items()}


def _answered(catalogue: ResourceRegistry) -> dict[str, JsonSchema]:
    found: dict[str, Schema] = {"EmbeddedContact": EmbeddedContactSchema()}
    found |= {name_of(one): one.schema for one in catalogue}
    found |= {f"{name_of(one)}List": _page(one) for one in catalogue}
    found["Error"] = ERROR
    found |= {
        event_name(one, verb): _event(one, f"{one.kind}.{verb}")
        for one in catalogue
        for verb in EVENTS
    }
    return {name: attributes.json_schema() for name, attributes in found.items()}


def _page(resource: Resource) -> Schema:
    data = List(Nested(resource.schema), required=True)
    return Schema.from_dict({"has_more": StrictBoolean(required=True), "data": data})()


def _event(resource: Resource, event_type: str) -> Schema:
    return Schema.from_dict(
        {
            "id": Identifier(required=True),
            "type": StrictString(validate=OneOf([event_type]), required=True),
            "payload": Nested(resource.schema, required=True),
        }
    )()


def _taken(catalogue: ResourceRegistry) -> dict[str, JsonSchema]:
    found = {"Reference": Reference().json_schema()}
    for one in catalogue:
        for verb, body in (("Create", one.create_schema), ("Update", one.update_schema)):
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


def _referring(schema: JsonSchema, named: Mapping[str, JsonSchema]) -> JsonSchema:
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


def _described(name: str, schema: JsonSchema) -> JsonSchema:
    """``schema`` with what the reference says of it and of its attributes."""
    about, attributes = prose.SCHEMAS.get(name), prose.attributes(name)
    told = {"description": about} if about else {}
    if "properties" not in schema:
        return {**told, **schema}
    properties = {
        each: _with(attributes.get(each), found) for each, found in schema["properties"].items()
    }
    return {**told, **schema, "properties": properties}


def _with(description: str | None, schema: JsonSchema) -> JsonSchema:
    return {**schema, "description": description} if description else schema
