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
from mockserver.seeding.load import FixtureError
from mockserver.storage.clock import MAX_SPEED, MIN_SPEED, MODES
from mockserver.web import parsing
from mockserver.web.control.context import (
    Call,
    Json,
    Routes,
    clock_to_dict,
    require_name,
    sandbox_to_dict,
)

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

routes = Routes()


@routes.add("GET", "/state")
def retrieve_state(call: Call) -> Json:
    """Export the sandbox's state in the fixture format."""
    with call.sandbox.read() as world:
        return call.context.fixtures.loader.format.dump(world)


@routes.add("PUT", "/state", example=EXAMPLE)
def replace_state(call: Call) -> Json:
    """Replace the sandbox's state."""
    sandbox, settings = call.sandbox, call.context.settings
    try:
        world = call.context.fixtures.loader.load_document(
            parsing.json_body(call.request),
            source="state",
            seed=settings.seed,
            speed=settings.speed,
        )
    except FixtureError as error:
        raise InvalidRequest(error.problems) from None
    sandbox.load(world)
    return sandbox_to_dict(sandbox)


@routes.add("GET", "/snapshots")
def list_snapshots(call: Call) -> Json:
    """List the names of the snapshots."""
    return {"data": [{"name": name} for name in call.sandbox.snapshots.list()]}


@routes.add("PUT", "/snapshots/<name>", example={}, body={})
def take_snapshot(call: Call, name: str) -> Json:
    """Save the state as a snapshot."""
    require_name("snapshot", name)
    call.sandbox.snapshots.take(name)
    return {"name": name}


@routes.add("POST", "/snapshots/<name>/restore", example={}, body={})
def restore_snapshot(call: Call, name: str) -> Json:
    """Restore a snapshot."""
    call.sandbox.snapshots.restore(name)
    return sandbox_to_dict(call.sandbox)


@routes.add("DELETE", "/snapshots/<name>")
def delete_snapshot(call: Call, name: str) -> Json:
    """Delete a snapshot."""
    call.sandbox.snapshots.delete(name)
    return {"deleted": name}


@routes.add("GET", "/clock")
def retrieve_clock(call: Call) -> Json:
    """Get the sandbox's clock."""
    with call.sandbox.read() as world:
        return clock_to_dict(world)


@routes.add(
    "PUT",
    "/clock",
    example={"mode": "frozen", "now": 705106800},
    body={
        "mode": StrictString(validate=OneOf(MODES)),
        "now": Timestamp(),
        "speed": StrictInteger(validate=Range(MIN_SPEED, MAX_SPEED)),
    },
)
def replace_clock(call: Call) -> Json:
    """Set the clock's mode, time or speed."""
    call.sandbox.clock.set(**call.body)
    return retrieve_clock(call)


@routes.add(
    "POST",
    "/clock/advance",
    example={"seconds": 3600},
    body={"seconds": StrictInteger(validate=Range(0, MAX_TIMESTAMP), required=True)},
)
def advance_clock(call: Call) -> Json:
    """Advance the clock; the response lists what fell due and what is still pending."""
    result = call.sandbox.clock.advance(call.body["seconds"])
    return {**retrieve_clock(call), **result._asdict()}
