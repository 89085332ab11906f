"""The 25 operations, and the fifteen events as webhooks."""

from collections.abc import Mapping
from typing import Any

from mockserver.contract.openapi import schemas
from mockserver.contract.openapi.descriptions import TEXTS, describe_event, describe_operation
from mockserver.contract.openapi.examples import Examples
from mockserver.contract.openapi.responses import BODY_ERRORS, GENERAL_HEADERS, errors, headers
from mockserver.contract.openapi.schemas import JSON, MULTIPART, URLENCODED
from mockserver.resources.base import PagingSchema, Resource
from mockserver.resources.registry import EVENTS, ResourceRegistry
from mockserver.schema.fields import StrictField
from mockserver.schema.schema import Schema

Operation = dict[str, Any]


def paths(resources: ResourceRegistry) -> dict[str, Any]:
    """Return all operations by path and method."""
    result: dict[str, Any] = {}
    examples = Examples()
    for resource in resources:
        operations = Operations(resource, examples)
        result[f"/{resource.path}"] = {"get": operations.list(), "post": operations.create()}
        result[f"/{resource.path}/{{id}}"] = {
            "parameters": [
                {
                    "name": "id",
                    "in": "path",
                    "required": True,
                    "description": f"The {resource.kind}'s id; ids are case-sensitive.",
                    "schema": resource.schema.fields["id"].json_schema(),
                }
            ],
            "get": operations.retrieve(),
            "put": operations.update(),
            "delete": operations.delete(),
        }
    return result


class Operations:
    """The operations of one resource."""

    def __init__(self, resource: Resource, examples: Examples) -> None:
        self.resource = resource
        self.examples = examples

    def list(self) -> Operation:
        response = self._response("list", 200, "A page, latest first.", "List")
        filters = {name: parameter.field for name, parameter in self.resource.filters.items()}
        shared = [{"$ref": f"#/components/parameters/{name}"} for name in PagingSchema().fields]
        parameters = [*query_parameters(filters), *shared]
        return self._operation("list", response | errors(), parameters=parameters)

    def create(self) -> Operation:
        response = self._response("create", 201, f"The new {self.resource.kind}.")
        response["201"]["headers"] = headers("Location", *GENERAL_HEADERS)
        parameters = {"id": "$response.body#/id"}
        response["201"]["links"] = {  # to the operations on the created object
            verb: {"operationId": f"{self.resource.path}.{verb}", "parameters": parameters}
            for verb in ("retrieve", "update", "delete")
        }
        body = self._body("create", self.resource.create_schema)
        return self._operation("create", response | errors(*BODY_ERRORS), requestBody=body)

    def retrieve(self) -> Operation:
        response = self._response("retrieve", 200, f"The {self.resource.kind}.")
        return self._operation("retrieve", response | errors(404))

    def update(self) -> Operation:
        response = self._response("update", 200, f"The updated {self.resource.kind}.")
        body = self._body("update", self.resource.update_schema)
        return self._operation("update", response | errors(404, *BODY_ERRORS), requestBody=body)

    def delete(self) -> Operation:
        response = {"204": {"description": "Deleted.", "headers": headers(*GENERAL_HEADERS)}}
        statuses = (404, 409) if self.resource.kind == "contact" else (404,)
        return self._operation("delete", response | errors(*statuses))

    def _operation(self, verb: str, responses: dict[str, Any], **inputs: Any) -> Operation:
        summary, description = describe_operation(self.resource, verb)
        return {
            "operationId": f"{self.resource.path}.{verb}",
            "tags": [self.resource.path],
            "summary": summary,
            "description": description,
            **inputs,
            "responses": responses,
        }

    def _response(self, verb: str, status: int, description: str, suffix: str = "") -> Operation:
        schema = schemas.reference(schemas.schema_name(self.resource) + suffix)
        example = self.examples.response(self.resource, verb)
        return {
            str(status): {
                "description": description,
                "headers": headers(*GENERAL_HEADERS),
                "content": {JSON: {"schema": schema, "example": example}},
            }
        }

    def _body(self, verb: str, schema: Schema) -> Operation:
        """Return the request body, in all three content types."""
        example = self.examples.request(self.resource, verb)
        json_schema = schema.json_schema()
        name = schemas.schema_name(self.resource) + verb.capitalize()
        variants = schemas.body_variants(name, json_schema)
        content = {
            media_type: {
                "schema": schemas.reference(variant),
                **schemas.form_encoding(form),
                "example": example,
            }
            for media_type, (variant, form) in variants.items()
        }
        if variants[MULTIPART] != variants[URLENCODED]:
            # Code generators use the first content type, and only multipart can contain a file.
            content = {MULTIPART: content.pop(MULTIPART), **content}
        return {
            **TEXTS["request_body"],
            # A missing body means an empty object, which is invalid if attributes are required.
            "required": bool(json_schema["required"]) or "if" in json_schema,
            "content": content,
        }


def webhooks(resources: ResourceRegistry) -> dict[str, Any]:
    """Return the delivery of each event, by event type."""
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
                JSON: {
                    "schema": schemas.reference(schemas.event_name(resource, verb)),
                    "example": example,
                }
            },
        },
        "responses": TEXTS["webhook"]["responses"],
    }


def query_parameters(fields: Mapping[str, StrictField]) -> list[dict[str, Any]]:
    """Return optional query parameters, with the descriptions in the metadata of their fields."""
    return [
        {"name": name, "in": "query", **field.metadata, "schema": field.json_type()}
        for name, field in fields.items()
    ]
