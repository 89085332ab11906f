"""Common actions in a sandbox."""

from __future__ import annotations

from mockserver import Sandbox

CONVERSATION = "xgQQXg3hrtjh7AvZ"
GROUP = "SeXPsgqF2iu8yype"
ERROR = {"type": "error", "status": 503}
MESSAGE = {"conversation_id": CONVERSATION, "message": "Good evening."}


def send_message(box: Sandbox) -> str:
    """Send a message, and return the id of the request."""
    response = box.call("POST", "/v1/messages", json=MESSAGE)
    assert response.status == 201
    return str(response.headers["X-Request-Id"])


def receive_message(box: Sandbox) -> str:
    """Send a message from a contact, and return its id."""
    return str(box.simulate.message("Cliff", "Hm.")["id"])


def post_to_inbox(box: Sandbox, name: str) -> int:
    """Send an event to an inbox as a webhook does, and return the response status."""
    target = box.inboxes.url(name).removeprefix(box.url)
    return box.call("POST", target, json={"id": "1", "type": "message.created"}).status


def create_webhook(box: Sandbox) -> str:
    """Register a webhook for an inbox, and return its id."""
    webhook = box.webhooks.create(
        box.inboxes.url("hooks"), events=["message.created"], secret="s3cret"
    )
    return str(webhook["id"])


def create_delivery(box: Sandbox) -> str:
    """Deliver an event, and return the id of the delivery."""
    create_webhook(box)
    send_message(box)
    [delivery] = box.deliveries.wait()["data"]
    return str(delivery["id"])
