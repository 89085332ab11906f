"""Expectations of a client: validating matches, comparing counts, and waiting."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any, Protocol

from mockserver.errors import InvalidRequest
from mockserver.journal.matching import Target
from mockserver.schema.fields import MAX_TIMESTAMP, Range, StrictField, StrictInteger, StrictNumber
from mockserver.storage.clock import stopwatch
from mockserver.web.control.context import AdminContext
from mockserver.web.control.simulate import routes as simulate_routes
from mockserver.web.request import Request

MAX_COUNT = 1_000_000_000
MAX_TIMEOUT = 300
DEFAULT_TIMEOUT = 5
#: Seconds between checks whether the server is stopping.
POLL_INTERVAL = 0.1
#: The path of simulated actions, which are journaled like the API's requests.
SIMULATE = "/_sandbox/simulate"
#: The methods of journaled requests.
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

COUNTS: dict[str, StrictField] = {
    "count": StrictInteger(validate=Range(0, MAX_COUNT)),
    "at_least": StrictInteger(validate=Range(0, MAX_COUNT)),
    "at_most": StrictInteger(validate=Range(0, MAX_COUNT)),
}
TIMEOUT: dict[str, StrictField] = {"timeout": StrictNumber(validate=Range(0, MAX_TIMEOUT))}


class AppendOnly(Protocol):
    """A log that a client can wait on."""

    @property
    def appended(self) -> int:
        """The number of entries ever appended."""

    def wait_for_append(self, seen: int, seconds: float) -> None:
        """Wait until more than ``seen`` entries were appended, at most ``seconds``."""


def validate_match(context: AdminContext, match: Mapping[str, Any]) -> None:
    """Raise ``InvalidRequest`` for a match that no journaled request can meet.

    A test that expects no such request would pass whatever the client does.
    """
    problems = [f"match.{reason}" for reason in unreachable_reasons(context, match, METHODS)]
    if problems:
        raise InvalidRequest(problems)


def unreachable_reasons(
    context: AdminContext, match: Mapping[str, Any], methods: Collection[str]
) -> Iterator[str]:
    """Yield why no request with one of these methods can meet a match."""
    if "method" in match and match["method"].upper() not in methods:
        yield f"method: must be one of {', '.join(methods)}"
    if not match.get("path", "*").startswith(("/v1", SIMULATE, "*", "?", "[")):
        yield f"path: must start with /v1/, {SIMULATE}/ or *"
    target = Target(resource=match.get("resource"), operation=match.get("operation"))
    if not target.to_dict():
        return
    simulations = {route.endpoint: route.method for route in simulate_routes}
    operations = context.resources.operations | simulations
    matching = {name for name in operations if target.matches_operation(name)}
    possible = {operations[name] for name in matching}
    if not possible:
        yield f"operation: no operation matches; known operations: {', '.join(operations)}"
    elif "method" in match and match["method"].upper() not in possible:
        yield f"method: the matching operations use {', '.join(sorted(possible))}"


def count_satisfied(count: int, expected: Mapping[str, Any]) -> bool:
    """Return whether a count is as expected; at least 1 if no number is given."""
    if not expected.keys() & COUNTS.keys():
        return count >= 1
    exactly = expected.get("count", count)
    minimum, maximum = expected.get("at_least", 0), expected.get("at_most", MAX_TIMESTAMP)
    return bool(count == exactly and minimum <= count <= maximum)


@contextmanager
def long_poll(request: Request) -> Iterator[Callable[[], bool]]:
    """Take a wait slot of the server; yield a function that returns whether it is stopping.

    Raises ``Unavailable`` if no slot is left. A WSGI client without our server needs none.
    """
    slots: Any = request.environ.get("mockserver.wait_slots")
    with slots.long_poll() if slots else nullcontext():
        yield lambda: bool(slots) and not slots.wait(0)


def wait_until_verified(
    request: Request,
    log: AppendOnly,
    timeout: float | None,
    verify: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """Call ``verify`` until its result is ``verified`` or ``timeout`` is over; return the result.

    The timeout is in seconds of real time.
    """
    deadline = stopwatch() + (DEFAULT_TIMEOUT if timeout is None else timeout)
    with long_poll(request) as is_stopping:
        while True:
            seen = log.appended
            result = verify()
            remaining = deadline - stopwatch()
            if result["verified"] or remaining <= 0 or is_stopping():
                return result
            log.wait_for_append(seen, min(remaining, POLL_INTERVAL))
