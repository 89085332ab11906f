"""The checks of an API, in the order in which they run.

Each module has a function ``checks``. A check comes after the checks that it depends on.
"""

from collections.abc import Iterator

from mockserver.checks.api.checks import (
    conversations,
    encodings,
    endpoints,
    lists,
    messages,
    refusals,
)
from mockserver.checks.api.results import ApiCheck


def all_checks() -> Iterator[ApiCheck]:
    for module in (endpoints, encodings, refusals, lists, conversations, messages):
        yield from module.checks()
