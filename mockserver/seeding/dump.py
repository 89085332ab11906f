"""Fixtures out: a world becomes a document that makes an equal world."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from mockserver.resources.base import ALL
from mockserver.seeding.format import VERSION, Format
from mockserver.storage.collection import Record
from mockserver.storage.world import World


def document(world: World, format_: Format) -> dict[str, Any]:
    """Everything that the world holds; put back, it goes on with the same ids and times."""
    sections = {
        section: [_entry(world, entry, attributes.fields) for entry in world[kind].find(ALL)]
        for section, attributes in format_.entries.items()
        for kind in (format_.resources[section].kind,)
    }
    return {
        "version": VERSION,
        "now": world.clock.now(),
        "user": world.user_id,
        "clock": world.clock.mode,
        # Hardly any runs faster than the machine's.
        **({} if world.clock.speed == 1 else {"speed": world.clock.speed}),
        "seed": world.ids.seed,
        "ids": dict(sorted(world.ids.counts.items())),
        **sections,
        "departed": sorted((each for _, each in world.departed.items()), key=lambda one: one["id"]),
    }


def _entry(world: World, record: Record, attributes: Any) -> Record:
    entry = {name: record[name] for name in attributes if name in record}
    if "content" in attributes:
        content = world.files.get(record["id"])
        if content is not None:
            entry["content"] = b64encode(content).decode()
    return entry
