"""The deliveries of a sandbox: what was sent to whom, what came back, once more, and waiting."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from mockserver.errors import InvalidRequest, NotFound
from mockserver.instruments.webhooks.delivery import STATES, Delivery
from mockserver.instruments.webhooks.outbox import Outbox
from mockserver.schema.attributes import Attributes
from mockserver.schema.fields import Attribute, Choice, Text, Timestamp, Whole
from mockserver.schema.nested import Nested
from mockserver.web.call import Answer, Call
from mockserver.web.control.control import NOTHING, Control, answer, values
from mockserver.web.control.route import Route
from mockserver.web.control.waiting import TIMEOUT

MATCH: dict[str, Attribute] = {
    "webhook": Text(),
    "event": Text(),
    "type": Text(),
    "request": Text(),
    "state": Choice(STATES),
}
LIST = {**MATCH, "since": Text(), "limit": Whole(1, 1000)}
FAILED = Attributes({"since": Timestamp(required=True)})
WAIT = Attributes(
    {
        "match": Nested(Attributes(MATCH)),
        "at_least": Whole(1, 1_000_000),
        **TIMEOUT,
    }
)


def list_deliveries(
    control: Control, call: Call, since: str | None = None, limit: int = 100, **wanted: Any
) -> Answer:
    """Those that match, oldest first; ``since`` is a delivery's id."""
    log = control.sandbox(call).outbox.log
    first = 0 if since is None else _found(control, call, since).number
    found = [each for each in log if each.number > first and _matches(each, wanted)]
    return answer(
        {
            "has_more": len(found) > limit,
            "evicted": log.evicted,
            "data": [each.summary() for each in found[:limit]],
        }
    )


def retrieve_delivery(control: Control, call: Call, name: str) -> Answer:
    return answer(_found(control, call, name).whole())


def redeliver(control: Control, call: Call, name: str) -> Answer:
    values(call, NOTHING)
    delivery = _found(control, call, name)
    if not control.sandbox(call).outbox.redeliver([delivery]):
        raise InvalidRequest(f"'{name}' is {delivery.state}; it is on its way already")
    return answer(delivery.summary())


def redeliver_failed(control: Control, call: Call) -> Answer:
    """All that have failed since a moment on the sandbox's clock."""
    since = values(call, FAILED)["since"]
    outbox = control.sandbox(call).outbox
    failed = [each for each in outbox.log if each.state == "failed" and each.at >= since]
    return answer({"data": [each.summary() for each in outbox.redeliver(failed)]})


def await_deliveries(control: Control, call: Call) -> Answer:
    """Until nothing is under way and nothing due; or until deliveries match, whatever their state
    but the first; or until ``timeout`` (seconds of real time, 5 if not given) is over."""
    given = values(call, WAIT)
    outbox, seconds = control.sandbox(call).outbox, given.get("timeout", 5)
    parking: Any = call.environ.get("mockserver.parking")
    match, least = given.get("match"), given.get("at_least", 1)

    def stopping() -> bool:
        return bool(parking) and not parking.wait(0)

    def settled() -> list[Delivery]:
        return [each for each in outbox.log if each.attempts and _matches(each, match or {})]

    with parking.polling() if parking else nullcontext():
        if match is None and "at_least" not in given:
            fine = outbox.settle(seconds, stopping)
        else:
            fine = outbox.wait_for(lambda: len(settled()) >= least, seconds, stopping)
    return answer({"settled": fine, **_counts(outbox), "data": [e.summary() for e in settled()]})


def _found(control: Control, call: Call, delivery_id: str) -> Delivery:
    log = control.sandbox(call).outbox.log
    found = log.get(delivery_id)
    if found is None:
        gone = f"; {log.evicted} older ones were evicted" if log.evicted else ""
        raise NotFound(f"there is no delivery '{delivery_id}' in the log{gone}")
    return found


def _matches(delivery: Delivery, wanted: Mapping[str, Any]) -> bool:
    shown = delivery.summary()
    return all(shown[name] == value for name, value in wanted.items())


def _counts(outbox: Outbox) -> dict[str, Any]:
    """How many deliveries are in which state, and when the next is due."""
    states = [each.state for each in outbox.log]
    counts = {state: states.count(state) for state in STATES}
    return {"counts": counts, "next_due": outbox.next_due}


ROUTES = (
    Route("GET", "/deliveries", list_deliveries, "the log of deliveries", parameters=LIST),
    Route("GET", "/deliveries/<name>", retrieve_delivery, "one, with all its attempts"),
    Route("POST", "/deliveries/<name>/redeliver", redeliver, "send it once more", {}, NOTHING),
    Route(
        "POST",
        "/deliveries/redeliver",
        redeliver_failed,
        "send all once more that have failed since",
        {"since": 0},
        FAILED,
    ),
    Route(
        "POST",
        "/webhooks/wait",
        await_deliveries,
        "until nothing is under way and nothing due, or until deliveries match",
        {"timeout": 5},
        WAIT,
    ),
)
