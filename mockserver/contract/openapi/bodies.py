"""The bodies: of three types, all with the same meaning."""

from __future__ import annotations

from typing import Any

from mockserver.contract.openapi import forms
from mockserver.contract.openapi.responses import JSON
from mockserver.contract.openapi.schemas import reference
from mockserver.schema.schema import Schema

URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
ABOUT = (
    "No body is an empty object. Forms nest with brackets: `contacts[]=ID`, "
    "`reactions[joy][]=USERNAME`; `contacts[]=` alone is the empty array, an empty value for what "
    "may be null is null, and booleans are `true`, `false`, `1` or `0`."
)


def body(name: str, attributes: Schema, example: Any) -> dict[str, Any]:
    """The request body of the component schema ``name``."""
    json = attributes.json_schema()
    form = forms.form(json)
    upload = forms.multipart(form)
    form_name = name if form == json else f"{name}Form"
    upload_name = form_name if upload == form else f"{name}Upload"
    spelt = forms.encoding(form)
    content = {
        JSON: _content(name, {}, example),
        URLENCODED: _content(form_name, spelt, example),
        MULTIPART: _content(upload_name, spelt, example),
    }
    if upload != form:
        # Generators take the first type, and only this one can carry a file.
        content = {MULTIPART: content.pop(MULTIPART), **content}
    return {
        "description": ABOUT,
        # What has required attributes is refused without a body.
        "required": bool(json["required"]) or "if" in json,
        "content": content,
    }


def _content(name: str, encoding: dict[str, Any], example: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"schema": reference(name)}
    if encoding:
        found["encoding"] = encoding
    if example is not None:
        found["example"] = example
    return found
