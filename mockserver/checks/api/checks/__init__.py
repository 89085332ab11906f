"""The checks of an API, in the order in which they run.

A module's ``checks()`` yields its checks. Those that others depend on come first.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.checks.api.check import ApiCheck
from mockserver.checks.api.checks import (
    contacts,
    conversations,
    encodings,
    endpoints,
    lists,
    messages,
    refusals,
)

CHECK_MODULES = (endpoints, encodings, refusals, lists, contacts, conversations, messages)


def all_checks() -> Iterator[ApiCheck]:
    """Yield every check."""
    for module in CHECK_MODULES:
        yield from module.checks()
