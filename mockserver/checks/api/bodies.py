"""The three encodings of a request's body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson

#: As it is called in a row, and what encodes it.
JSON, FORM, MULTIPART = "JSON", "form", "multipart"
ENCODINGS = (JSON, FORM, MULTIPART)
BOUNDARY = "mockserver-check-2b7e151628aed2a6"

#: A part of a multipart form: a text, or a file's name, content and type.
Part = str | tuple[str, bytes, str]


@dataclass(frozen=True)
class Body:
    """What is sent, and as which content type."""

    content: bytes
    type: str


def encoded(values: Mapping[str, Any], encoding: str = JSON) -> Body:
    """``values``, which JSON could carry, in one of ``ENCODINGS``."""
    if encoding == JSON:
        return json_text(orjson.dumps(values))
    return form(pairs(values)) if encoding == FORM else multipart(pairs(values))


def json_text(content: bytes) -> Body:
    return Body(content, "application/json")


def form(fields: Sequence[tuple[str, str]]) -> Body:
    return Body(urlencode(fields).encode(), "application/x-www-form-urlencoded")


def multipart(fields: Sequence[tuple[str, Part]]) -> Body:
    from urllib3.filepost import encode_multipart_formdata

    return Body(*encode_multipart_formdata(fields, BOUNDARY))


def pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What JSON's values are in a form (reference, "Request bodies")."""
    return [pair for name, value in values.items() for pair in _pairs(name, value)]


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for inner, below in value.items():
            yield from _pairs(f"{name}[{inner}]", below)
    elif isinstance(value, list):
        for entry in value or [""]:
            yield from _pairs(f"{name}[]", entry)
    elif isinstance(value, bool):
        yield name, "true" if value else "false"
    else:
        yield name, "" if value is None else str(value)
