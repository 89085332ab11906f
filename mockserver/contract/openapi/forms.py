"""What a form takes in the place of JSON (reference, "Request bodies").

A form has texts only, so it cannot say null, but by an empty value, nor an empty array, but by
``name[]=``. Its arrays and objects may also be spelt out with brackets, ``name[0][id]=ID``, which
OpenAPI has no words for but a pattern of names.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
USERNAMES = {"type": "array", "items": {"type": "string", "minLength": 1}}


def form(schema: Schema) -> Schema:
    """The object in a form, from the object in JSON."""
    properties = {name: _value(each) for name, each in schema["properties"].items()}
    nested = [name for name, each in properties.items() if each.get("type") in ("array", "object")]
    patterns: Schema = {rf"^{name}\[": {} for name in nested}
    return {
        **schema,
        "properties": properties,
        **({"patternProperties": patterns} if patterns else {}),
        **({"then": _spelt(schema["then"], nested)} if "then" in schema else {}),
    }


def multipart(schema: Schema) -> Schema:
    """The same in a form whose parts may be files."""
    properties = dict(schema["properties"])
    if "file" in properties:
        properties["file"] = {"type": "string", "format": "binary"}
    return {**schema, "properties": properties}


def encoding(schema: Schema) -> dict[str, Any]:
    """How the object's attributes are spelt where that is not the default: ``name[inner]=``."""
    objects = [name for name, each in schema["properties"].items() if each.get("type") == "object"]
    return {name: {"style": "deepObject", "explode": True} for name in objects}


def _spelt(then: Schema, nested: list[str]) -> Schema:
    """A condition's consequence, in which a nested name that is required may have brackets."""
    required = then.get("required", [])
    bracketed = [
        {"anyOf": [{"required": [name]}, _any_called(rf"^{name}\[")]}
        for name in required
        if name in nested
    ]
    plain = [name for name in required if name not in nested]
    return {**then, "required": plain, "allOf": bracketed} if bracketed else then


def _any_called(pattern: str) -> Schema:
    """What has any property of such a name."""
    return {"not": {"propertyNames": {"not": {"pattern": pattern}}}}


def _value(schema: Schema) -> Schema:
    if "anyOf" in schema:  # reactions, of which a form has but the one shape
        return {"type": "object", "additionalProperties": USERNAMES}
    if schema["type"] == "array":  # of references, each its id
        return {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}
    if not isinstance(schema["type"], list):
        return schema
    [kind] = [each for each in schema["type"] if each != "null"]
    return {"anyOf": [{**schema, "type": kind}, {"type": "string", "const": ""}]}
