"""The documented requests and responses."""

from typing import Any

import orjson

from mockserver.unpatched import read_data


def examples() -> dict[str, dict[str, Any]]:
    """Return the documented examples by name, such as ``create a conversation``.

    An example has ``request`` (``method``, ``path``, and optionally ``query``, ``form`` and
    ``files`` as lists of pairs; null for the error object), ``response`` (``status``, ``body``) and
    ``compare``, the part of the response that must match: ``exact``, ``first``, ``ids`` or
    ``{"except": [...]}``.
    """
    document = orjson.loads(read_data(__package__, "examples.json"))
    return {example["name"]: example for example in document["examples"]}
