"""Simulated actions of contacts, and of the user in another client.

They are journaled like the API's requests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.schema.schema import Schema, ValidatedInput
from mockserver.simulation import schemas
from mockserver.simulation.simulator import Simulator
from mockserver.storage.world import World
from mockserver.web import parsing
from mockserver.web.assets import localize
from mockserver.web.control.context import AdminContext, Json, Routes
from mockserver.web.request import Request

Action = Callable[[Simulator, World, ValidatedInput], dict[str, Any]]

CONTACT = "FrankMcCallister"
MESSAGE, OTHER_MESSAGE = "SIuAFUNKdSYHZF2w", "Ja7gMtSoa8Bthet8"
CONVERSATION = "xgQQXg3hrtjh7AvZ"


routes = Routes()


def _add(
    action: Action, schema: Schema, about: str, example: dict[str, str], status: int = 200
) -> None:
    def view(context: AdminContext, request: Request) -> Json:
        request.payload = parsing.json_body(request)
        draft = schema.validated(request.payload)
        with request.transaction() as world:
            result = action(Simulator(context.resources), world, draft)
        if context.settings.assets == "local":
            result = localize(result, request.host_url, request.sandbox.name)
        return result

    name = action.__name__
    view.__name__, view.__doc__ = f"simulate_{name}", about
    routes.add(
        "POST", f"/simulate/{name}", example=example, body=schema, status=status, journaled=True
    )(view)


_add(
    Simulator.message,
    schemas.MESSAGE,
    "Send a message as a contact, to the user or in a conversation.",
    {"from": CONTACT, "message": "Who has the tickets?"},
    status=201,
)
_add(
    Simulator.edit,
    schemas.EDIT,
    "Edit a contact's message.",
    {"message_id": MESSAGE, "message": "We leave at eight."},
)
_add(
    Simulator.delete,
    schemas.DELETE,
    "Delete a contact's message.",
    {"message_id": "lyZPwYCGbEp573sJ"},
)
_add(
    Simulator.react,
    schemas.REACTION,
    "React to a message as a contact.",
    {"from": CONTACT, "message_id": OTHER_MESSAGE, "reaction": "joy"},
)
_add(
    Simulator.unreact,
    schemas.REACTION,
    "Remove a contact's reaction from a message.",
    {"from": CONTACT, "message_id": OTHER_MESSAGE, "reaction": "joy"},
)
_add(
    Simulator.read,
    schemas.READ,
    "Read the user's messages as a contact: a whole conversation, or up to a message.",
    {"from": CONTACT, "conversation_id": CONVERSATION},
)
_add(
    Simulator.active,
    schemas.ACTIVE,
    "Set a contact's last activity to now.",
    {"contact": CONTACT},
)
_add(
    Simulator.join,
    schemas.MEMBERSHIP,
    "Let a contact join a group.",
    {"contact": CONTACT, "group_id": "l7cGNIBKZiNJ6wqF"},
)
_add(
    Simulator.leave,
    schemas.MEMBERSHIP,
    "Let a contact leave a group.",
    {"contact": CONTACT, "group_id": "fprEZrh9IcdV51AS"},
)
_add(
    Simulator.open,
    schemas.OPEN,
    "Open a conversation as the user in another client.",
    {"conversation_id": CONVERSATION},
)
