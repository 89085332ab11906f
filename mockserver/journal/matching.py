"""Request matchers, and the near misses of a matcher, as in WireMock and pytest-httpserver."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol, Self

from mockserver.errors import REDACTED, SECRET_NAME
from mockserver.journal.exchange import Exchange
from mockserver.schema import wildcard
from mockserver.schema.fields import NonEmptyString, QueryDict, StrictDict, TextDict, integer
from mockserver.schema.schema import Schema
from mockserver.schema.wildcard import Wildcard

MAX_NEAR_MISSES = 3
MISSING = "is missing"

#: The parts of a matcher that are known before a request is handled.
TARGET = Schema.with_fields(
    method=NonEmptyString(),
    path=Wildcard(),
    resource=NonEmptyString(),
    operation=Wildcard(),
)
MATCH = Schema.with_fields(
    **TARGET.fields,
    status=integer(0, 599),
    query=QueryDict(),
    headers=TextDict(),
    body=StrictDict(),
)


class RequestFacts(Protocol):
    """The attributes of a request that are known before it is handled."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def operation(self) -> str: ...


@dataclass(frozen=True)
class Target:
    """A matcher for requests that were not handled yet; None matches anything.

    ``path`` and ``operation`` may contain ``*``. ``operation`` is complete (``messages.create``) or
    only the verb (``create``).
    """

    method: str | None = None
    path: str | None = None
    resource: str | None = None
    operation: str | None = None

    def __call__(self, request: RequestFacts) -> bool:
        return self.concerns(request) and (
            self.path is None or wildcard.matches(request.path, self.path)
        )

    def concerns(self, request: RequestFacts) -> bool:
        """Return whether the method and the operation match, whatever the path."""
        is_method = self.method is None or self.method.upper() == request.method
        return is_method and self.matches_operation(request.operation)

    def differences(self, request: RequestFacts) -> Iterator[str]:
        """Yield how the request differs from the matcher; nothing if it matches."""
        if self.method is not None and self.method.upper() != request.method:
            yield f"method: expected {self.method.upper()}, got {request.method}"
        if self.path is not None and not wildcard.matches(request.path, self.path):
            yield f"path: expected {self.path}, got {request.path}"
        if not self.matches_operation(request.operation):
            expected = " of ".join(filter(None, (self.operation, self.resource)))
            yield f"operation: expected {expected}, got {request.operation or 'none'}"

    def matches_operation(self, operation: str) -> bool:
        """Return whether an operation such as ``messages.create`` matches."""
        resource, _, verb = operation.partition(".")
        if self.resource not in (None, resource):
            return False
        pattern = self.operation or "*"
        return wildcard.matches(operation if "." in pattern else verb, pattern)

    def to_dict(self) -> dict[str, Any]:
        """Return the matcher in the format of ``TARGET``."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Match:
    """A matcher for exchanges. A part that is None or empty matches anything.

    ``query``, ``headers`` and ``body`` match values that have these entries, and maybe more, at any
    depth. Arrays must have the same number of items.
    """

    target: Target = Target()
    status: int | None = None
    query: Mapping[str, str | list[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Return a matcher from values in the format of ``MATCH``."""
        target = {name: value for name, value in values.items() if name in TARGET.fields}
        rest = {name: value for name, value in values.items() if name not in TARGET.fields}
        return cls(Target(**target), **rest)

    def __call__(self, exchange: Exchange) -> bool:
        # Test the target first: that is cheap, and most exchanges differ in it.
        return self.target(exchange) and next(self.differences(exchange), None) is None

    def differences(self, exchange: Exchange) -> Iterator[str]:
        """Yield how the exchange differs from the matcher; nothing if it matches."""
        yield from self.target.differences(exchange)
        if self.status is not None and self.status != exchange.status:
            yield f"status: expected {self.status}, got {exchange.status}"
        if self.query:
            yield from value_differences("query", self.query, exchange.query)
        if self.headers:
            expected = {name.lower(): value for name, value in self.headers.items()}
            headers = {name.lower(): value for name, value in exchange.headers}
            yield from value_differences("headers", expected, headers)
        if self.body and exchange.dropped_body:
            yield f"body: unknown, its {exchange.dropped_body['size']} bytes were dropped"
        else:
            yield from value_differences("body", self.body, exchange.payload)

    def may_match(self, exchange: Exchange) -> bool:
        """Return whether the exchange would match if its dropped body does."""
        is_unknown = bool(self.body and exchange.dropped_body)
        return is_unknown and replace(self, body={})(exchange)


def value_differences(path: str, expected: Any, value: Any) -> Iterator[str]:
    """Yield the parts of ``expected`` that ``value`` lacks; ``value`` may have other parts."""
    if isinstance(expected, Mapping) and isinstance(value, Mapping):
        for name, item in expected.items():
            if name in value and path in ("query", "headers") and SECRET_NAME.search(name):
                if item != value[name]:
                    yield f"{path}.{name}: expected {item!r}, got {REDACTED}"
            elif name in value:
                yield from value_differences(f"{path}.{name}", item, value[name])
            else:
                yield f"{path}.{name}: expected {item!r}, {MISSING}"
    elif isinstance(expected, list) and isinstance(value, list) and len(expected) == len(value):
        for index, item in enumerate(expected):
            yield from value_differences(f"{path}[{index}]", item, value[index])
    elif expected != value or isinstance(expected, bool) != isinstance(value, bool):
        yield f"{path}: expected {expected!r}, got {value!r}"


def near_misses(match: Match, exchanges: Sequence[Exchange]) -> list[tuple[Exchange, list[str]]]:
    """Return the nearest misses with their differences: fewest first, and of equals the latest."""
    misses = [(exchange, list(match.differences(exchange))) for exchange in reversed(exchanges)]
    misses = [(exchange, differences) for exchange, differences in misses if differences]

    def distance(miss: tuple[Exchange, list[str]]) -> int:
        # A different value is a nearer miss than a missing one.
        return sum(2 if difference.endswith(MISSING) else 1 for difference in miss[1])

    return sorted(misses, key=distance)[:MAX_NEAR_MISSES]
