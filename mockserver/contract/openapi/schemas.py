"""The component schemas of responses and request bodies."""

from collections.abc import Mapping
from typing import Any

from mockserver.contract.openapi.descriptions import TEXTS, describe_attributes
from mockserver.resources.base import Resource
from mockserver.resources.fields import STRING, Reference
from mockserver.resources.messages import EmbeddedContactSchema
from mockserver.resources.registry import EVENTS, ResourceRegistry
from mockserver.schema.compound import List, Nested
from mockserver.schema.fields import Identifier, NonEmptyString, StrictBoolean, StrictString, one_of
from mockserver.schema.schema import Schema

JsonSchema = dict[str, Any]

JSON = "application/json"
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


class ErrorSchema(Schema):
    """The body of an error response."""

    type = one_of(["invalid_request", "api_error"], required=True)
    message = StrictString(required=True)
    documentation_url = NonEmptyString(required=True)


def reference(name: str) -> JsonSchema:
    """Return a reference to a component schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def schema_name(resource: Resource) -> str:
    return resource.kind.capitalize()


def event_name(resource: Resource, verb: str) -> str:
    return f"{schema_name(resource)}{verb.capitalize()}Event"


def components(resources: ResourceRegistry, *, strict: bool) -> dict[str, JsonSchema]:
    """Return all component schemas by name; a component inside another is a reference."""
    responses = _response_schemas(resources)
    if not strict:
        _allow_additional(responses)
    named = responses | _body_schemas(resources)
    return {
        name: _add_descriptions(name, _add_references(schema, named))
        for name, schema in named.items()
    }


def _response_schemas(resources: ResourceRegistry) -> dict[str, JsonSchema]:
    schemas: dict[str, Schema] = {"EmbeddedContact": EmbeddedContactSchema()}
    schemas |= {schema_name(resource): resource.schema for resource in resources}
    schemas |= {f"{schema_name(resource)}List": _page(resource) for resource in resources}
    schemas["Error"] = ErrorSchema()
    schemas |= {
        event_name(resource, verb): _event(resource, f"{resource.kind}.{verb}")
        for resource in resources
        for verb in EVENTS
    }
    return {name: schema.json_schema() for name, schema in schemas.items()}


def _page(resource: Resource) -> Schema:
    return Schema.with_fields(
        has_more=StrictBoolean(required=True), data=List(Nested(resource.schema), required=True)
    )


def _event(resource: Resource, event_type: str) -> Schema:
    return Schema.with_fields(
        id=Identifier(required=True),
        type=one_of([event_type], required=True),
        payload=Nested(resource.schema, required=True),
    )


def _body_schemas(resources: ResourceRegistry) -> dict[str, JsonSchema]:
    schemas = {"Reference": Reference().json_schema()}
    for resource in resources:
        bodies = {"Create": resource.create_schema, "Update": resource.update_schema}
        for suffix, body in bodies.items():
            variants = body_variants(f"{schema_name(resource)}{suffix}", body.json_schema())
            schemas |= dict(variants.values())
    return schemas


def _allow_additional(schema: Any) -> None:
    """Remove ``additionalProperties: false`` at every level."""
    if isinstance(schema, dict):
        if schema.get("additionalProperties") is False:
            del schema["additionalProperties"]
        for nested in schema.values():
            _allow_additional(nested)


def _add_references(schema: JsonSchema, named: Mapping[str, JsonSchema]) -> JsonSchema:
    """Return ``schema`` with references in place of the component schemas inside it."""

    def replace(nested: Any) -> Any:
        if isinstance(nested, list):
            return [replace(item) for item in nested]
        if not isinstance(nested, dict):
            return nested
        for name, other in named.items():
            if nested == other:
                return reference(name)
        return {key: replace(value) for key, value in nested.items()}

    result = {key: replace(value) for key, value in schema.items()}
    if result.get("required") == []:
        del result["required"]
    return result


def _add_descriptions(name: str, schema: JsonSchema) -> JsonSchema:
    """Return ``schema`` with descriptions of the object and its attributes."""
    result = _describe(schema, TEXTS["schemas"].get(name))
    if "properties" in schema:
        texts = describe_attributes(name)
        result["properties"] = {
            attribute: _describe(nested, texts.get(attribute))
            for attribute, nested in schema["properties"].items()
        }
    return result


def _describe(schema: JsonSchema, description: str | None) -> JsonSchema:
    return {**schema, "description": description} if description else dict(schema)


# The values of a form are texts (``contract/reference.md``, "Request bodies"): an empty text means
# null, and ``name[]=`` is the empty array. Arrays and objects may also be sent with brackets, such
# as ``name[0][id]=ID``, which OpenAPI can describe only as a pattern of names.


def body_variants(name: str, schema: JsonSchema) -> dict[str, tuple[str, JsonSchema]]:
    """Return a body's component name and schema by content type; equal schemas share a name."""
    form = upload = form_schema(schema)
    if "file" in schema["properties"]:
        file = {"type": "string", "format": "binary"}
        upload = {**form, "properties": {**form["properties"], "file": file}}
    form_name = name if form == schema else f"{name}Form"
    upload_name = form_name if upload == form else f"{name}Upload"
    return {JSON: (name, schema), URLENCODED: (form_name, form), MULTIPART: (upload_name, upload)}


def form_schema(schema: JsonSchema) -> JsonSchema:
    """Return the schema of a URL-encoded form from the schema of a JSON object."""
    properties = {name: _form_value(nested) for name, nested in schema["properties"].items()}
    nested_names = [
        name for name, nested in properties.items() if nested.get("type") in ("array", "object")
    ]
    patterns: JsonSchema = {rf"^{name}\[": {} for name in nested_names}
    form = {**schema, "properties": properties}
    if patterns:
        form["patternProperties"] = patterns
    if "then" in schema:
        form["then"] = _accept_brackets(schema["then"])
    return form


def form_encoding(schema: JsonSchema) -> dict[str, Any]:
    """Return the ``encoding`` of objects, sent as ``name[inner]=``; OpenAPI has another default."""
    encoding = {
        name: {"style": "deepObject", "explode": True}
        for name, nested in schema["properties"].items()
        if nested.get("type") == "object"
    }
    return {"encoding": encoding} if encoding else {}


def _accept_brackets(then: JsonSchema) -> JsonSchema:
    """Return the schema ``then``; required arrays and objects may be sent with brackets."""
    bracketed: list[JsonSchema] = []
    for name in then.get("required", []):
        # Only this double negation can require a property whose name matches a pattern.
        no_match = {"propertyNames": {"not": {"pattern": rf"^{name}\["}}}
        bracketed.append({"anyOf": [{"required": [name]}, {"not": no_match}]})
    return {**then, "required": [], "allOf": bracketed} if bracketed else then


def _form_value(schema: JsonSchema) -> JsonSchema:
    if "anyOf" in schema:  # reactions, which a form can send only as one object
        return {"type": "object", "additionalProperties": {"type": "array", "items": STRING}}
    if schema["type"] == "array":  # references, which a form sends as ids
        return {"type": "array", "items": STRING, "minItems": 1}
    if not isinstance(schema["type"], list):
        return schema
    [json_type] = [item for item in schema["type"] if item != "null"]
    return {"anyOf": [{**schema, "type": json_type}, {"type": "string", "const": ""}]}
