"""Documents in the fixture format, as one has them at hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

Document = Mapping[str, Any] | str | PathLike[str]


def read(state: Document, noun: str = "state") -> Mapping[str, Any]:
    """A document, or the one in a JSON file; raises ``ValueError`` for one that is no object."""
    if isinstance(state, Mapping):
        return state
    try:
        found = json.loads(Path(state).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{noun}: {state} is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{noun}: {state} holds no JSON object, but {json.dumps(found)[:40]}")
    return found
