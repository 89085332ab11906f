"""The faults of a sandbox: what shall go wrong, with which requests, and how often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.errors import InvalidRequest
from mockserver.faults.rules import RULE
from mockserver.sandbox.sandbox import NAME, NAME_RULE
from mockserver.schema.nested import NestedList
from mockserver.schema.schema import Attributes
from mockserver.web.control.context import NOTHING, AdminContext, answer, listed, values
from mockserver.web.control.match_validation import vain
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request

LIST = Attributes({"data": NestedList(RULE, required=True)})
METHODS = ("DELETE", "GET", "POST", "PUT")
EXAMPLE = {
    "match": {"resource": "messages", "operation": "create"},
    "after": 1,
    "times": 2,
    "fault": {"type": "error", "status": 503, "retry_after": 2},
}


def list_faults(control: AdminContext, call: Request) -> JsonResponse:
    return listed(control.sandbox(call).faults.list())


def create_fault(control: AdminContext, call: Request) -> JsonResponse:
    rule = values(call, RULE)
    _check(control, [rule])
    return answer(control.sandbox(call).faults.add(rule), 201)


def replace_faults(control: AdminContext, call: Request) -> JsonResponse:
    rules = values(call, LIST)["data"]
    _check(control, rules, "data[{}].")
    return listed(control.sandbox(call).faults.replace_all(rules))


def delete_faults(control: AdminContext, call: Request) -> JsonResponse:
    if call.content_length:
        values(call, NOTHING)
    return answer({"removed": control.sandbox(call).faults.clear()})


def retrieve_fault(control: AdminContext, call: Request, name: str) -> JsonResponse:
    return answer(control.sandbox(call).faults.retrieve(name))


def replace_fault(control: AdminContext, call: Request, name: str) -> JsonResponse:
    rule = values(call, RULE)
    _check(control, [rule])
    return answer(control.sandbox(call).faults.replace(name, rule))


def delete_fault(control: AdminContext, call: Request, name: str) -> JsonResponse:
    control.sandbox(call).faults.delete(name)
    return answer({"deleted": name})


def _check(control: AdminContext, rules: list[Mapping[str, Any]], path: str = "") -> None:
    """Refuse what could never hit a request: a fault that is armed in vain lets a test pass."""
    problems = [
        path.format(place) + problem
        for place, rule in enumerate(rules)
        for problem in _problems(control, rule)
    ]
    if problems:
        raise InvalidRequest(problems)


def _problems(control: AdminContext, rule: Mapping[str, Any]) -> Iterator[str]:
    name, match = rule.get("id"), rule.get("match", {})
    if name is not None and not NAME.fullmatch(name):
        yield f"id: {NAME_RULE}"
    yield from (f"match.{problem}" for problem in vain(control, match, METHODS))


ROUTES = (
    Route("GET", "/faults", list_faults, "what goes wrong, and how often it did"),
    Route("POST", "/faults", create_fault, "one more, after the others", EXAMPLE, RULE),
    Route("PUT", "/faults", replace_faults, "all of them", {"data": [EXAMPLE]}, LIST),
    Route("DELETE", "/faults", delete_faults, "nothing goes wrong any more"),
    Route("GET", "/faults/<name>", retrieve_fault, "one"),
    Route("PUT", "/faults/<name>", replace_fault, "another in its place", EXAMPLE, RULE),
    Route("DELETE", "/faults/<name>", delete_fault, "without it"),
)
