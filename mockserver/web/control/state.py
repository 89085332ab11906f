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
from mockserver.seeding.load import FixtureError
from mockserver.storage.clock import MAX_SPEED, MIN_SPEED, MODES
from mockserver.web import parsing
from mockserver.web.control.context import (
    EMPTY,
    AdminContext,
    Json,
    Routes,
    clock_to_dict,
    read_body,
    require_name,
    sandbox_to_dict,
)
from mockserver.web.request import Request

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
def retrieve_state(context: AdminContext, request: Request) -> Json:
    """Export the sandbox's state in the fixture format."""
    with context.sandbox(request).read() as world:
        return context.fixtures.loader.format.dump(world)


@routes.add("PUT", "/state", example=EXAMPLE)
def replace_state(context: AdminContext, request: Request) -> Json:
    """Replace the sandbox's state."""
    sandbox = context.sandbox(request)
    body = parsing.json_body(request)
    seed, speed = context.settings.seed, context.settings.speed
    try:
        world = context.fixtures.loader.load_document(body, source="state", seed=seed, speed=speed)
    except FixtureError as error:
        raise InvalidRequest(error.problems) from None
    sandbox.load(world)
    return sandbox_to_dict(sandbox)


@routes.add("GET", "/snapshots")
def list_snapshots(context: AdminContext, request: Request) -> Json:
    """List the names of the snapshots."""
    return {"data": [{"name": name} for name in context.sandbox(request).snapshots.list()]}


@routes.add("PUT", "/snapshots/<name>", example={}, body=EMPTY)
def take_snapshot(context: AdminContext, request: Request, name: str) -> Json:
    """Save the state as a snapshot."""
    read_body(request, EMPTY)
    require_name("snapshot", name)
    context.sandbox(request).snapshots.take(name)
    return {"name": name}


@routes.add("POST", "/snapshots/<name>/restore", example={}, body=EMPTY)
def restore_snapshot(context: AdminContext, request: Request, name: str) -> Json:
    """Restore a snapshot."""
    read_body(request, EMPTY)
    sandbox = context.sandbox(request)
    sandbox.snapshots.restore(name)
    return sandbox_to_dict(sandbox)


@routes.add("DELETE", "/snapshots/<name>")
def delete_snapshot(context: AdminContext, request: Request, name: str) -> Json:
    """Delete a snapshot."""
    context.sandbox(request).snapshots.delete(name)
    return {"deleted": name}


@routes.add("GET", "/clock")
def retrieve_clock(context: AdminContext, request: Request) -> Json:
    """Get the sandbox's clock."""
    with context.sandbox(request).read() as world:
        return clock_to_dict(world)


@routes.add("PUT", "/clock", example={"mode": "frozen", "now": 705106800}, body=CLOCK)
def replace_clock(context: AdminContext, request: Request) -> Json:
    """Set the clock's mode, time or speed."""
    context.sandbox(request).clock.set(**read_body(request, CLOCK))
    return retrieve_clock(context, request)


@routes.add("POST", "/clock/advance", example={"seconds": 3600}, body=ADVANCE)
def advance_clock(context: AdminContext, request: Request) -> Json:
    """Advance the clock; the response lists what fell due and what is still pending."""
    body = read_body(request, ADVANCE)
    sandbox = context.sandbox(request)
    result = sandbox.clock.advance(body["seconds"])
    with sandbox.read() as world:
        clock = clock_to_dict(world)
    return {**clock, **result._asdict()}
