"""The scripts that there are: those that come with the product, by name, and those in files."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson

from mockserver.bots.scenario import Script, problems_of, script
from mockserver.bots.scenario_schema import SCRIPT
from mockserver.schema.fields import show
from mockserver.seeding.load import FixtureError, parse


class BadScript(FixtureError):
    """A document that is no script, with every problem and where it is."""

    noun = "script"


def names() -> list[str]:
    """Those that come with the product, sorted."""
    return sorted(each.stem for each in _shipped().glob("*.json") if each.stem != "schema")


def shipped(name: str) -> Any:
    """The document of one of them; raises ``LookupError`` with the near miss."""
    known = names()
    if name not in known:
        near = get_close_matches(name, known, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(known)}"
        raise LookupError(f"there is no script {show(name)}; {hint}")
    return orjson.loads((_shipped() / f"{name}.json").read_bytes())


def open_script(source: str) -> Script:
    """The script of this name, or in this file; raises ``BadScript``."""
    if source in names():
        return read(shipped(source), source)
    try:
        text = Path(source).read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        known = f"give a JSON file, or one of the names {', '.join(names())}"
        raise BadScript(source, [f"{why}; {known}"]) from None
    try:
        document = parse(text, source)
    except FixtureError as error:
        raise BadScript(source, error.problems) from None
    return read(document, source)


def read(document: Any, source: str) -> Script:
    """The script that a document holds; raises ``BadScript``, all at once."""
    if not isinstance(document, Mapping):
        raise BadScript(source, [f"must be a JSON object, not {show(document)}"])
    draft = SCRIPT.load(document)
    if draft.problems:
        raise BadScript(source, draft.problems)
    return settled(draft.values, source)


def settled(values: Mapping[str, Any], source: str, path: str = "") -> Script:
    """The script of values that are right each by itself; raises ``BadScript``, all at once."""
    problems = [f"{path}{problem}" for problem in problems_of(values)]
    if problems:
        raise BadScript(source, problems)
    return script(values)


def _shipped() -> Path:
    return Path(str(files("mockserver"))) / "bots" / "scripts"
