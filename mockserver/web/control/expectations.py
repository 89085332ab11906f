"""Expectations of a client: validating matches, comparing counts, and waiting."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

from mockserver.journal.journal import Journal
from mockserver.journal.matching import Target
from mockserver.schema.fields import MAX_TIMESTAMP, Range, StrictField, StrictNumber
from mockserver.storage.clock import stopwatch
from mockserver.web.control.context import Call, Json, integer
from mockserver.web.control.simulate import routes as simulate_routes
from mockserver.webhooks.inbox import Inboxes

DEFAULT_TIMEOUT = 5
#: Seconds between checks whether the server is stopping.
POLL_INTERVAL = 0.1
#: The path of simulated actions, which are journaled like the API's requests.
SIMULATE = "/_sandbox/simulate"
#: The methods of journaled requests.
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

COUNTS: dict[str, StrictField] = {
    name: integer(0, 1_000_000_000) for name in ("count", "at_least", "at_most")
}
TIMEOUT: dict[str, StrictField] = {"timeout": StrictNumber(validate=Range(0, 300))}


def validate_match(call: Call) -> None:
    """Raise ``InvalidRequest`` for a ``match`` in the body that no journaled request can meet.

    A test that expects no such request would pass whatever the client does.
    """
    reasons = unreachable_reasons(call, call.body.get("match", {}), METHODS)
    call.draft.raise_for_errors(f"match.{reason}" for reason in reasons)


def unreachable_reasons(
    call: Call, match: Mapping[str, Any], methods: Collection[str]
) -> Iterator[str]:
    """Yield why no request with one of these methods can meet a match."""
    method = match["method"].upper() if "method" in match else None
    if method not in (None, *methods):
        yield f"method: must be one of {', '.join(methods)}"
    if not match.get("path", "*").startswith(("/v1", SIMULATE, "*", "?", "[")):
        yield f"path: must start with /v1/, {SIMULATE}/ or *"
    target = Target(resource=match.get("resource"), operation=match.get("operation"))
    if not target.to_dict():
        return
    simulations = {route.endpoint: route.method for route in simulate_routes}
    operations = call.context.resources.operations | simulations
    possible = {operations[name] for name in operations if target.matches_operation(name)}
    if not possible:
        yield f"operation: no operation matches; known operations: {', '.join(operations)}"
    elif method not in (None, *possible):
        yield f"method: the matching operations use {', '.join(sorted(possible))}"


def count_satisfied(count: int, expected: Mapping[str, Any]) -> bool:
    """Return whether a count is as expected; at least 1 if no number is given."""
    if not expected.keys() & COUNTS.keys():
        return count >= 1
    exactly = expected.get("count", count)
    minimum, maximum = expected.get("at_least", 0), expected.get("at_most", MAX_TIMESTAMP)
    return bool(count == exactly and minimum <= count <= maximum)


@contextmanager
def long_poll(call: Call) -> Iterator[Callable[[], bool]]:
    """Take a wait slot of the server; yield a function that returns whether it is stopping.

    Raises ``Unavailable`` if no slot is left. A WSGI client without our server needs none.
    """
    slots: Any = call.request.environ.get("mockserver.wait_slots")
    with slots.long_poll() if slots else nullcontext():
        yield lambda: bool(slots) and not slots.wait(0)


def wait_until_verified(call: Call, log: Journal | Inboxes, verify: Callable[[], Json]) -> Json:
    """Call ``verify`` until its result is ``verified`` or the body's ``timeout`` is over.

    Returns the last result. The timeout is in seconds of real time.
    """
    deadline = stopwatch() + call.body.get("timeout", DEFAULT_TIMEOUT)
    with long_poll(call) as is_stopping:
        while True:
            seen = log.appended
            result = verify()
            remaining = deadline - stopwatch()
            if result["verified"] or remaining <= 0 or is_stopping():
                return result
            log.wait_for_append(seen, min(remaining, POLL_INTERVAL))
