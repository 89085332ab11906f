"""The faults and the rate limit of a sandbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.errors import InvalidRequest, NotFound
from mockserver.faults.rules import RULE
from mockserver.sandbox.rate_limit import CLOCKS, RateLimit
from mockserver.sandbox.sandbox import NAME, NAME_RULE
from mockserver.schema.compound import List, Nested
from mockserver.schema.fields import MAX_TIMESTAMP, OneOf, Range, StrictInteger, StrictString
from mockserver.schema.schema import Schema
from mockserver.web.control.context import (
    EMPTY,
    AdminContext,
    Json,
    Routes,
    raise_for_items,
    read_body,
)
from mockserver.web.control.expectations import unreachable_reasons
from mockserver.web.request import Request

RULE_LIST = Schema.from_dict({"data": List(Nested(RULE), required=True)})()
METHODS = ("DELETE", "GET", "POST", "PUT")
EXAMPLE = {
    "match": {"resource": "messages", "operation": "create"},
    "after": 1,
    "times": 2,
    "fault": {"type": "error", "status": 503, "retry_after": 2},
}
RATE_LIMIT = Schema.from_dict(
    {
        "limit": StrictInteger(validate=Range(0, 1_000_000_000), required=True),
        "window_seconds": StrictInteger(validate=Range(1, MAX_TIMESTAMP), required=True),
        "clock": StrictString(validate=OneOf(CLOCKS)),
    }
)()

routes = Routes()


@routes.add("GET", "/faults")
def list_faults(context: AdminContext, request: Request) -> Json:
    """List the faults, with how often each was applied."""
    return {"data": context.sandbox(request).faults.list()}


@routes.add("POST", "/faults", example=EXAMPLE, body=RULE, status=201)
def create_fault(context: AdminContext, request: Request) -> Json:
    """Add a fault after the others."""
    rule = _read_rule(context, request)
    return context.sandbox(request).faults.add(rule)


@routes.add("PUT", "/faults", example={"data": [EXAMPLE]}, body=RULE_LIST)
def replace_faults(context: AdminContext, request: Request) -> Json:
    """Replace all faults."""
    rules = read_body(request, RULE_LIST)["data"]
    raise_for_items(rules, lambda rule: _problems(context, rule))
    return {"data": context.sandbox(request).faults.replace_all(rules)}


@routes.add("DELETE", "/faults")
def delete_faults(context: AdminContext, request: Request) -> Json:
    """Delete all faults."""
    if request.content_length:
        read_body(request, EMPTY)
    return {"removed": context.sandbox(request).faults.clear()}


@routes.add("GET", "/faults/<name>")
def retrieve_fault(context: AdminContext, request: Request, name: str) -> Json:
    """Get a fault."""
    return context.sandbox(request).faults.retrieve(name)


@routes.add("PUT", "/faults/<name>", example=EXAMPLE, body=RULE)
def replace_fault(context: AdminContext, request: Request, name: str) -> Json:
    """Replace a fault."""
    rule = _read_rule(context, request)
    return context.sandbox(request).faults.replace(name, rule)


@routes.add("DELETE", "/faults/<name>")
def delete_fault(context: AdminContext, request: Request, name: str) -> Json:
    """Delete a fault."""
    context.sandbox(request).faults.delete(name)
    return {"deleted": name}


def _read_rule(context: AdminContext, request: Request) -> dict[str, Any]:
    rule = read_body(request, RULE)
    problems = list(_problems(context, rule))
    if problems:
        raise InvalidRequest(problems)
    return rule


def _problems(context: AdminContext, rule: Mapping[str, Any]) -> Iterator[str]:
    """Yield the problems of a rule, such as a match that no request can meet."""
    rule_id = rule.get("id")
    if rule_id is not None and not NAME.fullmatch(rule_id):
        yield f"id: {NAME_RULE}"
    for reason in unreachable_reasons(context, rule.get("match", {}), METHODS):
        yield f"match.{reason}"


@routes.add("GET", "/rate-limit")
def retrieve_rate_limit(context: AdminContext, request: Request) -> Json:
    """Get the rate limit and its current use."""
    rate_limit = context.sandbox(request).rate_limit.get()
    if rate_limit is None:
        raise NotFound("no rate limit is set; set one with PUT")
    return rate_limit


@routes.add(
    "PUT",
    "/rate-limit",
    example={"limit": 5, "window_seconds": 60, "clock": "sandbox"},
    body=RATE_LIMIT,
)
def replace_rate_limit(context: AdminContext, request: Request) -> Json:
    """Set the rate limit; requests beyond it get a 429."""
    rate_limit = RateLimit(**read_body(request, RATE_LIMIT))
    context.sandbox(request).rate_limit.set(rate_limit)
    return retrieve_rate_limit(context, request)


@routes.add("DELETE", "/rate-limit")
def delete_rate_limit(context: AdminContext, request: Request) -> Json:
    """Remove the rate limit."""
    return {"deleted": context.sandbox(request).rate_limit.clear()}
