"""The inboxes of a sandbox: they take deliveries as a receiver does, and show what came."""

from __future__ import annotations

from typing import Any

from flask import Response

from mockserver.errors import InvalidRequest
from mockserver.sandbox.sandbox import NAME, NAME_RULE, Sandbox
from mockserver.schema.fields import LATEST, Attribute, Text, Whole
from mockserver.schema.schema import Attributes
from mockserver.web import parsing
from mockserver.web.control.context import AdminContext, answer, listed, values
from mockserver.web.control.polling import COUNTS, TIMEOUT, awaited, enough
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request
from mockserver.web.socket_handle import SocketHandle
from mockserver.webhooks.inbox import SETTINGS

SECOND = 1000
FILTERS: dict[str, Attribute] = {"since": Whole(0, LATEST), "type": Text()}
WAIT = Attributes(FILTERS | COUNTS | TIMEOUT)


def deliver(control: AdminContext, call: Request, name: str) -> Response:
    """Take a delivery: whatever it is, since a receiver must bear whatever comes."""
    _check(name)
    sandbox = _receiving(control, call)
    body = parsing.raw(call)
    line = SocketHandle(call.environ, sandbox)
    # Before anything is kept: who finds no place to wait shall deliver it again.
    line.take_slot()
    try:
        reaction = sandbox.inboxes.receive(name, sandbox.now(), dict(call.headers), body)
        line.wait(reaction.delay / SECOND)
        if reaction.hang_up:
            line.hang_up()
        return Response(status=reaction.status)
    finally:
        line.leave_slot()


def _receiving(control: AdminContext, call: Request) -> Sandbox:
    """The sandbox that the URL names, or else the delivery itself: a delivery has no token, and a
    webhook of the server's start delivers for all sandboxes."""
    named = call.headers.get("X-Sandbox")
    if named is None or "sandbox" in call.args:
        return control.sandbox(call)
    return control.sandboxes.get(named)


def list_inboxes(control: AdminContext, call: Request) -> JsonResponse:
    return listed(control.sandbox(call).inboxes.list())


def retrieve_inbox(control: AdminContext, call: Request, name: str, **wanted: Any) -> JsonResponse:
    inboxes = control.sandbox(call).inboxes
    shown = inboxes.retrieve(name)
    return answer({**shown, "data": [each.to_dict() for each in inboxes.messages(name, **wanted)]})


def replace_inbox(control: AdminContext, call: Request, name: str) -> JsonResponse:
    settings = values(call, SETTINGS)
    _check(name)
    inboxes = control.sandbox(call).inboxes
    inboxes.configure(name, settings)
    return answer(inboxes.retrieve(name))


def delete_inbox(control: AdminContext, call: Request, name: str) -> JsonResponse:
    control.sandbox(call).inboxes.delete(name)
    return answer({"deleted": name})


def await_messages(control: AdminContext, call: Request, name: str) -> JsonResponse:
    """The messages that match, once as many have come as are wanted, or after ``timeout``."""
    wanted = values(call, WAIT)
    _check(name)
    inboxes = control.sandbox(call).inboxes
    filters = {key: value for key, value in wanted.items() if key in FILTERS}

    def tell() -> dict[str, Any]:
        found = inboxes.messages(name, **filters)
        fine = enough(len(found), wanted)
        return {"verified": fine, "count": len(found), "data": [each.to_dict() for each in found]}

    return answer(awaited(call, inboxes, wanted, tell))


def _check(name: str) -> None:
    if not NAME.fullmatch(name):
        raise InvalidRequest(f"'{name}' is no name of an inbox: {NAME_RULE}")


PROGRAM = {"secret": "s3cret", "answers": [500, "hang_up", {"status": 200, "delay": 20}]}
ROUTES = (
    Route("GET", "/inbox", list_inboxes, "the inboxes: receivers for who has none yet"),
    Route(
        "POST",
        "/inbox/<name>",
        deliver,
        "a webhook's URL: takes a delivery (of ?sandbox=NAME), and keeps it",
        {"id": "a056V7R7NmNRjl70", "type": "message.updated", "payload": {}},
        typed=False,
    ),
    Route(
        "PUT",
        "/inbox/<name>",
        replace_inbox,
        "with which secret it verifies, and what it answers, in turn",
        PROGRAM,
        SETTINGS,
    ),
    Route("GET", "/inbox/<name>", retrieve_inbox, "what came, in order", parameters=FILTERS),
    Route("DELETE", "/inbox/<name>", delete_inbox, "forget it, and what came"),
    Route(
        "POST",
        "/inbox/<name>/wait",
        await_messages,
        "what came, once as many came as are wanted, or after timeout seconds",
        {"type": "message.*", "at_least": 0, "timeout": 5},
        WAIT,
    ),
)
