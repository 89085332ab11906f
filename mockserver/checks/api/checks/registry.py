"""All checks, in the order in which they are tried and told."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.checks.api.check import Check
from mockserver.checks.api.checks import (
    attachments,
    authentication,
    bodies,
    contacts,
    conversations,
    deletions,
    encodings,
    endpoints,
    examples,
    filters,
    groups,
    messages,
    pages,
    refusals,
)

ROOMS = (
    *(endpoints, examples, authentication, encodings, bodies, refusals, pages, filters),
    *(contacts, conversations, groups, messages, attachments, deletions),
)


def checks() -> Iterator[Check]:
    """Every check; those that others rest on come first."""
    for room in ROOMS:
        yield from room.checks()
