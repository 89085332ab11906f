"""The delivery rules of a sandbox: hold, drop, corrupt, duplicate, delay or shuffle deliveries."""

from __future__ import annotations

from mockserver.errors import InvalidRequest
from mockserver.schema.fields import Whole
from mockserver.schema.nested import NestedList
from mockserver.schema.schema import Attributes
from mockserver.web.control.context import AdminContext, answer, listed, values
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request
from mockserver.webhooks.registry import invalid_event_types
from mockserver.webhooks.rules import RULE, DeliveryRule

LIST = Attributes({"data": NestedList(RULE, required=True)})
RELEASE = Attributes({"count": Whole(1, 1000)})


def list_delivery_rules(control: AdminContext, call: Request) -> JsonResponse:
    return listed([rule.to_dict() for rule in control.sandbox(call).webhooks.rules.list()])


def replace_delivery_rules(control: AdminContext, call: Request) -> JsonResponse:
    """Replace the rules. The first rule that matches an event's type applies."""
    rules = values(call, LIST)["data"]
    problems = [
        f"data[{place}].{problem}"
        for place, rule in enumerate(rules)
        for problem in invalid_event_types(rule.get("events", ()), control.catalogue.event_types)
    ]
    if problems:
        raise InvalidRequest(problems)
    control.sandbox(call).webhooks.rules.replace(
        [DeliveryRule(rule.get("events", ["*"]), rule["action"]) for rule in rules]
    )
    return list_delivery_rules(control, call)


def delete_delivery_rules(control: AdminContext, call: Request) -> JsonResponse:
    """Remove all rules. Held deliveries stay held until they are released."""
    return answer({"removed": control.sandbox(call).webhooks.rules.clear()})


def release(control: AdminContext, call: Request) -> JsonResponse:
    """Release held deliveries in order; respond once each was attempted."""
    released = control.sandbox(call).webhooks.release(values(call, RELEASE).get("count", 1))
    return listed([delivery.to_summary() for delivery in released])


ROUTES = (
    Route("GET", "/webhooks/rules", list_delivery_rules, "the delivery rules"),
    Route(
        "PUT",
        "/webhooks/rules",
        replace_delivery_rules,
        "hold, drop, corrupt, duplicate, delay or shuffle deliveries",
        {"data": [{"events": ["message.*"], "action": {"type": "duplicate", "times": 1}}]},
        LIST,
    ),
    Route("DELETE", "/webhooks/rules", delete_delivery_rules, "remove all delivery rules"),
    Route(
        "POST",
        "/deliveries/release",
        release,
        "attempt held deliveries, in order",
        {"count": 1},
        RELEASE,
    ),
)
