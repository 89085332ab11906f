"""Fixtures in: a document becomes a world, or all that is wrong with it is told."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson

from mockserver.resources.attachments import file_url
from mockserver.resources.fields import Reactions
from mockserver.resources.media_types import guess_type
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.compound import List
from mockserver.schema.fields import Identifier, repr_value
from mockserver.schema.schema import Schema, format_errors
from mockserver.seeding.format import SECTIONS, Format
from mockserver.seeding.references import problems_of
from mockserver.storage.clock import Clock, Mode
from mockserver.storage.collection import Record
from mockserver.storage.ids import IdGenerator
from mockserver.storage.world import World

TOLD = 50


class FixtureError(Exception):
    """A document that is no fixture, with every problem and where it is."""

    noun = "fixtures"

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
    """The parsed document of a name (``default``) or a file's path; raises ``FixtureError``."""
    named = shipped() / f"{source}.json"
    plain = Path(source).name == source and "." not in source
    path = named if plain and named.is_file() else Path(source)
    try:
        return parse(path.read_bytes(), source)
    except OSError as error:
        names = sorted(each.stem for each in shipped().glob("*.json") if each.stem != "schema")
        known = f"give a JSON file, or one of the names {', '.join(names)}"
        raise FixtureError(source, [f"{error.strerror}; {known}"]) from None


def parse(text: bytes, source: str) -> Any:
    """The JSON of a document; raises ``FixtureError`` with line and column."""
    try:
        with undisturbed():
            return orjson.loads(text)
    except orjson.JSONDecodeError:
        return _parse_leniently(text, source)


def _parse_leniently(text: bytes, source: str) -> Any:
    """Parse what orjson does not: for the few things that may be, and for better messages."""
    try:
        return json.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FixtureError(source, [f"is no UTF-8: byte {error.start}"]) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FixtureError(source, [f"is no valid JSON: {error.msg} at {where}"]) from None
    except (ValueError, RecursionError) as error:
        raise FixtureError(source, [f"is no valid JSON: {error}"]) from None


@contextmanager
def undisturbed() -> Iterator[None]:
    """Do without the garbage collector for a while.

    Of the millions of objects that are made here none is garbage, and to look at them all again
    and again takes as long as to make them.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Loader:
    """Makes worlds of documents. The schemas are made once, with the loader."""

    def __init__(self, catalogue: ResourceRegistry) -> None:
        self.catalogue = catalogue
        self.format = Format(catalogue)

    def open(self, source: str, *, seed: str, clock: Mode = "step", speed: int = 1) -> World:
        """The world of the fixtures of this name, or in this file; raises ``FixtureError``."""
        return self._world(read(source), source, seed, clock, speed)

    def world(
        self, document: Any, *, source: str, seed: str, clock: Mode = "step", speed: int = 1
    ) -> World:
        """A world that holds what the document says; raises ``FixtureError``, all at once.

        A document that tells its own seed and clock, as an exported state does, keeps them.
        """
        ours = dict(document) if isinstance(document, dict) else document
        return self._world(ours, source, seed, clock, speed)

    def _world(self, document: Any, source: str, seed: str, clock: Mode, speed: int) -> World:
        """``world``, emptying the document as it goes.

        Where nobody else holds the entries, their memory serves for the records: it is that of a
        fifth of the world.
        """
        if not isinstance(document, dict):
            raise FixtureError(source, [f"must be a JSON object, not {repr_value(document)}"])
        with undisturbed():
            content, problems = self._validate(document)
            if problems:
                raise FixtureError(source, problems)
            mode = content.get("clock", clock)
            if "speed" in content and mode != "real":
                told = f"speed: only a real clock has one, and this one is '{mode}'"
                raise FixtureError(source, [told])
            started = Clock(content["now"], mode, content.get("speed", speed))
            ids = IdGenerator(content.get("seed", seed), content.get("ids"))
            world = self.catalogue.empty_world(content["user"], started, ids)
            _fill(world, content, self.format)
        return world

    def _validate(self, document: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """The values of the document, its entries as records, and what is wrong with it: shapes
        first, then references."""
        sections = {name: document.pop(name, []) for name in (*SECTIONS, "departed")}
        draft = self.format.document.validated(document)
        problems = draft.problems
        content: dict[str, Any] = dict(draft.values)
        ids: dict[str, str] = {}
        for name in (*SECTIONS, "departed"):
            content[name], wrong = self._records(name, sections.pop(name), ids)
            problems += wrong
        return content, problems or list(problems_of(content))

    def _records(
        self, section: str, entries: Any, ids: dict[str, str]
    ) -> tuple[list[Record], list[str]]:
        if not isinstance(entries, list):
            return [], [f"{section}: must be an array of objects, not {repr_value(entries)}"]
        schema = self.format.entries.get(section, self.format.departed)
        resource = self.format.resources.get(section)
        finish = Finish(schema, resource.defaults if resource else {}, ids)
        found: list[Record] = []
        problems: list[str] = []
        entries = entries[::-1]
        for place in range(len(entries)):
            entry = entries.pop()
            where = f"{section}[{place}]"
            if not isinstance(entry, dict):
                problems += format_errors([f"must be an object, not {repr_value(entry)}"], where)
                continue
            draft = schema.validated(entry, where)
            problems += draft.problems
            if "content" in draft.values:
                problems += _size(draft.values, where)
            found.append(finish(draft.values))
        return found, problems


class Finish:
    """Makes records of a section's values: what was not written is there, and what is equal is
    one object, which halves the memory of a world of a million messages.

    ``ids`` are all that were seen in the document.
    """

    def __init__(self, schema: Schema, blank: Record, ids: dict[str, str]) -> None:
        fields = schema.fields.items()
        self._ids = ids
        self._named = [name for name, one in fields if isinstance(one, Identifier)]
        self._arrays = [name for name, one in fields if isinstance(one, List | Reactions)]
        self._blank = blank

    def __call__(self, values: Record) -> Record:
        record = {**self._blank, **values}
        for name in self._named:
            value = record.get(name)
            if value is not None:
                record[name] = self._ids.setdefault(value, value)
        for name in self._arrays:
            record[name] = record[name] or self._blank[name]
        return record


def _size(values: Record, where: str) -> Iterator[str]:
    """What is wrong with the size of an attachment's content; it is set where it is not given."""
    size = len(values["content"])
    if values.setdefault("file_size", size) != size:
        yield f"{where}.file_size: is {values['file_size']}, but the content has {size} bytes"


def _fill(world: World, content: Mapping[str, Any], document: Format) -> None:
    for section, resource in document.resources.items():
        add = world[resource.kind].add
        for record in content[section]:
            if section == "attachments":
                _complete_attachment(world, record)
            add(record)
    for contact in content["departed"]:
        world.departed[contact["id"]] = contact


def _complete_attachment(world: World, record: Record) -> None:
    """What an attachment's record holds beyond its entry; the messages are there already."""
    if "content" in record:
        world.files[record["id"]] = record.pop("content")
    name, message_id = record["filename"], record["message_id"]
    record["file_type"] = record["file_type"] or guess_type(name)
    record["file_size"] = record["file_size"] or 0
    record["file_url"] = file_url(name)
    record["conversation_id"] = message_id and world["message"][message_id]["conversation_id"]
