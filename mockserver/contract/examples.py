"""The documented requests with their documented responses (shared with the reference)."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import orjson


def examples() -> dict[str, dict[str, Any]]:
    """Each documented example by its name, such as ``create a conversation``.

    One has ``request`` (``method``, ``path``, and of ``query``, ``form`` and ``files``, lists of
    pairs, those that it sends; null for the error object, which has none), ``response``
    (``status``, ``body``) and ``compare``: ``exact``, ``first``, ``ids`` or ``{"except": [...]}``,
    how far the response's values are documented rather than those of the day.
    """
    document = orjson.loads((files("mockserver.contract") / "examples.json").read_bytes())
    return {one["name"]: one for one in document["examples"]}
