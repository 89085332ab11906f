"""The faults and the rate limit of a sandbox."""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.errors import NotFound
from mockserver.faults.rules import RULE
from mockserver.sandbox.rate_limit import CLOCKS, RateLimit
from mockserver.sandbox.sandbox import NAME, NAME_RULE
from mockserver.schema.compound import List, Nested
from mockserver.schema.fields import MAX_TIMESTAMP, integer, one_of
from mockserver.web.control.context import ControlRequest, Json, Routes, item_problems
from mockserver.web.control.expectations import unreachable_reasons

METHODS = ("DELETE", "GET", "POST", "PUT")

routes = Routes()


def _problems(request: ControlRequest, rule: Mapping[str, Any]) -> Iterator[str]:
    """Yield the problems that the rule's schema does not find."""
    if "id" in rule and not NAME.fullmatch(rule["id"]):
        yield f"id: {NAME_RULE}"
    for reason in unreachable_reasons(request, rule.get("match", {}), METHODS):
        yield f"match.{reason}"


@routes.add("GET", "/faults")
def list_faults(request: ControlRequest) -> Json:
    """List the faults, with how often each was applied."""
    return {"data": request.sandbox.faults.list()}


@routes.add("POST", "/faults", body=RULE, status=201)
def create_fault(request: ControlRequest) -> Json:
    """Add a fault after the others."""
    request.draft.raise_for_errors(_problems(request, request.body))
    return request.sandbox.faults.add(request.body)


@routes.add("PUT", "/faults", body={"data": List(Nested(RULE), required=True)})
def replace_faults(request: ControlRequest) -> Json:
    """Replace all faults."""
    rules = request.body["data"]
    request.draft.raise_for_errors(item_problems(rules, lambda rule: _problems(request, rule)))
    return {"data": request.sandbox.faults.replace_all(rules)}


@routes.add("DELETE", "/faults", body={})
def delete_faults(request: ControlRequest) -> Json:
    """Delete all faults."""
    return {"removed": request.sandbox.faults.clear()}


@routes.add("GET", "/faults/<name>")
def retrieve_fault(request: ControlRequest, name: str) -> Json:
    """Get a fault."""
    return request.sandbox.faults.retrieve(name)


@routes.add("PUT", "/faults/<name>", body=RULE)
def replace_fault(request: ControlRequest, name: str) -> Json:
    """Replace a fault; its counts start at 0, unless the body sets them."""
    request.draft.raise_for_errors(_problems(request, request.body))
    return request.sandbox.faults.replace(name, request.body)


@routes.add("DELETE", "/faults/<name>")
def delete_fault(request: ControlRequest, name: str) -> Json:
    """Delete a fault."""
    request.sandbox.faults.delete(name)
    return {"deleted": name}


@routes.add("GET", "/rate-limit")
def retrieve_rate_limit(request: ControlRequest) -> Json:
    """Get the rate limit and its current use."""
    rate_limit = request.sandbox.rate_limit.get()
    if rate_limit is None:
        raise NotFound("no rate limit is set; set one with PUT")
    return rate_limit


@routes.add(
    "PUT",
    "/rate-limit",
    body={
        "limit": integer(0, 1_000_000_000, required=True),
        "window_seconds": integer(1, MAX_TIMESTAMP, required=True),
        "clock": one_of(CLOCKS),
    },
)
def replace_rate_limit(request: ControlRequest) -> Json:
    """Set the rate limit; requests beyond it get a 429."""
    return request.sandbox.rate_limit.set(RateLimit(**request.body))


@routes.add("DELETE", "/rate-limit")
def delete_rate_limit(request: ControlRequest) -> Json:
    """Remove the rate limit."""
    return {"deleted": request.sandbox.rate_limit.clear()}
