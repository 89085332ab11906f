"""The inboxes of a sandbox: webhook receivers that record deliveries."""

from __future__ import annotations

from typing import Any

from flask import Response

from mockserver.sandbox.sandbox import Sandbox
from mockserver.schema.fields import (
    MAX_TIMESTAMP,
    NonEmptyString,
    Range,
    StrictField,
    StrictInteger,
)
from mockserver.schema.schema import Schema
from mockserver.web import parsing
from mockserver.web.control.context import AdminContext, Json, Routes, read_body, require_name
from mockserver.web.control.expectations import (
    COUNTS,
    TIMEOUT,
    count_satisfied,
    wait_until_verified,
)
from mockserver.web.fault_injection import SocketHandle
from mockserver.web.request import Request
from mockserver.webhooks.inbox import SETTINGS

MILLISECONDS = 1000
FILTERS: dict[str, StrictField] = {
    "since": StrictInteger(validate=Range(0, MAX_TIMESTAMP)),
    "type": NonEmptyString(),
}
WAIT = Schema.from_dict(FILTERS | COUNTS | TIMEOUT)()
SETTINGS_EXAMPLE = {"secret": "s3cret", "answers": [500, "hang_up", {"status": 200, "delay": 20}]}

routes = Routes()


@routes.add(
    "POST",
    "/inbox/<name>",
    example={"id": "a056V7R7NmNRjl70", "type": "message.updated", "payload": {}},
    requires_json=False,
)
def deliver(context: AdminContext, request: Request, name: str) -> Response:
    """Receive a delivery, whatever its body is.

    Use this as a webhook's URL, with ``?sandbox=NAME``.
    """
    require_name("inbox", name)
    sandbox = _receiving_sandbox(context, request)
    body = parsing.raw(request)
    connection = SocketHandle(request.environ, sandbox)
    # Before the delivery is recorded: if no slot is left, the sender gets a 503 and retries.
    connection.take_slot()
    try:
        response = sandbox.inboxes.receive(name, sandbox.now(), dict(request.headers), body)
        connection.wait(response.delay / MILLISECONDS)
        if response.hang_up:
            connection.hang_up()
        return Response(status=response.status)
    finally:
        connection.leave_slot()


def _receiving_sandbox(context: AdminContext, request: Request) -> Sandbox:
    """Return the sandbox of ``?sandbox=``, else of the delivery's X-Sandbox header.

    A delivery has no token, and a webhook from the settings delivers for all sandboxes.
    """
    name = request.headers.get("X-Sandbox")
    if name is None or "sandbox" in request.args:
        return context.sandbox(request)
    return context.sandboxes.get(name)


@routes.add("GET", "/inbox")
def list_inboxes(context: AdminContext, request: Request) -> Json:
    """List the inboxes."""
    return {"data": context.sandbox(request).inboxes.list()}


@routes.add("GET", "/inbox/<name>", query=FILTERS)
def retrieve_inbox(context: AdminContext, request: Request, name: str, **filters: Any) -> Json:
    """Get an inbox and the messages it received."""
    inboxes = context.sandbox(request).inboxes
    inbox = inboxes.retrieve(name)
    messages = [message.to_dict() for message in inboxes.messages(name, **filters)]
    return {**inbox, "data": messages}


@routes.add("PUT", "/inbox/<name>", example=SETTINGS_EXAMPLE, body=SETTINGS)
def replace_inbox(context: AdminContext, request: Request, name: str) -> Json:
    """Set the secret that the inbox verifies with, and its responses in turn."""
    settings = read_body(request, SETTINGS)
    require_name("inbox", name)
    inboxes = context.sandbox(request).inboxes
    inboxes.configure(name, settings)
    return inboxes.retrieve(name)


@routes.add("DELETE", "/inbox/<name>")
def delete_inbox(context: AdminContext, request: Request, name: str) -> Json:
    """Delete an inbox and its messages."""
    context.sandbox(request).inboxes.delete(name)
    return {"deleted": name}


@routes.add(
    "POST",
    "/inbox/<name>/wait",
    example={"type": "message.*", "at_least": 0, "timeout": 5},
    body=WAIT,
)
def await_messages(context: AdminContext, request: Request, name: str) -> Json:
    """Get the messages once the expected number has arrived, or after a timeout."""
    body = read_body(request, WAIT)
    require_name("inbox", name)
    inboxes = context.sandbox(request).inboxes
    filters = {key: value for key, value in body.items() if key in FILTERS}

    def verify() -> dict[str, Any]:
        messages = [message.to_dict() for message in inboxes.messages(name, **filters)]
        verified = count_satisfied(len(messages), body)
        return {"verified": verified, "count": len(messages), "data": messages}

    return wait_until_verified(request, inboxes, body.get("timeout"), verify)
