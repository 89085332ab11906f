"""What the tests of the handle do in a sandbox, again and again."""

from __future__ import annotations

from mockserver import Sandbox

CONVERSATION = "xgQQXg3hrtjh7AvZ"
GROUP = "SeXPsgqF2iu8yype"
ERROR = {"type": "error", "status": 503}
SAID = {"conversation_id": CONVERSATION, "message": "Good evening."}


def say(box: Sandbox) -> str:
    """Send a message; returns the id of the request."""
    answer = box.call("POST", "/v1/messages", json=SAID)
    assert answer.status == 201
    return str(answer.headers["X-Request-Id"])


def heard(box: Sandbox) -> str:
    """Have a contact say something; returns the message's id."""
    return str(box.simulate.message("Cliff", "Hm.")["id"])


def deliver(box: Sandbox, name: str) -> int:
    """Send an event to an inbox, as a webhook would; returns the status of the answer."""
    target = box.inboxes.url(name).removeprefix(box.url)
    return box.call("POST", target, json={"id": "1", "type": "message.created"}).status


def hook(box: Sandbox) -> str:
    """Register a webhook to an inbox; returns its id."""
    made = box.webhooks.create(
        box.inboxes.url("hooks"), events=["message.created"], secret="s3cret"
    )
    return str(made["id"])


def delivered(box: Sandbox) -> str:
    """Have an event delivered; returns the delivery's id."""
    hook(box)
    say(box)
    [found] = box.deliveries.wait()["data"]
    return str(found["id"])
