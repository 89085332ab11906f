"""The JSON format of bot scripts, and how to read a script by name or from a file."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from mockserver.bots.script import Script, fields_of
from mockserver.errors import MAX_PROBLEMS
from mockserver.schema.fields import NonEmptyString, integer, repr_value
from mockserver.schema.schema import Schema
from mockserver.seeding import load
from mockserver.seeding.format import json_schema_text
from mockserver.unpatched import read_data

VERSION = 1
#: The names of the shipped scripts.
NAMES = ("office", "support-queue")
FIELDS = fields_of(Script)
HEADER = {"$schema": NonEmptyString(), "version": integer(VERSION, VERSION, required=True)}
SCRIPT = Schema.with_fields(**HEADER, **FIELDS)


class ScriptError(load.FixtureError):
    """An invalid bot script. The message has every problem with its path."""

    noun = "script"


def shipped(name: str) -> Any:
    return load.parse(_shipped_text(name), name)


def _shipped_text(name: str) -> bytes:
    return read_data("mockserver.bots", f"scripts/{name}.json")


def open_script(source: str) -> Script:
    """Return the script with this name or file path; raises ``ScriptError``."""
    try:
        document = load.parse(load.read_bytes(source, NAMES, _shipped_text), source)
    except load.FixtureError as error:
        raise ScriptError(source, error.problems) from None
    return read(document, source)


def read(document: Any, source: str) -> Script:
    """Return the script in a parsed document; raises ``ScriptError``."""
    if not isinstance(document, Mapping):
        raise ScriptError(source, [f"must be a JSON object, not {repr_value(document)}"])
    validated = SCRIPT.validated(document)
    if validated.problems:
        raise ScriptError(source, validated.problems)
    return check(validated.values, source)


def check(values: Mapping[str, Any], source: str, prefix: str = "") -> Script:
    """Return the script with values that the schema accepts; raises ``ScriptError``.

    ``prefix`` is put before the paths of the problems.
    """
    script = Script(**{name: values[name] for name in FIELDS if name in values})
    problems = [f"{prefix}{problem}" for problem in islice(script.problems(), MAX_PROBLEMS + 1)]
    if problems:
        raise ScriptError(source, problems)
    return script


def schema_text() -> str:
    """Return the text of ``scripts/schema.json``."""
    return json_schema_text("mockserver bot script", SCRIPT)


if __name__ == "__main__":
    print(schema_text(), end="")
