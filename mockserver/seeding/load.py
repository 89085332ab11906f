"""A loader of fixture documents, which reports every problem of an invalid document."""

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path
from typing import Any

import orjson

from mockserver.errors import MAX_PROBLEMS, InvalidRequest
from mockserver.resources.attachments import file_url
from mockserver.resources.fields import Reactions
from mockserver.resources.media_types import guess_type
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.compound import List
from mockserver.schema.fields import Identifier, StrictField, repr_value
from mockserver.schema.schema import Schema, ValidationError
from mockserver.schema.strict_json import parse_json
from mockserver.seeding.format import SECTIONS, Format
from mockserver.seeding.references import problems_of
from mockserver.storage.budget import Content
from mockserver.storage.clock import Clock, Mode
from mockserver.storage.collection import Record
from mockserver.storage.ids import IdGenerator
from mockserver.storage.world import World, gc_paused
from mockserver.unpatched import read_data

NAMES = ("default", "empty")  # of the shipped fixtures
PIECE = 500  # entries that are converted to records together; then their memory is reused
PIECE_BYTES = 250_000  # of JSON that are parsed together; a shorter array of messages is not split
MAX_CUTS = 100  # commas that are tried as the end of a piece; then the rest is parsed as one piece

MESSAGES = re.compile(rb'"messages"\s*:\s*\[')
COMMA = re.compile(rb"(?<=\})\s*,(?=\s*\{)")


class FixtureError(Exception):
    """An invalid fixture document. The message lists the problems, each with its path.

    If there are more than ``MAX_PROBLEMS`` problems, the first ones are listed.
    """

    noun = "fixtures"

    def __init__(self, source: str, problems: list[str]) -> None:
        self.source = source
        self.problems = problems
        lines = problems[:MAX_PROBLEMS]
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        if len(problems) > MAX_PROBLEMS:
            count = f"more than {MAX_PROBLEMS} problems"
            lines.append("… and more")
        super().__init__("\n  ".join([f"{source}: {count}", *lines]))


def shipped(name: str) -> bytes:
    """Return a file of the folder ``fixtures``, in the package or beside it in a checkout."""
    try:
        return read_data("mockserver", f"fixtures/{name}.json")
    except OSError:
        return read_data("mockserver", f"../fixtures/{name}.json")


def read(source: str) -> Any:
    """Return the document of shipped fixtures or of a fixture file; raises ``FixtureError``."""
    return parse(read_bytes(source, NAMES, shipped), source)


def read_bytes(source: str, names: Sequence[str], shipped: Callable[[str], bytes]) -> bytes:
    """Return the text of a shipped document or of a file; raises ``FixtureError``."""
    try:
        return shipped(source) if source in names else Path(source).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        known = f"give a JSON file, or one of the names {', '.join(names)}"
        raise FixtureError(source, [f"{reason}; {known}"]) from None


def parse(text: bytes, source: str) -> Any:
    """Return the value of a JSON text; raises ``FixtureError`` with line and column."""
    with suppress(orjson.JSONDecodeError), gc_paused():
        return orjson.loads(text)
    try:
        # Unlike orjson, parse_json accepts lone surrogates and a byte order mark, and its messages
        # never change.
        return parse_json(text)
    except ValueError as error:
        raise FixtureError(source, [str(error)]) from None


def parse_in_pieces(text: bytes) -> dict[str, Any]:
    """Return the document of a large JSON text, with its messages as an iterator of arrays.

    So a million parsed messages are never in memory together. Raises ``ValueError``, immediately or
    during iteration, if the text is small or invalid, or its attributes are in another order.
    """
    match = MESSAGES.search(text)
    start, end = match.end() if match else 0, text.rfind(b"]", 0, text.rfind(b'"attachments"'))
    if end - start < PIECE_BYTES:
        raise ValueError("no large array of messages")
    document = orjson.loads(text[:start] + b"0" + text[end:])
    if not isinstance(document, dict) or document.get("messages") != [0]:
        raise ValueError("not the document's array of messages")
    return {**document, "messages": _parse_pieces(text, start, end)}


def _parse_pieces(text: bytes, start: int, end: int) -> Iterator[Any]:
    """Yield the entries of the array ``text[start:end]`` in pieces."""
    # A piece that ends within an entry is not valid JSON, because a bracket or a string is left
    # open. Then the next comma is tried.
    while start < end:
        commas = islice(COMMA.finditer(text, start + PIECE_BYTES, end), MAX_CUTS)
        for stop, next_start in chain((comma.span() for comma in commas), [(end, end)]):
            try:
                piece = orjson.loads(b"[%b]" % text[start:stop])
            except orjson.JSONDecodeError:
                continue
            yield piece
            start = next_start
            break
        else:
            raise ValueError("a piece is not valid JSON")


class Loader:
    """A loader of documents into worlds, which reuses its schemas."""

    def __init__(self, registry: ResourceRegistry) -> None:
        self.registry = registry
        self.format = Format(registry)

    def load(self, source: str, *, seed: str, clock: Mode = "step", speed: int = 1) -> World:
        """Return the world of shipped fixtures or of a fixture file; raises ``FixtureError``."""
        with gc_paused():
            text = read_bytes(source, NAMES, shipped)
            with suppress(ValueError):
                return self._load(parse_in_pieces(text), source, seed, clock, speed)
            return self._load(parse(text, source), source, seed, clock, speed)

    def load_document(
        self, document: Any, *, source: str, seed: str, clock: Mode = "step", speed: int = 1
    ) -> World:
        """Return the world of a document; raises ``FixtureError`` with all problems.

        The seed and clock of an exported state take precedence over ``seed`` and ``clock``.
        """
        copy = dict(document) if isinstance(document, dict) else document
        return self._load(copy, source, seed, clock, speed)

    def _load(self, document: Any, source: str, seed: str, clock: Mode, speed: int) -> World:
        # Entries are removed from the document while it is loaded, so that records can reuse their
        # memory, a fifth of the world's.
        if not isinstance(document, dict):
            raise FixtureError(source, [f"must be a JSON object, not {repr_value(document)}"])
        with gc_paused():
            content, problems = self._validate(document)
            if problems:
                raise FixtureError(source, problems)
            mode = content.get("clock", clock)
            if "speed" in content and mode != "real":
                problem = f"speed: needs a real clock, but the mode is '{mode}'"
                raise FixtureError(source, [problem])
            world = self.registry.empty_world(
                content["user"],
                Clock(content["now"], mode, content.get("speed", speed)),
                IdGenerator(content.get("seed", seed), content.get("ids")),
            )
            self._fill(world, content)
        return world

    def _validate(self, document: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Return the values, with entries as records, and the problems."""
        sections = {name: document.pop(name, []) for name in (*SECTIONS, "departed")}
        validated = self.format.document.validated(document)
        content, problems = dict(validated.values), validated.problems
        ids: dict[str, str] = {}
        for name in (*SECTIONS, "departed"):
            content[name] = self._records(name, sections.pop(name), ids, problems)
        return content, problems or list(islice(problems_of(content), MAX_PROBLEMS + 1))

    def _records(
        self, section: str, entries: Any, ids: dict[str, str], problems: list[str]
    ) -> list[Record]:
        """Return the records of a section's valid entries, and append problems to ``problems``.

        Stop after more than ``MAX_PROBLEMS`` problems.
        """
        if not isinstance(entries, list | Iterator):
            problems.append(f"{section}: must be an array of objects, not {repr_value(entries)}")
            return []
        schema = self.format.entries.get(section, self.format.departed)
        resource = self.format.resources.get(section)
        defaults = resource.defaults if resource else dict.fromkeys(schema.fields)
        builder = RecordBuilder(schema, defaults, ids)
        records: list[Record] = []
        for piece in _pop_pieces(entries) if isinstance(entries, list) else entries:
            built = builder.build(piece)
            if built is not None:
                records += built
                continue
            # An entry is invalid, or the entries' attributes differ.
            for index, entry in enumerate(piece, len(records)):
                [record] = builder.build([entry]) or [{}]
                records.append(record)
                path = f"{section}[{index}]"
                if not isinstance(entry, dict):
                    problems.append(f"{path}: must be an object, not {repr_value(entry)}")
                elif not record:
                    problems += schema.validated(entry, path).problems
                if len(problems) > MAX_PROBLEMS:
                    return records
        return records

    def _fill(self, world: World, content: Mapping[str, Any]) -> None:
        for section, resource in self.format.resources.items():
            if section == "attachments":
                for record in content[section]:
                    _complete_attachment(world, record)
            world[resource.kind].extend(content[section])
        for contact in content["departed"]:
            world.departed[contact["id"]] = contact


def _pop_pieces(entries: list[Any]) -> Iterator[list[Any]]:
    """Yield a list in pieces, dropping each piece so that the next can reuse its memory."""
    entries = entries[::-1]
    while entries:
        yield [entries.pop() for _ in range(min(PIECE, len(entries)))]


class RecordBuilder:
    """A builder of records, which adds defaults and shares equal ids and empty arrays.

    Sharing halves the memory of a world of a million messages. ``ids`` maps each id of the document
    to the string that all records share.
    """

    def __init__(self, schema: Schema, defaults: Record, ids: dict[str, str]) -> None:
        self._fields = schema.fields
        self._required = {name for name, field in schema.fields.items() if field.required}
        self._defaults = defaults
        self._template = with_shared_keys(defaults)
        self._ids = ids

    def build(self, entries: Sequence[Any]) -> list[Record] | None:
        """Return the records of entries, or None if one is invalid or their attributes differ.

        The values are read by attribute, in a fifth of the time that a schema takes.
        """
        names = list(entries[0]) if isinstance(entries[0], dict) else []
        if not self._required <= set(names) <= self._fields.keys():
            return None
        if not all(isinstance(entry, dict) and list(entry) == names for entry in entries):
            return None
        records = [self._template.copy() for _ in entries]
        try:
            columns = zip(*(entry.values() for entry in entries), strict=True)
            for name, values in zip(names, columns, strict=True):
                for record, value in zip(records, self._read_all(name, values), strict=True):
                    record[name] = value
        except ValidationError:
            return None
        return records

    def _read_all(self, name: str, values: Sequence[Any]) -> Iterable[Any]:
        """Return the internal form of values; equal ids and empty arrays are the same object."""
        field = self._fields[name]
        if isinstance(field, List | Reactions):
            empty = field.deserialize([]) or self._defaults[name]
            return [empty if value == [] else field.deserialize(value) or empty for value in values]
        if not are_plain(field, values):
            values = [field.deserialize(value) for value in values]
        if isinstance(field, Identifier):
            return map(self._ids.setdefault, values, values)
        return values


def are_plain(field: StrictField, values: Sequence[Any]) -> bool:
    """Return whether a field's JSON Schema shows that all values are valid and are read unchanged.

    If false, the field must read each value. Raises ``ValidationError`` for invalid Unicode.
    """
    if field.allow_none:
        values = [value for value in values if value is not None]
    types = {*map(type, values)}
    match field.json_type():
        case {"type": "integer", "minimum": minimum, "maximum": maximum} if types <= {int}:
            return all(minimum <= value <= maximum for value in values)
        case {"type": "string", "pattern": pattern, **others} if types <= {str} and not others:
            return all(map(re.compile(pattern).fullmatch, values))
        case {"type": "string", **others} if types <= {str} and not others:
            return field.read("".join(values)) is not None
    return False


def with_shared_keys(values: Record) -> Record:
    """Return an equal dict whose copies share its keys (PEP 412) and so take half the memory."""

    class Attributes:
        pass

    # Instances of a class share their keys. The first instances reserve room for more attributes.
    for _ in range(32):
        attributes = Attributes()
        for name, value in values.items():
            setattr(attributes, name, value)
    return vars(attributes)


def _complete_attachment(world: World, record: Record) -> None:
    """Add the attributes that a document omits. The world must contain the messages already."""
    if "content" in record:
        content = world.files[record["id"]] = Content(record.pop("content"))
        record["file_size"] = len(content.data)
    name, message_id = record["filename"], record["message_id"]
    record["file_type"] = record["file_type"] or guess_type(name)
    record["file_size"] = record["file_size"] or 0
    record["file_url"] = file_url(name)
    record["conversation_id"] = message_id and world["message"][message_id]["conversation_id"]


class FixtureCache:
    """The worlds of the fixtures that clients may name, each loaded once.

    ``origin`` is the world of the fixtures ``name``, with which the server started. Only this name
    and the names of the shipped fixtures are valid: a client's name is never opened as a file.
    """

    def __init__(self, loader: Loader, name: str, origin: World) -> None:
        self.loader = loader
        self._origin = origin
        self._worlds = {name: origin}
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        return sorted({*NAMES, *self._worlds})

    def world(self, name: str, seed: str | None = None, clock: Mode | None = None) -> World:
        """Return a new world of fixtures; raises ``InvalidRequest`` for an unknown name.

        ``seed`` and ``clock`` override the values in the fixtures.
        """
        with self._lock:
            if name not in self._worlds:
                self._worlds[name] = self._load(name)
            world = self._worlds[name].fork()
        if seed is not None:
            world.ids = IdGenerator(seed)
        if clock is not None:
            world.clock = Clock(world.clock.now(), clock, self._origin.clock.speed)
        return world

    def _load(self, name: str) -> World:
        if name not in self.names():
            known = ", ".join(self.names())
            raise InvalidRequest(
                f"fixtures: unknown name {repr_value(name)}; known: {known}; to load a "
                "document or a file, use state= in Python, or PUT /_sandbox/state"
            )
        seed, clock = self._origin.ids.seed, self._origin.clock
        return self.loader.load(name, seed=seed, clock=clock.mode, speed=clock.speed)
