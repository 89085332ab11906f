"""The conductor of a sandbox's deliveries: late, twice, in disorder, forged, by steps, or never."""

from __future__ import annotations

from mockserver.errors import InvalidRequest
from mockserver.schema.fields import Whole
from mockserver.schema.nested import NestedList
from mockserver.schema.schema import Attributes
from mockserver.web.control.context import AdminContext, answer, listed, values
from mockserver.web.control.route import Route
from mockserver.web.request import Answer, Request
from mockserver.webhooks.registry import misnamed
from mockserver.webhooks.rules import RULE, Rule

LIST = Attributes({"data": NestedList(RULE, required=True)})
STEP = Attributes({"count": Whole(1, 1000)})


def list_conductor(control: AdminContext, call: Request) -> Answer:
    return listed([each.shown() for each in control.sandbox(call).outbox.conductor.rules])


def replace_conductor(control: AdminContext, call: Request) -> Answer:
    """The rules in their order; the first that covers an event wins."""
    rules = values(call, LIST)["data"]
    problems = [
        f"data[{place}].{problem}"
        for place, rule in enumerate(rules)
        for problem in misnamed(rule.get("events", ()), control.catalogue.event_types)
    ]
    if problems:
        raise InvalidRequest(problems)
    conductor = control.sandbox(call).outbox.conductor
    conductor.rules = [Rule(rule.get("events", ["*"]), rule["action"]) for rule in rules]
    return list_conductor(control, call)


def delete_conductor(control: AdminContext, call: Request) -> Answer:
    """Deliver as usual from now on; what is held stays held until it is let go."""
    conductor = control.sandbox(call).outbox.conductor
    removed, conductor.rules = len(conductor.rules), ()
    return answer({"removed": removed})


def step(control: AdminContext, call: Request) -> Answer:
    """Let go of deliveries that are held, one at a time; answers when they were tried."""
    gone = control.sandbox(call).outbox.step(values(call, STEP).get("count", 1))
    return listed([each.summary() for each in gone])


ROUTES = (
    Route("GET", "/webhooks/conductor", list_conductor, "what is done to deliveries"),
    Route(
        "PUT",
        "/webhooks/conductor",
        replace_conductor,
        "hold, drop, corrupt, duplicate, delay or shuffle them",
        {"data": [{"events": ["message.*"], "action": {"type": "duplicate", "times": 1}}]},
        LIST,
    ),
    Route("DELETE", "/webhooks/conductor", delete_conductor, "deliver as usual"),
    Route("POST", "/webhooks/step", step, "let go of what is held", {"count": 1}, STEP),
)
