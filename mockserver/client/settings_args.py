"""The settings of a server of one's own, as keyword arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import Field
from typing import Any

from mockserver.client.suggestions import unknown
from mockserver.errors import hide_secret
from mockserver.settings import BOUNDS, PATTERNS, Settings, rows

#: What only the command line does, and what has an argument of its own.
OTHERS = {"fixtures", "ready_file", "log_level", "save_on_exit"}


def settings(given: Mapping[str, Any]) -> Settings:
    """The settings with these values, on a free port unless they say which.

    Raises ``TypeError`` for a setting that there is none of or a value of another type, and
    ``ValueError`` for a value that it cannot have.
    """
    known = {row.name: row for row in rows() if row.name not in OTHERS}
    values: dict[str, Any] = {"port": 0}
    for name, value in given.items():
        if name not in known:
            raise TypeError(f"MockServer: {unknown('setting', name, ['fixtures', 'url', *known])}")
        values[name] = _checked(known[name], value)
    return Settings(**values)


def _checked(row: Field[Any], value: Any) -> Any:
    repeatable = isinstance(row.default, tuple)
    if repeatable and isinstance(value, Iterable) and not isinstance(value, str):
        values = tuple(value)
    else:
        values = (str(value) if row.name == "seed" else value,)
    kind = str if repeatable else type(row.default)
    for each in values:
        if type(each) is not kind:
            raise TypeError(f"MockServer: {row.name} must be of type {kind.__name__}, not {each!r}")
        wanted = _wanted(row, each)
        if wanted:
            told = hide_secret(each) if isinstance(each, str) else each
            raise ValueError(f"MockServer: {row.name} must be {wanted}, not {told!r}")
    return values if repeatable else values[0]


def _wanted(row: Field[Any], value: Any) -> str | None:
    """What the setting must be, where the value is not."""
    choices = row.metadata["choices"]
    if choices and value not in choices:
        return f"one of {', '.join(choices)}"
    least, most = BOUNDS.get(row.name, (None, None))
    if least is not None and (value < least or (most is not None and value > most)):
        return f"from {least}" if most is None else f"from {least} to {most}"
    pattern, described = PATTERNS.get(row.name, ("", ""))
    return described if pattern and not re.fullmatch(pattern, value) else None
