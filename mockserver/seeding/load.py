"""Fixtures in: a document becomes a world, or all that is wrong with it is told."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from mockserver.core.clock import Clock, Mode
from mockserver.core.ids import Ids
from mockserver.core.store import Record
from mockserver.core.world import World
from mockserver.resources.attachments import file_url
from mockserver.resources.catalogue import Catalogue
from mockserver.resources.fields import show
from mockserver.resources.media_types import guess_type
from mockserver.resources.schema import flatten
from mockserver.seeding.document import SECTIONS, Format
from mockserver.seeding.references import problems_of

TOLD = 50


class BadFixtures(Exception):
    """A document that is no fixture, with every problem and where it is."""

    def __init__(self, source: str, problems: list[str]) -> None:
        self.source = source
        self.problems = problems
        more = len(problems) - TOLD
        lines = problems[:TOLD] + ([f"… and {more} more"] if more > 0 else [])
        counted = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n  ".join([f"{source}: {counted}", *lines]))


def shipped() -> Path:
    """The folder of the fixtures that come with the product, installed or in a checkout."""
    inside = Path(str(files("mockserver"))) / "fixtures"
    return inside if inside.is_dir() else inside.parent.parent / "fixtures"


def read(source: str) -> Any:
    """The parsed document of a name (``default``) or a file's path; raises ``BadFixtures``."""
    named = shipped() / f"{source}.json"
    plain = Path(source).name == source and "." not in source
    path = named if plain and named.is_file() else Path(source)
    try:
        return parse(path.read_bytes(), source)
    except OSError as error:
        names = sorted(each.stem for each in shipped().glob("*.json") if each.stem != "schema")
        known = f"give a JSON file, or one of the names {', '.join(names)}"
        raise BadFixtures(source, [f"{error.strerror}; {known}"]) from None


def parse(text: bytes, source: str) -> Any:
    """The JSON of a document; raises ``BadFixtures`` with line and column."""
    try:
        return json.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadFixtures(source, [f"is no UTF-8: byte {error.start}"]) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadFixtures(source, [f"is no valid JSON: {error.msg} at {where}"]) from None
    except (ValueError, RecursionError) as error:
        raise BadFixtures(source, [f"is no valid JSON: {error}"]) from None


class Loader:
    """Makes worlds of documents. The schemas are made once, with the loader."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.format = Format(catalogue)

    def world(self, document: Any, *, source: str, seed: str, clock: Mode = "step") -> World:
        """A world that holds what the document says; raises ``BadFixtures``, all at once."""
        if not isinstance(document, dict):
            raise BadFixtures(source, [f"must be a JSON object, not {show(document)}"])
        content, problems = self._validate(document)
        if problems:
            raise BadFixtures(source, problems)
        world = self.catalogue.empty_world(content["user"], Clock(content["now"], clock), Ids(seed))
        _fill(world, content, self.format)
        return world

    def _validate(self, document: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """The values of the document, and what is wrong with it: shapes first, then references."""
        sections = {name: document.get(name, []) for name in (*SECTIONS, "departed")}
        arrays = {name: [] if name in sections else value for name, value in document.items()}
        draft = self.format.document.load(arrays)
        problems = draft.problems
        content: dict[str, Any] = dict(draft.values)
        for name, entries in sections.items():
            content[name], wrong = self._entries(name, entries)
            problems += wrong
        return content, problems or list(problems_of(content))

    def _entries(self, section: str, entries: Any) -> tuple[list[Record], list[str]]:
        if not isinstance(entries, list):
            return [], [f"{section}: must be an array of objects, not {show(entries)}"]
        schema = self.format.entries.get(section, self.format.departed)
        found: list[Record] = []
        problems: list[str] = []
        for place, entry in enumerate(entries):
            where = f"{section}[{place}]"
            if not isinstance(entry, dict):
                problems += flatten([f"must be an object, not {show(entry)}"], where)
                continue
            draft = schema.load(entry, where)
            problems += draft.problems
            problems += _content(draft.values, where)
            found.append(draft.values)
        return found, problems


def _content(values: dict[str, Any], where: str) -> Iterator[str]:
    """Turn an attachment's base64 into bytes, in place."""
    if "content" not in values:
        return
    try:
        values["content"] = b64decode(values["content"], validate=True)
    except (binascii.Error, ValueError) as error:
        yield f"{where}.content: is no base64: {error}"
        return
    size = len(values["content"])
    if values.setdefault("file_size", size) != size:
        yield f"{where}.file_size: is {values['file_size']}, but the content has {size} bytes"


def _fill(world: World, content: Mapping[str, Any], document: Format) -> None:
    # Equal ids, and the many empty lists, are one object each: at a million messages that halves
    # the memory of a world.
    same: dict[str, str] = {}
    nothing: list[Any] = []
    conversation_of = {one["id"]: one["conversation_id"] for one in content["messages"]}
    for section, resource in document.resources.items():
        blank = resource.blank
        collection = world[resource.kind]
        for entry in content[section]:
            if section == "attachments":
                _complete_attachment(world, entry, conversation_of)
            record = {**blank, **entry}
            for name, value in record.items():
                if type(value) is str and len(value) == 16:
                    record[name] = same.setdefault(value, value)
                elif value == []:
                    record[name] = nothing
            collection.add(record)
    for contact in content["departed"]:
        world.departed[contact["id"]] = contact


def _complete_attachment(
    world: World, entry: dict[str, Any], conversation_of: Mapping[str, str]
) -> None:
    """What an attachment's record holds beyond its entry."""
    if "content" in entry:
        world.files[entry["id"]] = entry.pop("content")
    entry.setdefault("file_type", guess_type(entry["filename"]))
    entry.setdefault("file_size", 0)
    entry["file_url"] = file_url(entry["filename"])
    entry["conversation_id"] = conversation_of.get(entry.get("message_id") or "")
