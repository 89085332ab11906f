"""All that a sandbox's world holds, out and in, and snapshots of it."""

from __future__ import annotations

from mockserver.errors import InvalidRequest
from mockserver.sandbox.sandbox import NAME, NAME_RULE
from mockserver.seeding.dump import document
from mockserver.seeding.load import FixtureError
from mockserver.web import parsing
from mockserver.web.control.context import NOTHING, AdminContext, answer, listed, shown, values
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request

STATE = {
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


def retrieve_state(control: AdminContext, call: Request) -> JsonResponse:
    with control.sandbox(call).read() as world:
        state = document(world, control.library.loader.format)
    return answer(state)


def replace_state(control: AdminContext, call: Request) -> JsonResponse:
    sandbox = control.sandbox(call)
    given = parsing.json_body(call)
    try:
        world = control.library.loader.world(
            given, source="state", seed=control.settings.seed, speed=control.settings.speed
        )
    except FixtureError as error:
        raise InvalidRequest(error.problems) from None
    sandbox.load(world)
    return answer(shown(sandbox))


def list_snapshots(control: AdminContext, call: Request) -> JsonResponse:
    return listed([{"name": name} for name in control.sandbox(call).snapshots.list()])


def take_snapshot(control: AdminContext, call: Request, name: str) -> JsonResponse:
    values(call, NOTHING)
    if not NAME.fullmatch(name):
        raise InvalidRequest(f"'{name}' is no name of a snapshot: {NAME_RULE}")
    control.sandbox(call).snapshots.take(name)
    return answer({"name": name})


def restore_snapshot(control: AdminContext, call: Request, name: str) -> JsonResponse:
    values(call, NOTHING)
    sandbox = control.sandbox(call)
    sandbox.snapshots.restore(name)
    return answer(shown(sandbox))


def delete_snapshot(control: AdminContext, call: Request, name: str) -> JsonResponse:
    control.sandbox(call).snapshots.delete(name)
    return answer({"deleted": name})


ROUTES = (
    Route("GET", "/state", retrieve_state, "all of it, in the fixture format"),
    Route("PUT", "/state", replace_state, "go on with another state", STATE),
    Route("GET", "/snapshots", list_snapshots, "the snapshots, by name"),
    Route("PUT", "/snapshots/<name>", take_snapshot, "remember the state as it is", {}, NOTHING),
    Route("POST", "/snapshots/<name>/restore", restore_snapshot, "bring it back", {}, NOTHING),
    Route("DELETE", "/snapshots/<name>", delete_snapshot, "forget it"),
)
