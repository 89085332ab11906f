"""A sandbox's clock: told, set, and let run on."""

from __future__ import annotations

from typing import Any

from mockserver.sandbox.sandbox import Sandbox
from mockserver.schema.fields import LATEST, Choice, Timestamp, Whole
from mockserver.schema.schema import Attributes
from mockserver.storage.clock import MAX_SPEED, MIN_SPEED, MODES
from mockserver.web.control.context import AdminContext, answer, clock_of, values
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request

CLOCK = Attributes(
    {"mode": Choice(MODES), "now": Timestamp(), "speed": Whole(MIN_SPEED, MAX_SPEED)}
)
ADVANCE = Attributes({"seconds": Whole(0, LATEST, required=True)})


def retrieve_clock(control: AdminContext, call: Request) -> JsonResponse:
    return answer(_told(control.sandbox(call)))


def replace_clock(control: AdminContext, call: Request) -> JsonResponse:
    given = values(call, CLOCK)
    sandbox = control.sandbox(call)
    sandbox.clock.set(given.get("mode"), given.get("now"), given.get("speed"))
    return answer(_told(sandbox))


def advance_clock(control: AdminContext, call: Request) -> JsonResponse:
    given = values(call, ADVANCE)
    sandbox = control.sandbox(call)
    advance = sandbox.clock.advance(given["seconds"])
    return answer({**_told(sandbox), **advance._asdict()})


def _told(sandbox: Sandbox) -> dict[str, Any]:
    with sandbox.read() as world:
        return clock_of(world)


ROUTES = (
    Route("GET", "/clock", retrieve_clock, "the sandbox's clock"),
    Route("PUT", "/clock", replace_clock, "set it", {"mode": "frozen", "now": 705106800}, CLOCK),
    Route(
        "POST",
        "/clock/advance",
        advance_clock,
        "let seconds pass; says what fell due, and how much is still to come",
        {"seconds": 3600},
        ADVANCE,
    ),
)
