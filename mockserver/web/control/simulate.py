"""Simulated actions of contacts, and of the user in another client.

They are journaled like the API's requests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.schema.schema import ValidatedInput
from mockserver.simulation import schemas
from mockserver.simulation.simulator import Simulator
from mockserver.storage.world import World
from mockserver.web.control.context import Call, Json, Routes

Action = Callable[[Simulator, World, ValidatedInput], dict[str, Any]]

CONTACT, CONVERSATION = "FrankMcCallister", "xgQQXg3hrtjh7AvZ"
MESSAGE, OTHER_MESSAGE = "SIuAFUNKdSYHZF2w", "Ja7gMtSoa8Bthet8"
REACTION = {"from": CONTACT, "message_id": OTHER_MESSAGE, "reaction": "joy"}
#: Each action, with the schema and an example of its body. The description is its docstring.
ACTIONS = (
    (Simulator.message, schemas.MESSAGE, {"from": CONTACT, "message": "Who has the tickets?"}),
    (Simulator.edit, schemas.EDIT, {"message_id": MESSAGE, "message": "We leave at eight."}),
    (Simulator.delete, schemas.DELETE, {"message_id": "lyZPwYCGbEp573sJ"}),
    (Simulator.react, schemas.REACTION, REACTION),
    (Simulator.unreact, schemas.REACTION, REACTION),
    (Simulator.read, schemas.READ, {"from": CONTACT, "conversation_id": CONVERSATION}),
    (Simulator.active, schemas.ACTIVE, {"contact": CONTACT}),
    (Simulator.join, schemas.MEMBERSHIP, {"contact": CONTACT, "group_id": "l7cGNIBKZiNJ6wqF"}),
    (Simulator.leave, schemas.MEMBERSHIP, {"contact": CONTACT, "group_id": "fprEZrh9IcdV51AS"}),
    (Simulator.open, schemas.OPEN, {"conversation_id": CONVERSATION}),
)

routes = Routes()


def _view(action: Action) -> Callable[[Call], Json]:
    def view(call: Call) -> Json:
        with call.request.transaction() as world:
            result = action(Simulator(call.context.resources), world, call.draft)
        return call.localize(result) if call.context.settings.assets == "local" else result

    view.__name__, view.__doc__ = f"simulate_{action.__name__}", action.__doc__
    return view


for action, schema, example in ACTIONS:
    path, status = f"/simulate/{action.__name__}", 201 if action is Simulator.message else 200
    add = routes.add("POST", path, body=schema, example=example, status=status, simulated=True)
    add(_view(action))
