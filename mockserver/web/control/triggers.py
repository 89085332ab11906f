"""An event on demand, for a receiver that waits for its first one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from mockserver.errors import InvalidRequest, NotFound
from mockserver.schema.fields import Choice, Object
from mockserver.schema.schema import Attributes, Draft
from mockserver.storage.world import Event, World
from mockserver.web.control.context import AdminContext, answer, values
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request


def trigger(control: AdminContext, call: Request) -> JsonResponse:
    """Send an event to every webhook that listens, as if it had happened; nothing does.

    Its payload is the latest object of its kind, with what ``override`` says.
    """
    catalogue = control.catalogue
    wanted = Attributes(
        {"type": Choice(catalogue.event_types, required=True), "override": Object()}
    )
    given = values(call, wanted)
    override = given.get("override", {})
    _check(override)
    sandbox = control.sandbox(call)
    with sandbox.transaction() as world:
        payload = {**_example(control, world, given["type"]), **override}
        event = Event(world.ids.new("event"), given["type"], payload)
    sandbox.webhooks.dispatch([event], None, sandbox.now())
    return answer(event._asdict(), 201)


def _check(override: Mapping[str, Any]) -> None:
    """Refuse what is JSON, but what no delivery can carry: lone surrogates, endless integers."""
    try:
        orjson.dumps(override)
    except orjson.JSONEncodeError as error:
        raise InvalidRequest(f"override: {error}") from None


def _example(control: AdminContext, world: World, event_type: str) -> dict[str, Any]:
    kind = event_type.partition(".")[0]
    [resource] = [each for each in control.catalogue if each.kind == kind]
    latest = resource.list(world, Draft({"limit": 1}))["data"]
    if not latest:
        raise NotFound(f"there is no {kind} to make an example of; create one first")
    example: dict[str, Any] = latest[0]
    return example


ROUTES = (
    Route(
        "POST",
        "/webhooks/trigger",
        trigger,
        "send an event as if it had happened",
        {"type": "message.created", "override": {"message": "Good evening."}},
    ),
)
