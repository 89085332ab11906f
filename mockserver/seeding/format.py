"""The fixture format: one JSON document with the objects of each kind in order of creation.

The entries are the objects of the API, with ids in place of embedded objects: a group's
``contacts``, a message's ``contact`` and ``attachments``. An attachment has no ``file_url``, which
is derived from its name, and may have its bytes as ``content`` (base64).
"""

import copy
import json
from base64 import b64encode
from typing import Any

from mockserver.resources.base import ALL, Resource
from mockserver.resources.fields import Base64, MediaType, Reference
from mockserver.resources.messages import EmbeddedContactSchema
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema import fields
from mockserver.schema.compound import List, Nested
from mockserver.schema.fields import StrictField
from mockserver.schema.schema import Schema
from mockserver.storage.clock import MAX_SPEED, MIN_SPEED, MODES
from mockserver.storage.collection import Record
from mockserver.storage.world import World

VERSION = 1
MAX_ID_COUNT = 2**53 - 1  # the largest integer that JavaScript reads exactly
#: The kinds in the order of a document.
SECTIONS = ("contacts", "groups", "conversations", "messages", "attachments")


class Format:
    """The schemas of a document and its entries, derived from the response schemas."""

    def __init__(self, registry: ResourceRegistry) -> None:
        resources = {resource.path: resource for resource in registry}
        id_kinds = [*(resource.kind for resource in registry), "event"]
        id_counts = {kind: fields.integer(0, MAX_ID_COUNT) for kind in id_kinds}
        self.resources = {section: resources[section] for section in SECTIONS}
        self.entries = {section: _entry(resources[section]) for section in SECTIONS}
        self.departed: Schema = EmbeddedContactSchema()
        self.document = Schema.with_fields(
            **{"$schema": fields.NonEmptyString()},
            version=fields.integer(VERSION, VERSION, required=True),
            now=fields.Timestamp(required=True),
            user=fields.Identifier(required=True),
            clock=fields.one_of(MODES),
            speed=fields.integer(MIN_SPEED, MAX_SPEED),
            seed=fields.NonEmptyString(),
            ids=Nested(Schema.with_fields(**id_counts)),
            **{name: List(Nested(entry)) for name, entry in self.entries.items()},
            departed=List(Nested(self.departed)),
        )

    def dump(self, world: World) -> dict[str, Any]:
        """Return a document of the whole world, including the id counters."""
        return {
            "version": VERSION,
            "now": world.clock.now(),
            "user": world.user_id,
            "clock": world.clock.mode,
            **({} if world.clock.speed == 1 else {"speed": world.clock.speed}),
            "seed": world.ids.seed,
            "ids": dict(sorted(world.ids.counts.items())),
            **{section: self._dump_section(world, section) for section in SECTIONS},
            "departed": [contact for _, contact in sorted(world.departed.items())],
        }

    def _dump_section(self, world: World, section: str) -> list[Record]:
        entries, names = [], self.entries[section].fields
        for record in world[self.resources[section].kind].find(ALL):
            entry = {name: record[name] for name in names if name in record}
            content = world.files.get(record["id"]) if section == "attachments" else None
            if content is not None:
                entry["content"] = b64encode(content.data).decode()
            entries.append(entry)
        return entries


def _entry(resource: Resource) -> Schema:
    attributes: dict[str, StrictField] = {}
    for name, field in resource.schema.fields.items():
        attribute = copy.copy(field)
        # An attribute with a default may be omitted.
        attribute.required = not attribute.allow_none and resource.defaults[name] is None
        attributes[name] = attribute
    if resource.path == "groups":
        attributes["contacts"] = List(Reference())
    elif resource.path == "messages":
        attributes["contact"] = fields.Identifier(required=True)
        attributes["attachments"] = List(Reference())
    elif resource.path == "attachments":
        del attributes["file_url"]
        attributes["content"] = Base64()
        attributes["file_size"].required = False
        attributes["file_type"] = MediaType()
    return Schema.with_fields(**attributes)


def json_schema_text(title: str, schema: Schema) -> str:
    """Return the text of a JSON Schema file, which editors use for completion."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return json.dumps({**head, **schema.json_schema()}, indent=1) + "\n"


def schema_text() -> str:
    """Return the text of ``fixtures/schema.json``."""
    return json_schema_text("mockserver fixtures", Format(ResourceRegistry()).document)


if __name__ == "__main__":
    print(schema_text(), end="")
