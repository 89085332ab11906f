"""The documented requests and their documented responses."""

from importlib.resources import files
from typing import Any

import orjson


def examples() -> dict[str, dict[str, Any]]:
    """Return the documented examples by name, such as ``create a conversation``.

    An example has ``request`` (``method``, ``path``, and ``query``, ``form`` and ``files`` as lists
    of pairs if it sends them; null for the error object), ``response`` (``status``, ``body``) and
    ``compare``, which says how much of the response must match: ``exact``, ``first``, ``ids`` or
    ``{"except": [...]}``.
    """
    document = orjson.loads((files("mockserver.contract") / "examples.json").read_bytes())
    return {example["name"]: example for example in document["examples"]}
