"""Whether anything has moved in a sandbox: cheap enough to be asked every second."""

from __future__ import annotations

from mockserver.web.control.context import AdminContext, answer, clock_of
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request


def retrieve_counters(control: AdminContext, call: Request) -> JsonResponse:
    """Counts that differ from those of before where there is something new to see."""
    sandbox = control.sandbox(call)
    with sandbox.read() as world:
        moves, clock = world.version, clock_of(world)
    outbox = sandbox.webhooks
    return answer(
        {
            "world": moves,
            "requests": sandbox.journal.appended,
            "last_request": sandbox.journal.last,
            "deliveries": outbox.log.version,
            "webhooks": outbox.registry.version,
            "delivery_rules": [rule.to_dict() for rule in outbox.rules.list()],
            "received": sandbox.inboxes.appended,
            "clock": clock,
        }
    )


ROUTES = (
    Route("GET", "/counters", retrieve_counters, "counters that change whenever something happens"),
)
