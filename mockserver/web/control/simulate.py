"""The other side: what contacts do, and the user in another client.

It is part of what happens in a sandbox, so the journal keeps it, as it keeps the API's requests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.core.world import World
from mockserver.resources import acts
from mockserver.resources.others import Others
from mockserver.schema.attributes import Attributes, Draft
from mockserver.web import assets, parsing
from mockserver.web.call import Answer, Call
from mockserver.web.control.control import Control, answer
from mockserver.web.control.route import Route

Act = Callable[[Others, World, Draft], dict[str, Any]]
FRANK, SAID = "FrankMcCallister", "SIuAFUNKdSYHZF2w"


def simulate_message(control: Control, call: Call) -> Answer:
    return _done(control, call, Others.message, acts.MESSAGE, 201)


def simulate_edit(control: Control, call: Call) -> Answer:
    return _done(control, call, Others.edit, acts.EDIT)


def simulate_delete(control: Control, call: Call) -> Answer:
    return _done(control, call, Others.delete, acts.DELETE)


def simulate_react(control: Control, call: Call) -> Answer:
    return _done(control, call, Others.react, acts.REACTION)


def simulate_unreact(control: Control, call: Call) -> Answer:
    return _done(control, call, Others.unreact, acts.REACTION)


def simulate_read(control: Control, call: Call) -> Answer:
    return _done(control, call, Others.read, acts.READ)


def simulate_active(control: Control, call: Call) -> Answer:
    return _done(control, call, Others.active, acts.ACTIVE)


def simulate_join(control: Control, call: Call) -> Answer:
    return _done(control, call, Others.join, acts.MEMBERSHIP)


def simulate_leave(control: Control, call: Call) -> Answer:
    return _done(control, call, Others.leave, acts.MEMBERSHIP)


def simulate_open(control: Control, call: Call) -> Answer:
    return _done(control, call, Others.open, acts.OPEN)


def _done(
    control: Control, call: Call, act: Act, attributes: Attributes, status: int = 200
) -> Answer:
    call.given = parsing.json_body(call)
    draft = attributes.load(call.given)
    with call.transaction() as world:
        shown = act(Others(control.catalogue), world, draft)
    if control.settings.assets == "local":
        shown = assets.localised(shown, call.host_url, call.sandbox.name)
    return answer(shown, status)


def _route(
    view: Callable[..., Answer], about: str, example: dict[str, str], body: Attributes
) -> Route:
    path = view.__name__.replace("_", "/", 1)
    return Route("POST", f"/{path}", view, about, example, body, journaled=True)


ROUTES = (
    _route(
        simulate_message,
        "a contact says something to the user, or in a conversation",
        {"from": FRANK, "message": "Who has the tickets?"},
        acts.MESSAGE,
    ),
    _route(
        simulate_edit,
        "changes it",
        {"message_id": SAID, "message": "We leave at eight."},
        acts.EDIT,
    ),
    _route(simulate_delete, "takes it back", {"message_id": "lyZPwYCGbEp573sJ"}, acts.DELETE),
    _route(
        simulate_react,
        "reacts to a message",
        {"from": FRANK, "message_id": "Ja7gMtSoa8Bthet8", "reaction": "joy"},
        acts.REACTION,
    ),
    _route(
        simulate_unreact,
        "takes a reaction back",
        {"from": FRANK, "message_id": "Ja7gMtSoa8Bthet8", "reaction": "joy"},
        acts.REACTION,
    ),
    _route(
        simulate_read,
        "reads what the user said: all of a conversation, or up to a message_id",
        {"from": FRANK, "conversation_id": "xgQQXg3hrtjh7AvZ"},
        acts.READ,
    ),
    _route(simulate_active, "comes active", {"contact": FRANK}, acts.ACTIVE),
    _route(
        simulate_join,
        "joins a group",
        {"contact": FRANK, "group_id": "l7cGNIBKZiNJ6wqF"},
        acts.MEMBERSHIP,
    ),
    _route(
        simulate_leave,
        "leaves a group",
        {"contact": FRANK, "group_id": "fprEZrh9IcdV51AS"},
        acts.MEMBERSHIP,
    ),
    _route(
        simulate_open,
        "the user opens a conversation in another client",
        {"conversation_id": "xgQQXg3hrtjh7AvZ"},
        acts.OPEN,
    ),
)
