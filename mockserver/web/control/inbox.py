"""The inboxes of a sandbox: webhook receivers that record deliveries."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Response

from mockserver.schema.fields import MAX_TIMESTAMP, StrictField, integer
from mockserver.schema.wildcard import Wildcard
from mockserver.web import parsing
from mockserver.web.control import expectations
from mockserver.web.control.context import ControlRequest, Json, Routes, require_name
from mockserver.web.fault_injection import SocketHandle
from mockserver.webhooks.inbox import SETTINGS, InboxMessage

FILTERS: dict[str, StrictField] = {"since": integer(0, MAX_TIMESTAMP), "type": Wildcard()}

routes = Routes()


@routes.add("POST", "/inbox/<name>", requires_json=False)
def deliver(request: ControlRequest, name: str) -> Response:
    """Receive a delivery with any body.

    Register this URL as a webhook, with ``?sandbox=NAME``.
    """
    require_name("inbox", name)
    http = request.http
    sender = http.headers.get("X-Sandbox")
    if sender is None or "sandbox" in http.args:
        sandbox = request.sandbox
    else:  # deliveries have no token, and a webhook of the settings serves all sandboxes
        sandbox = request.context.sandboxes.get(sender)
    body = parsing.raw(http)
    connection = SocketHandle(http.environ, sandbox)
    connection.take_slot()  # first: if no slot is left, the sender gets a 503 and retries
    try:
        headers = {key.lower(): value for key, value in http.headers.items()}
        secrets = [
            webhook.secret
            for webhook in sandbox.webhooks.registry.list()
            if urlsplit(webhook.url).path == http.path
        ]
        response = sandbox.inboxes.receive(name, sandbox.now(), headers, body, secrets)
        connection.wait(response.delay / 1000)
        if response.hang_up:
            connection.hang_up()
        return Response(status=response.status)
    finally:
        connection.leave_slot()


@routes.add("GET", "/inbox")
def list_inboxes(request: ControlRequest) -> Json:
    """List the inboxes."""
    return {"data": request.sandbox.inboxes.list()}


@routes.add("GET", "/inbox/<name>", query=FILTERS)
def retrieve_inbox(request: ControlRequest, name: str, **filters: Any) -> Json:
    """Get an inbox and the messages it received."""
    return {**request.sandbox.inboxes.retrieve(name), "data": _messages(request, name, filters)}


@routes.add("PUT", "/inbox/<name>", body=SETTINGS)
def replace_inbox(request: ControlRequest, name: str) -> Json:
    """Set the secret for verifying signatures, and the responses that the inbox gives in turn.

    Without a secret, signatures are verified with those of the sandbox's webhooks to this inbox.
    """
    require_name("inbox", name)
    return request.sandbox.inboxes.configure(name, request.body)


@routes.add("DELETE", "/inbox/<name>")
def delete_inbox(request: ControlRequest, name: str) -> Json:
    """Delete an inbox and its messages."""
    request.sandbox.inboxes.delete(name)
    return {"deleted": name}


@routes.add("POST", "/inbox/<name>/wait", body=FILTERS | expectations.COUNTS | expectations.TIMEOUT)
def await_messages(request: ControlRequest, name: str) -> Json:
    """Get the messages once the expected number has arrived, or after a timeout."""
    require_name("inbox", name)
    filters = {key: value for key, value in request.body.items() if key in FILTERS}

    def concerns(entry: tuple[str, InboxMessage]) -> bool:
        return entry[0] == name

    def match(entry: tuple[str, InboxMessage]) -> bool:
        return concerns(entry) and entry[1].matches(**filters)

    def verify() -> Json:
        messages = _messages(request, name, filters)
        evicted = request.sandbox.inboxes.retrieve(name)["evicted"] - filters.get("since", 0)
        verified = expectations.verdict(len(messages), max(evicted, 0), request.body)
        result: Json = {"verified": bool(verified), "count": len(messages), "data": messages}
        if verified is None:
            result["reason"] = (
                f"undecided: {evicted} older messages were evicted from the inbox and may match; "
                f"delete it (DELETE /_sandbox/inbox/{name}) before the messages to verify"
            )
        return result

    watch = partial(request.sandbox.inboxes.watches.watch, concerns, match)
    return expectations.wait_until_verified(request, watch, verify)


def _messages(request: ControlRequest, name: str, filters: Json) -> list[Json]:
    return [message.to_dict() for message in request.sandbox.inboxes.messages(name, **filters)]
