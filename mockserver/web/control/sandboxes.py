"""Sandboxes: creating, resetting and deleting them, their state, snapshots and clocks."""

from dataclasses import asdict

from mockserver.errors import InvalidRequest
from mockserver.sandbox.sandbox import PARTS, Sandbox
from mockserver.schema.compound import List
from mockserver.schema.fields import Name, NonEmptyString, Timestamp, integer, one_of
from mockserver.seeding.load import FixtureError
from mockserver.settings import STATE_PATH
from mockserver.storage.clock import LAST_SECOND, MAX_SPEED, MIN_SPEED, MODES
from mockserver.web import parsing
from mockserver.web.control import strays
from mockserver.web.control.context import ControlRequest, Json, Routes, require_name
from mockserver.web.fault_injection import wait_slots

routes = Routes()


def sandbox_to_dict(sandbox: Sandbox) -> Json:
    """Return a sandbox's seed, clock, object counts and settings."""
    with sandbox.read() as world:
        counts = {kind: len(records) for kind, records in world.collections.items()}
        clock, seed = world.clock.to_dict(), world.ids.seed
    return {
        "name": sandbox.name,
        "seed": seed,
        "clock": clock,
        "counts": counts,
        "snapshots": sandbox.snapshots.list(),
        "last_request": sandbox.journal.last,
        "faults": sandbox.faults.count_active(),
        "rate_limit": sandbox.rate_limit.get(),
        "bots": sandbox.bots.script_name,
    }


@routes.add("GET", "/sandboxes")
def list_sandboxes(request: ControlRequest) -> Json:
    """List the open sandboxes."""
    return {"data": [sandbox_to_dict(sandbox) for sandbox in request.context.sandboxes.all()]}


@routes.add(
    "POST",
    "/sandboxes",
    body={
        "name": Name(required=True),
        "fixtures": NonEmptyString(),
        "seed": NonEmptyString(),
        "clock": one_of(MODES),
    },
    status=201,
)
def create_sandbox(request: ControlRequest) -> Json:
    """Create a sandbox with its own fixtures, seed and clock."""
    context, name = request.context, request.body["name"]
    fixtures = request.body.get("fixtures", context.settings.fixtures)
    origin = context.fixtures.world(fixtures, request.body.get("seed"), request.body.get("clock"))
    return sandbox_to_dict(context.sandboxes.create(name, origin))


@routes.add("GET", "/sandboxes/<name>")
def retrieve_sandbox(request: ControlRequest, name: str) -> Json:
    """Get a sandbox's seed, clock, object counts and settings."""
    return sandbox_to_dict(request.context.sandboxes.get(name))


@routes.add("DELETE", "/sandboxes/<name>")
def delete_sandbox(request: ControlRequest, name: str) -> Json:
    """Delete a sandbox and all its data."""
    request.context.sandboxes.delete(name)
    return {"deleted": name}


@routes.add("POST", "/reset", body={"only": List(one_of(PARTS))})
def reset(request: ControlRequest) -> Json:
    """Reset the sandbox, or only some parts of it."""
    request.sandbox.reset(request.body.get("only", PARTS))
    return sandbox_to_dict(request.sandbox)


@routes.add("GET", "/counters")
def retrieve_counters(request: ControlRequest) -> Json:
    """Get counters that change whenever something happens; cheap enough to poll."""
    sandbox, webhooks = request.sandbox, request.sandbox.webhooks
    with sandbox.read() as world:
        version, clock = world.version, world.clock.to_dict()
    return {
        "world": version,
        "requests": sandbox.journal.appended,
        "last_request": sandbox.journal.last,
        "strays": strays.count(request),
        "deliveries": webhooks.log.version,
        "webhooks": webhooks.registry.version,
        "delivery_rules": [asdict(rule) for rule in webhooks.rules.list()],
        "received": sandbox.inboxes.appended,
        "clock": clock,
    }


@routes.add("GET", "/state")
def retrieve_state(request: ControlRequest) -> Json:
    """Export the sandbox's state in the fixture format."""
    with request.sandbox.read() as world:
        return request.context.fixtures.loader.format.dump(world)


@routes.add("PUT", "/state")
def replace_state(request: ControlRequest) -> Json:
    """Replace the sandbox's state with a document in the fixture format."""
    sandbox, settings = request.sandbox, request.context.settings
    request.http.max_content_length = settings.max_bodies[STATE_PATH]
    try:
        world = request.context.fixtures.loader.load_document(
            parsing.json_body(request.http, max_values=None),
            source="state",
            seed=settings.seed,
            speed=settings.speed,
        )
    except FixtureError as error:
        raise InvalidRequest(error.problems) from None
    sandbox.load(world)
    return sandbox_to_dict(sandbox)


@routes.add("GET", "/snapshots")
def list_snapshots(request: ControlRequest) -> Json:
    """List the names of the snapshots."""
    return {"data": [{"name": name} for name in request.sandbox.snapshots.list()]}


@routes.add("PUT", "/snapshots/<name>", body={})
def take_snapshot(request: ControlRequest, name: str) -> Json:
    """Save the state as a snapshot."""
    require_name("snapshot", name)
    request.sandbox.snapshots.take(name)
    return {"name": name}


@routes.add("POST", "/snapshots/<name>/restore", body={})
def restore_snapshot(request: ControlRequest, name: str) -> Json:
    """Restore the data, next ids, clock and bots of a snapshot; the snapshot is kept."""
    request.sandbox.snapshots.restore(name)
    return sandbox_to_dict(request.sandbox)


@routes.add("DELETE", "/snapshots/<name>")
def delete_snapshot(request: ControlRequest, name: str) -> Json:
    """Delete a snapshot."""
    request.sandbox.snapshots.delete(name)
    return {"deleted": name}


@routes.add("GET", "/clock")
def retrieve_clock(request: ControlRequest) -> Json:
    """Get the sandbox's clock."""
    with request.sandbox.read() as world:
        return world.clock.to_dict()


@routes.add(
    "PUT",
    "/clock",
    body={"mode": one_of(MODES), "now": Timestamp(), "speed": integer(MIN_SPEED, MAX_SPEED)},
)
def replace_clock(request: ControlRequest) -> Json:
    """Set the clock's mode, time or speed."""
    return request.sandbox.clock.set(**request.body)


@routes.add("POST", "/clock/advance", body={"seconds": integer(0, LAST_SECOND, required=True)})
def advance_clock(request: ControlRequest) -> Json:
    """Advance the clock; the response lists what fell due and what is still pending.

    Advances run one after the other. One ends early, with the seconds ``left``, if the state or the
    clock is replaced meanwhile.
    """
    with wait_slots(request.http.environ).long_poll():
        result = request.sandbox.clock.advance(request.body["seconds"])._asdict()
    return {**result.pop("clock"), **result}
