"""The faults and the rate limit of a sandbox."""

from mockserver.errors import NotFound
from mockserver.faults.rules import RULE
from mockserver.sandbox.rate_limit import CLOCKS, RateLimit
from mockserver.schema.compound import List, Nested
from mockserver.schema.fields import MAX_TIMESTAMP, integer, one_of
from mockserver.web.control.context import ControlRequest, Json, Routes, item_problems
from mockserver.web.control.expectations import match_problems

METHODS = ("DELETE", "GET", "POST", "PUT")

routes = Routes()


@routes.add("GET", "/faults")
def list_faults(request: ControlRequest) -> Json:
    """List the faults, with how often each was applied."""
    return {"data": request.sandbox.faults.list()}


@routes.add("POST", "/faults", body=RULE, status=201)
def create_fault(request: ControlRequest) -> Json:
    """Add a fault after the others."""
    request.draft.raise_for_errors(match_problems(request, request.body, METHODS))
    return request.sandbox.faults.add(request.body)


@routes.add("PUT", "/faults", body={"data": List(Nested(RULE), required=True)})
def replace_faults(request: ControlRequest) -> Json:
    """Replace all faults."""
    rules = request.body["data"]
    problems = item_problems(rules, lambda rule: match_problems(request, rule, METHODS))
    request.draft.raise_for_errors(problems)
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
    request.draft.raise_for_errors(match_problems(request, request.body, METHODS))
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
