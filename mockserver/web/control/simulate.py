"""Simulated actions of contacts, and of the user in another client; the journal records them."""

from collections.abc import Callable
from typing import Any

from mockserver.schema.schema import ValidatedInput
from mockserver.simulation import schemas
from mockserver.simulation.simulator import Simulator
from mockserver.storage.world import World
from mockserver.web.control.context import ControlRequest, Json, Routes

Action = Callable[[Simulator, World, ValidatedInput], dict[str, Any]]

#: Each action with the schema of its body. The endpoint's description is the action's docstring.
ACTIONS = (
    (Simulator.message, schemas.MESSAGE),
    (Simulator.edit, schemas.EDIT),
    (Simulator.delete, schemas.DELETE),
    (Simulator.react, schemas.REACTION),
    (Simulator.unreact, schemas.REACTION),
    (Simulator.read, schemas.READ),
    (Simulator.active, schemas.ACTIVE),
    (Simulator.join, schemas.MEMBERSHIP),
    (Simulator.leave, schemas.MEMBERSHIP),
    (Simulator.open, schemas.OPEN),
)

routes = Routes()


def _view(action: Action) -> Callable[[ControlRequest], Json]:
    def view(request: ControlRequest) -> Json:
        with request.http.transaction() as world:
            result = action(Simulator(request.context.resources), world, request.draft)
        return request.localize(result) if request.context.settings.assets == "local" else result

    view.__name__, view.__doc__ = f"simulate_{action.__name__}", action.__doc__
    return view


for action, schema in ACTIONS:
    path, status = f"/simulate/{action.__name__}", 201 if action is Simulator.message else 200
    routes.add("POST", path, body=schema, status=status, simulated=True)(_view(action))
