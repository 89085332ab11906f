"""The documented requests and responses."""

from importlib.resources import files
from typing import Any

import orjson


def examples() -> dict[str, dict[str, Any]]:
    """Return the documented examples by name, such as ``create a conversation``.

    An example has ``request`` (``method``, ``path``, and optionally ``query``, ``form`` and
    ``files`` as lists of pairs; null for the error object), ``response`` (``status``, ``body``) and
    ``compare``, the part of the response that must match: ``exact``, ``first``, ``ids`` or
    ``{"except": [...]}``.
    """
    document = orjson.loads((files("mockserver.contract") / "examples.json").read_bytes())
    return {example["name"]: example for example in document["examples"]}
