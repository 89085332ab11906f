"""Which requests are meant, and how far off the others are.

A failed match explains the difference to the nearest misses (pytest-httpserver's RequestMatcher,
WireMock's near misses).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from mockserver.instruments.exchange import Exchange

NEAREST = 3
ABSENT = "was absent"


@dataclass(frozen=True)
class Match:
    """What a request must be like; what is None or empty may be anything.

    ``path`` and ``operation`` may hold ``*``; of ``query``, ``headers`` and ``body`` only what is
    named is asked for, to any depth.
    """

    method: str | None = None
    path: str | None = None
    operation: str | None = None
    status: int | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, exchange: Exchange) -> bool:
        return next(self.differences(exchange), None) is None

    def differences(self, exchange: Exchange) -> Iterator[str]:
        """How the exchange differs from what is wanted; nothing if it does not."""
        if self.method is not None and self.method.upper() != exchange.method:
            yield f"method: wanted {self.method.upper()}, was {exchange.method}"
        if self.path is not None and not fnmatchcase(exchange.path, self.path):
            yield f"path: wanted {self.path}, was {exchange.path}"
        if self.operation is not None and not fnmatchcase(exchange.operation, self.operation):
            yield f"operation: wanted {self.operation}, was {exchange.operation}"
        if self.status is not None and self.status != exchange.status:
            yield f"status: wanted {self.status}, was {exchange.status}"
        yield from unlike("query", self.query, exchange.query)
        names = {name.lower(): value for name, value in exchange.headers}
        yield from unlike(
            "headers", {name.lower(): value for name, value in self.headers.items()}, names
        )
        yield from unlike("body", self.body, exchange.given)


def unlike(path: str, wanted: Any, found: Any) -> Iterator[str]:
    """Where ``found`` lacks something of ``wanted``; more than that it may have."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for name, value in wanted.items():
            if name in found:
                yield from unlike(f"{path}.{name}", value, found[name])
            else:
                yield f"{path}.{name}: wanted {value!r}, {ABSENT}"
    elif wanted != found or isinstance(wanted, bool) != isinstance(found, bool):
        yield f"{path}: wanted {wanted!r}, was {found!r}"


def nearest(match: Match, exchanges: Sequence[Exchange]) -> list[tuple[Exchange, list[str]]]:
    """The exchanges that differ least, the latest first among equals, with the differences."""
    missed = [(each, list(match.differences(each))) for each in reversed(exchanges)]
    missed = [(each, differences) for each, differences in missed if differences]
    return sorted(missed, key=lambda one: sum(map(_weight, one[1])))[:NEAREST]


def _weight(difference: str) -> int:
    """Another value is nearer than none at all."""
    return 2 if difference.endswith(ABSENT) else 1
