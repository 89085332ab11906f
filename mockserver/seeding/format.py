"""The fixture format: one JSON document, each kind's objects in order of creation.

Its entries are the objects of the API, with references by id where the API embeds: a group's
``contacts``, a message's ``contact`` and ``attachments``. Of an attachment, ``file_url`` follows
from the name, and ``content`` may hold the bytes (base64).
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import Any

from mockserver.resources.base import Resource
from mockserver.resources.fields import Base64, MediaType, Reference
from mockserver.resources.messages import EmbeddedContactSchema
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.compound import List, Nested
from mockserver.schema.fields import (
    Identifier,
    NonEmptyString,
    OneOf,
    Range,
    StrictField,
    StrictInteger,
    StrictString,
    Timestamp,
)
from mockserver.schema.schema import Schema
from mockserver.storage.clock import MAX_SPEED, MIN_SPEED, MODES

VERSION = 1
#: The kinds in the order in which they stand in a document.
SECTIONS = ("contacts", "groups", "conversations", "messages", "attachments")


class Counters(StrictField):
    """How many ids of each kind were made so far."""

    def __init__(self, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kinds = kinds
        self.expected = f"an object of whole numbers by kind ({', '.join(kinds)})"

    def read(self, value: Any) -> dict[str, int]:
        if not isinstance(value, dict) or not all(
            kind in self.kinds and type(count) is int and 0 <= count < 2**53
            for kind, count in value.items()
        ):
            raise self.invalid(value)
        return value

    def json_type(self) -> dict[str, Any]:
        count = {"type": "integer", "minimum": 0}
        return {
            "type": "object",
            "properties": dict.fromkeys(self.kinds, count),
            "additionalProperties": False,
        }


class Format:
    """The attributes of a document and of its entries, from the schemas that validate requests."""

    def __init__(self, catalogue: ResourceRegistry) -> None:
        resources = {one.path: one for one in catalogue}
        self.resources = {section: resources[section] for section in SECTIONS}
        self.entries = {section: _entry(one) for section, one in self.resources.items()}
        self.departed: Schema = EmbeddedContactSchema()
        self.document = Schema.from_dict(
            {
                "$schema": NonEmptyString(),
                "version": StrictInteger(validate=Range(VERSION, VERSION), required=True),
                "now": Timestamp(required=True),
                "user": Identifier(required=True),
                "clock": StrictString(validate=OneOf(MODES)),
                "speed": StrictInteger(validate=Range(MIN_SPEED, MAX_SPEED)),
                "seed": NonEmptyString(),
                "ids": Counters([one.kind for one in catalogue] + ["event"]),
                **{name: List(Nested(entry)) for name, entry in self.entries.items()},
                "departed": List(Nested(self.departed)),
            }
        )()

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema that editors complete by."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "mockserver fixtures",
            **self.document.json_schema(),
        }


def _entry(resource: Resource) -> Schema:
    attributes: dict[str, StrictField] = {}
    for name, shown in resource.schema.fields.items():
        attribute = copy.copy(shown)
        # What a new object has by itself need not be written.
        attribute.required = not attribute.allow_none and resource.defaults[name] is None
        attributes[name] = attribute
    if resource.path == "groups":
        attributes["contacts"] = List(Reference())
    elif resource.path == "messages":
        attributes["contact"] = Identifier(required=True)
        attributes["attachments"] = List(Reference())
    elif resource.path == "attachments":
        del attributes["file_url"]
        attributes["content"] = Base64()
        attributes["file_size"].required = False
        attributes["file_type"] = MediaType()
    return Schema.from_dict(attributes)()


def schema_text() -> str:
    """The text of ``fixtures/schema.json``."""
    return json.dumps(Format(ResourceRegistry()).json_schema(), indent=1) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
