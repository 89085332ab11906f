"""The state of a sandbox: its world in the fixture format, snapshots, and the clock."""

from __future__ import annotations

from mockserver.errors import InvalidRequest
from mockserver.schema.fields import (
    MAX_TIMESTAMP,
    OneOf,
    Range,
    StrictInteger,
    StrictString,
    Timestamp,
)
from mockserver.schema.schema import Schema
from mockserver.seeding.dump import document
from mockserver.seeding.load import FixtureError
from mockserver.storage.clock import MAX_SPEED, MIN_SPEED, MODES
from mockserver.web import parsing
from mockserver.web.control.context import (
    EMPTY,
    AdminContext,
    Routes,
    clock_to_dict,
    json_response,
    list_response,
    read_body,
    require_name,
    sandbox_to_dict,
)
from mockserver.web.request import JsonResponse, Request

EXAMPLE = {
    "version": 1,
    "now": 705106800,
    "user": "inEIRvzjC6YLMX3o",
    "contacts": [
        {
            "id": "inEIRvzjC6YLMX3o",
            "username": "LinnieMcCallister",
            "phone_number": "1-800-759-3000",
            "created_at": 692233200,
        }
    ],
}
CLOCK = Schema.from_dict(
    {
        "mode": StrictString(validate=OneOf(MODES)),
        "now": Timestamp(),
        "speed": StrictInteger(validate=Range(MIN_SPEED, MAX_SPEED)),
    }
)()
ADVANCE = Schema.from_dict(
    {"seconds": StrictInteger(validate=Range(0, MAX_TIMESTAMP), required=True)}
)()

routes = Routes()


@routes.add("GET", "/state")
def retrieve_state(context: AdminContext, request: Request) -> JsonResponse:
    """Export the sandbox's state in the fixture format."""
    with context.sandbox(request).read() as world:
        state = document(world, context.fixtures.loader.format)
    return json_response(state)


@routes.add("PUT", "/state", example=EXAMPLE)
def replace_state(context: AdminContext, request: Request) -> JsonResponse:
    """Replace the sandbox's state."""
    sandbox = context.sandbox(request)
    body = parsing.json_body(request)
    seed, speed = context.settings.seed, context.settings.speed
    try:
        world = context.fixtures.loader.world(body, source="state", seed=seed, speed=speed)
    except FixtureError as error:
        raise InvalidRequest(error.problems) from None
    sandbox.load(world)
    return json_response(sandbox_to_dict(sandbox))


@routes.add("GET", "/snapshots")
def list_snapshots(context: AdminContext, request: Request) -> JsonResponse:
    """List the names of the snapshots."""
    return list_response([{"name": name} for name in context.sandbox(request).snapshots.list()])


@routes.add("PUT", "/snapshots/<name>", example={}, body=EMPTY)
def take_snapshot(context: AdminContext, request: Request, name: str) -> JsonResponse:
    """Save the state as a snapshot."""
    read_body(request, EMPTY)
    require_name("snapshot", name)
    context.sandbox(request).snapshots.take(name)
    return json_response({"name": name})


@routes.add("POST", "/snapshots/<name>/restore", example={}, body=EMPTY)
def restore_snapshot(context: AdminContext, request: Request, name: str) -> JsonResponse:
    """Restore a snapshot."""
    read_body(request, EMPTY)
    sandbox = context.sandbox(request)
    sandbox.snapshots.restore(name)
    return json_response(sandbox_to_dict(sandbox))


@routes.add("DELETE", "/snapshots/<name>")
def delete_snapshot(context: AdminContext, request: Request, name: str) -> JsonResponse:
    """Delete a snapshot."""
    context.sandbox(request).snapshots.delete(name)
    return json_response({"deleted": name})


@routes.add("GET", "/clock")
def retrieve_clock(context: AdminContext, request: Request) -> JsonResponse:
    """Get the sandbox's clock."""
    with context.sandbox(request).read() as world:
        return json_response(clock_to_dict(world))


@routes.add("PUT", "/clock", example={"mode": "frozen", "now": 705106800}, body=CLOCK)
def replace_clock(context: AdminContext, request: Request) -> JsonResponse:
    """Set the clock's mode, time or speed."""
    context.sandbox(request).clock.set(**read_body(request, CLOCK))
    return retrieve_clock(context, request)


@routes.add("POST", "/clock/advance", example={"seconds": 3600}, body=ADVANCE)
def advance_clock(context: AdminContext, request: Request) -> JsonResponse:
    """Advance the clock; the response lists what fell due and what is still pending."""
    body = read_body(request, ADVANCE)
    sandbox = context.sandbox(request)
    result = sandbox.clock.advance(body["seconds"])
    with sandbox.read() as world:
        clock = clock_to_dict(world)
    return json_response({**clock, **result._asdict()})
