"""Deleted webhooks, deleted sandboxes and stopped servers stop sending."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver import MockServer, create_app
from mockserver.server import Server
from mockserver.settings import Settings
from tests.webhooks.receiver import Receiver, hang, status
from tests.webhooks.webhook_client import WebhookClient


def test_a_deleted_webhook_receives_nothing(webhooks: WebhookClient, receiver: Receiver) -> None:
    receiver.respond_with(500, hang)
    webhooks.register(receiver.url)
    for _ in range(3):
        webhooks.send_message()
    receiver.wait(2)
    assert webhooks.client.delete("/_sandbox/webhooks/webhook_1").status == 200
    webhooks.send_message()
    receiver.unblock.set()
    webhooks.wait_until_idle()
    webhooks.advance(100_000)
    assert len(receiver.received) == 2
    assert webhooks.states() == ["dropped", "delivered", "dropped"]


def test_a_410_from_a_deleted_webhook_is_harmless(
    webhooks: WebhookClient, receiver: Receiver
) -> None:
    def gone(receiver: Receiver, connection: Any) -> None:
        receiver.unblock.wait(30)
        status(410)(receiver, connection)

    receiver.respond_with(gone)
    webhooks.register(receiver.url)
    webhooks.send_message()
    receiver.wait(1)
    webhooks.client.delete("/_sandbox/webhooks/webhook_1")
    receiver.unblock.set()
    webhooks.wait_until_idle()
    assert webhooks.states() == ["failed"]


def test_disabling_a_webhook_drops_its_retries(webhooks: WebhookClient, receiver: Receiver) -> None:
    receiver.respond_with(500)
    webhooks.register(receiver.url)
    webhooks.send_message()
    webhooks.wait_until_idle()
    webhooks.client.put("/_sandbox/webhooks/webhook_1", json={"enabled": False})
    assert webhooks.advance(100_000)["fired"] == []
    assert (len(receiver.received), webhooks.states()) == (1, ["dropped"])


def test_a_retry_goes_to_the_new_url(
    webhooks: WebhookClient, listen: Callable[..., Receiver]
) -> None:
    old, new = listen(), listen()
    old.respond_with(500)
    webhooks.register(old.url)
    webhooks.send_message()
    webhooks.wait_until_idle()
    webhooks.client.put("/_sandbox/webhooks/webhook_1", json={"url": new.url})
    webhooks.advance(5)
    assert (len(old.received), len(new.received)) == (1, 1)


@pytest.mark.parametrize("path", ["reset", "sandboxes/NAME"])
def test_a_reset_or_deleted_sandbox_stops_sending(
    webhooks: WebhookClient, receiver: Receiver, path: str
) -> None:
    webhooks.client.put("/_sandbox/clock", json={"mode": "real", "now": 705106800})
    receiver.respond_with(hang)
    receiver.default_response = status(500)
    webhooks.register(receiver.url)
    for _ in range(5):
        webhooks.send_message()
    receiver.wait(1)
    name = webhooks.client.token.removeprefix("sandbox_")
    method = "POST" if path == "reset" else "DELETE"
    response = webhooks.client(method, f"/_sandbox/{path.replace('NAME', name)}", json={})
    assert response.status == 200, response.data
    receiver.unblock.set()
    # A new sandbox of this name starts empty, and the receiver gets nothing more.
    webhooks.wait_until_idle()
    assert webhooks.deliveries() == []
    webhooks.register(receiver.url, events=["contact.created"])
    webhooks.client.post("/v1/contacts", json={"username": "Buzz", "phone_number": "1"})
    webhooks.wait_until_idle()
    assert [request.event["type"] for request in receiver.received] == [
        "message.created",
        "contact.created",
    ]


def test_a_server_stops_while_a_receiver_hangs(client: Any, receiver: Receiver) -> None:
    server = Server(create_app(Settings(webhook_timeout=600)))
    server.start()
    webhooks = WebhookClient(type(client)(server.url, client.token, client.pool))
    receiver.respond_with(hang)
    webhooks.register(receiver.url)
    for _ in range(3):
        webhooks.send_message()
    receiver.wait(1)
    server.stop()
    receiver.unblock.set()


def test_a_stopped_server_sends_nothing(receiver: Receiver) -> None:
    receiver.respond_with(hang, 500)
    with MockServer() as server:
        box = server.sandbox("a")
        box.webhooks.create(receiver.url)
        for name in ("one", "two", "three"):
            box.call("POST", "/v1/contacts", json={"username": name, "phone_number": "1"})
        receiver.wait(1)
    receiver.unblock.set()
    assert box.deliveries.wait()["settled"]
    # The attempt in progress has finished; the five other deliveries are dropped.
    assert len(receiver.received) == 1
    assert box.deliveries.wait()["counts"]["dropped"] == 5
    # It can be started again, with its webhooks.
    with server:
        box.call("POST", "/v1/contacts", json={"username": "four", "phone_number": "1"})
        receiver.wait(2)


@pytest.fixture
def no_garbage_collection() -> Iterator[None]:
    """Disable the garbage collector."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_garbage_collection")
@pytest.mark.parametrize("clock", ["step", "real"])
def test_a_deleted_sandbox_with_webhooks_is_freed(receiver: Receiver, clock: str) -> None:
    app = create_app(Settings(clock=clock))
    client = app.test_client()
    options: dict[str, Any] = {"headers": {"Authorization": "Bearer sandbox_used"}}
    receiver.respond_with(500, 200)
    client.post("/_sandbox/webhooks", json={"url": receiver.url}, **options)
    client.post("/v1/contacts", json={"username": "Buzz", "phone_number": "1"}, **options)
    waited = client.post("/_sandbox/webhooks/wait", json={}, **options).get_json()
    assert waited["settled"]
    sandbox = app.sandboxes.get("used")
    with sandbox.read() as world:
        records = weakref.ref(world), weakref.ref(sandbox)
    del world, sandbox
    client.delete("/_sandbox/sandboxes/used")
    assert [record() for record in records] == [None, None]
