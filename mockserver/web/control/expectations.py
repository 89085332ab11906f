"""Expected requests and messages: validating a match, comparing counts, and waiting."""

import math
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from itertools import chain
from typing import Any

from mockserver.errors import did_you_mean
from mockserver.journal.matching import Match, Target
from mockserver.schema.fields import Range, StrictField, StrictNumber, integer, repr_value
from mockserver.web.control.context import ControlRequest, Json
from mockserver.web.control.simulate import routes as simulate_routes
from mockserver.web.fault_injection import wait_slots

DEFAULT_TIMEOUT = 5
#: The path of simulated actions, which are journaled like the API's requests.
SIMULATE = "/_sandbox/simulate"
#: The methods of journaled requests.
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

COUNTS: dict[str, StrictField] = {
    name: integer(0, 1_000_000_000) for name in ("count", "at_least", "at_most")
}
TIMEOUT: dict[str, StrictField] = {"timeout": StrictNumber(validate=Range(0, 300))}


def reachable_match(request: ControlRequest) -> Match:
    """Return the body's ``match``; raises ``InvalidRequest`` if no journaled request can meet it.

    A test that expects no such request would pass whatever the client does.
    """
    request.draft.raise_for_errors(match_problems(request, request.body, METHODS))
    return Match.from_dict(request.body.get("match", {}))


def match_problems(
    request: ControlRequest, values: Mapping[str, Any], methods: Collection[str]
) -> Iterator[str]:
    """Yield the reasons why no request with one of these methods can meet ``match``, if any."""
    match = values.get("match", {})
    method = match["method"].upper() if "method" in match else None
    if method not in (None, *methods):
        yield f"match.method: must be one of {', '.join(methods)}"
    path = match.get("path", "*")
    if not path.startswith(("/v1", SIMULATE, "*")):
        yield f"match.path: must start with /v1/, {SIMULATE}/ or *"
    if "?" in path:
        yield "match.path: must not contain a query; match parameters with match.query"
    target = Target(resource=match.get("resource"), operation=match.get("operation"))
    if not target.to_dict():
        return
    simulations = {route.endpoint: route.method for route in simulate_routes}
    operations = request.context.resources.operations | simulations
    possible = {operations[name] for name in operations if target.matches_operation(name)}
    if not possible:
        yield _unknown_operation(target, operations)
    elif method not in (None, *possible):
        yield f"match.method: the matching operations use {', '.join(sorted(possible))}"


def _unknown_operation(target: Target, operations: Iterable[str]) -> str:
    """Return the reason why no operation matches, with the nearest name."""
    names: dict[str, list[str]] = {}  # the operations of each resource
    for name in operations:
        names.setdefault(name.partition(".")[0], []).append(name)
    if target.resource is not None and target.resource not in names:
        hint = did_you_mean(target.resource, names, f"known resources: {', '.join(names)}")
        return f"match.resource: no operation matches {repr_value(target.resource)}{hint}"
    known = [*chain(*names.values())] if target.resource is None else names[target.resource]
    verbs = [name.partition(".")[2] for name in known]
    operation = target.operation or ""
    hint = did_you_mean(operation, [*known, *verbs], f"known operations: {', '.join(known)}")
    return f"match.operation: no operation matches {repr_value(operation)}{hint}"


def verdict(count: int, unknown: int, expected: Mapping[str, Any]) -> bool | None:
    """Return whether ``count``, ``at_least`` and ``at_most`` are met; without any, at least 1.

    Return None if that depends on ``unknown`` further entries, which may or may not match.
    """
    if not expected.keys() & COUNTS.keys():
        expected = {"at_least": 1}
    minimum = max(expected.get("count", 0), expected.get("at_least", 0))
    maximum = min(expected.get("count", math.inf), expected.get("at_most", math.inf))
    if minimum <= count and count + unknown <= maximum:
        return True
    return False if count > maximum or count + unknown < minimum else None


def wait_until_verified(
    request: ControlRequest,
    watch: Callable[[Callable[[int], bool]], AbstractContextManager[threading.Event]],
    verify: Callable[[], Json],
) -> Json:
    """Wait until enough entries match, at most for the body's ``timeout``; return ``verify()``.

    ``watch(is_enough)`` yields an event that is set once ``is_enough`` is true for the number of
    matches. The timeout is in seconds of real time. Raises ``Unavailable`` if too many requests
    wait.
    """
    timeout = request.body.get("timeout", DEFAULT_TIMEOUT)
    slots = wait_slots(request.http.environ)
    with (
        slots.long_poll(),
        watch(lambda count: verdict(count, 0, request.body) is True) as satisfied,
    ):
        slots.wait_for(satisfied, timeout)
    return verify()
