"""The sandboxes: which there are, how they come and go, and back to the start."""

from __future__ import annotations

from mockserver.errors import InvalidRequest
from mockserver.sandbox.sandbox import NAME, NAME_RULE, PARTS
from mockserver.schema.fields import Choice, Choices, Text
from mockserver.schema.schema import Attributes
from mockserver.storage.clock import MODES
from mockserver.web.control.context import AdminContext, answer, listed, shown, values
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request

CREATE = Attributes(
    {
        "name": Text(required=True),
        "fixtures": Text(),
        "seed": Text(),
        "clock": Choice(MODES),
    }
)
RESET = Attributes({"only": Choices(PARTS)})


def list_sandboxes(control: AdminContext, call: Request) -> JsonResponse:
    return listed([shown(each) for each in control.sandboxes.all()])


def create_sandbox(control: AdminContext, call: Request) -> JsonResponse:
    given = values(call, CREATE)
    if not NAME.fullmatch(given["name"]):
        raise InvalidRequest(f"name: {NAME_RULE}")
    fixtures = given.get("fixtures", control.settings.fixtures)
    origin = control.library.world(fixtures, given.get("seed"), given.get("clock"))
    return answer(shown(control.sandboxes.create(given["name"], origin)), 201)


def retrieve_sandbox(control: AdminContext, call: Request, name: str) -> JsonResponse:
    return answer(shown(control.sandboxes.get(name)))


def delete_sandbox(control: AdminContext, call: Request, name: str) -> JsonResponse:
    control.sandboxes.delete(name)
    return answer({"deleted": name})


def reset(control: AdminContext, call: Request) -> JsonResponse:
    given = values(call, RESET)
    sandbox = control.sandbox(call)
    sandbox.reset(given.get("only", PARTS))
    return answer(shown(sandbox))


ROUTES = (
    Route("GET", "/sandboxes", list_sandboxes, "the sandboxes that are open"),
    Route(
        "POST",
        "/sandboxes",
        create_sandbox,
        "open one with fixtures, seed and clock of its own",
        {"name": "signup", "fixtures": "empty", "seed": "7", "clock": "frozen"},
        CREATE,
    ),
    Route("GET", "/sandboxes/<name>", retrieve_sandbox, "one, with its counts and its clock"),
    Route("DELETE", "/sandboxes/<name>", delete_sandbox, "forget one and all that it holds"),
    Route("POST", "/reset", reset, "back to the start", {"only": ["data", "clock"]}, RESET),
)
