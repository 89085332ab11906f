"""Which requests are meant, and how far off the others are.

A failed match explains the difference to the nearest misses (pytest-httpserver's RequestMatcher,
WireMock's near misses).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Protocol

from mockserver.journal.exchange import Exchange
from mockserver.schema.fields import Object, Text, Whole
from mockserver.schema.schema import Attributes

NEAREST = 3
ABSENT = "was absent"


#: Which requests are meant, by what is known of them before they are served.
TARGET = Attributes({"method": Text(), "path": Text(), "resource": Text(), "operation": Text()})
MATCH = Attributes(
    {
        **TARGET.fields,
        "status": Whole(0, 599),
        "query": Object(),
        "headers": Object(),
        "body": Object(),
    }
)


class Request(Protocol):
    """What is known of a request before it is served."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def operation(self) -> str: ...


@dataclass(frozen=True)
class Target:
    """What a request must be like; what is None may be anything.

    ``path`` and ``operation`` may hold ``*``; ``operation`` is whole (``messages.create``) or the
    verb alone.
    """

    method: str | None = None
    path: str | None = None
    resource: str | None = None
    operation: str | None = None

    def __call__(self, request: Request) -> bool:
        return next(self.differences(request), None) is None

    def differences(self, request: Request) -> Iterator[str]:
        """How the request differs from what is wanted; nothing if it does not."""
        if self.method is not None and self.method.upper() != request.method:
            yield f"method: wanted {self.method.upper()}, was {request.method}"
        if self.path is not None and not fnmatchcase(request.path, self.path):
            yield f"path: wanted {self.path}, was {request.path}"
        if not self.means(request.operation):
            wanted = " of ".join(filter(None, (self.operation, self.resource)))
            yield f"operation: wanted {wanted}, was {request.operation or 'none'}"

    def means(self, operation: str) -> bool:
        """Whether ``operation``, such as ``messages.create``, is among those that are wanted."""
        resource, _, verb = operation.partition(".")
        wanted = self.operation or "*"
        return self.resource in (None, resource) and fnmatchcase(
            operation if "." in wanted else verb, wanted
        )

    def shown(self) -> dict[str, Any]:
        """What is wanted, as it was given."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Match:
    """What a request that was answered must be like; what is None or empty may be anything.

    Of ``query``, ``headers`` and ``body`` only what is named is asked for, to any depth.
    """

    target: Target = Target()
    status: int | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Match:
        """From what ``MATCH`` has read."""
        aimed = {name: value for name, value in values.items() if name in TARGET.fields}
        rest = {name: value for name, value in values.items() if name not in TARGET.fields}
        return cls(Target(**aimed), **rest)

    def __call__(self, exchange: Exchange) -> bool:
        return next(self.differences(exchange), None) is None

    def differences(self, exchange: Exchange) -> Iterator[str]:
        """How the exchange differs from what is wanted; nothing if it does not."""
        yield from self.target.differences(exchange)
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
