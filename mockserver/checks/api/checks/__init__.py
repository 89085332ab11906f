"""The checks of an API, in the order in which they run.

Each module has a function ``checks``. A check comes after the checks that it depends on.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.checks.api.check import ApiCheck
from mockserver.checks.api.checks import (
    conversations,
    encodings,
    endpoints,
    lists,
    messages,
    refusals,
)

CHECK_MODULES = (endpoints, encodings, refusals, lists, conversations, messages)


def all_checks() -> Iterator[ApiCheck]:
    """Yield every check."""
    for module in CHECK_MODULES:
        yield from module.checks()
