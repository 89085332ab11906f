"""The other side: what contacts do, and the user in another client.

It is part of what happens in a sandbox, so the journal keeps it, as it keeps the API's requests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.schema.schema import Attributes, Draft
from mockserver.simulation import schemas
from mockserver.simulation.simulator import Simulator
from mockserver.storage.world import World
from mockserver.web import asset_urls, parsing
from mockserver.web.control.context import AdminContext, answer
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request

Act = Callable[[Simulator, World, Draft], dict[str, Any]]
FRANK, SAID = "FrankMcCallister", "SIuAFUNKdSYHZF2w"


def simulate_message(control: AdminContext, call: Request) -> JsonResponse:
    return _done(control, call, Simulator.message, schemas.MESSAGE, 201)


def simulate_edit(control: AdminContext, call: Request) -> JsonResponse:
    return _done(control, call, Simulator.edit, schemas.EDIT)


def simulate_delete(control: AdminContext, call: Request) -> JsonResponse:
    return _done(control, call, Simulator.delete, schemas.DELETE)


def simulate_react(control: AdminContext, call: Request) -> JsonResponse:
    return _done(control, call, Simulator.react, schemas.REACTION)


def simulate_unreact(control: AdminContext, call: Request) -> JsonResponse:
    return _done(control, call, Simulator.unreact, schemas.REACTION)


def simulate_read(control: AdminContext, call: Request) -> JsonResponse:
    return _done(control, call, Simulator.read, schemas.READ)


def simulate_active(control: AdminContext, call: Request) -> JsonResponse:
    return _done(control, call, Simulator.active, schemas.ACTIVE)


def simulate_join(control: AdminContext, call: Request) -> JsonResponse:
    return _done(control, call, Simulator.join, schemas.MEMBERSHIP)


def simulate_leave(control: AdminContext, call: Request) -> JsonResponse:
    return _done(control, call, Simulator.leave, schemas.MEMBERSHIP)


def simulate_open(control: AdminContext, call: Request) -> JsonResponse:
    return _done(control, call, Simulator.open, schemas.OPEN)


def _done(
    control: AdminContext, call: Request, act: Act, attributes: Attributes, status: int = 200
) -> JsonResponse:
    call.given = parsing.json_body(call)
    draft = attributes.load(call.given)
    with call.transaction() as world:
        shown = act(Simulator(control.catalogue), world, draft)
    if control.settings.assets == "local":
        shown = asset_urls.localize(shown, call.host_url, call.sandbox.name)
    return answer(shown, status)


def _route(
    view: Callable[..., JsonResponse], about: str, example: dict[str, str], body: Attributes
) -> Route:
    path = view.__name__.replace("_", "/", 1)
    return Route("POST", f"/{path}", view, about, example, body, journaled=True)


ROUTES = (
    _route(
        simulate_message,
        "a contact says something to the user, or in a conversation",
        {"from": FRANK, "message": "Who has the tickets?"},
        schemas.MESSAGE,
    ),
    _route(
        simulate_edit,
        "changes it",
        {"message_id": SAID, "message": "We leave at eight."},
        schemas.EDIT,
    ),
    _route(simulate_delete, "takes it back", {"message_id": "lyZPwYCGbEp573sJ"}, schemas.DELETE),
    _route(
        simulate_react,
        "reacts to a message",
        {"from": FRANK, "message_id": "Ja7gMtSoa8Bthet8", "reaction": "joy"},
        schemas.REACTION,
    ),
    _route(
        simulate_unreact,
        "takes a reaction back",
        {"from": FRANK, "message_id": "Ja7gMtSoa8Bthet8", "reaction": "joy"},
        schemas.REACTION,
    ),
    _route(
        simulate_read,
        "reads what the user said: all of a conversation, or up to a message_id",
        {"from": FRANK, "conversation_id": "xgQQXg3hrtjh7AvZ"},
        schemas.READ,
    ),
    _route(simulate_active, "comes active", {"contact": FRANK}, schemas.ACTIVE),
    _route(
        simulate_join,
        "joins a group",
        {"contact": FRANK, "group_id": "l7cGNIBKZiNJ6wqF"},
        schemas.MEMBERSHIP,
    ),
    _route(
        simulate_leave,
        "leaves a group",
        {"contact": FRANK, "group_id": "fprEZrh9IcdV51AS"},
        schemas.MEMBERSHIP,
    ),
    _route(
        simulate_open,
        "the user opens a conversation in another client",
        {"conversation_id": "xgQQXg3hrtjh7AvZ"},
        schemas.OPEN,
    ),
)
