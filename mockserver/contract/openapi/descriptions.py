"""Texts of the OpenAPI document: operations, events, attributes, headers and errors."""

import tomllib
from typing import Any

from mockserver.resources.base import Resource
from mockserver.unpatched import read_text

TEXTS: dict[str, Any] = tomllib.loads(read_text(__package__, "texts.toml"))


def describe_attributes(name: str) -> dict[str, str]:
    """Return the descriptions of a component schema's attributes."""
    name = name.removesuffix("Form").removesuffix("Upload")
    kind = name.removesuffix("Create").removesuffix("Update").removeprefix("Embedded")
    attributes: dict[str, dict[str, str]] = TEXTS["attributes"]
    return attributes.get(kind, {}) | attributes.get(name, {})


def describe_operation(resource: Resource, verb: str) -> tuple[str, str]:
    """Return the summary and the description of an operation."""
    summary = TEXTS["summaries"][verb].format(
        path=resource.path, kind=resource.kind, a=article(resource.kind)
    )
    texts = (TEXTS["operations"].get(f"{resource.path}.{verb}"), TEXTS["general"].get(verb))
    return summary, " ".join(filter(None, texts))


def describe_event(resource: Resource, verb: str) -> tuple[str, str]:
    """Return the type and the description of an event."""
    capital = article(resource.kind).capitalize()
    return f"{resource.kind}.{verb}", TEXTS["events"][verb].format(A=capital, kind=resource.kind)


def article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"
