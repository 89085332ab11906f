"""Webhooks, sandboxes and servers end; so do their deliveries, at once and without a trace."""

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
from tests.webhooks.webhook_client import Hooks


def test_a_webhook_that_is_deleted_is_told_nothing_any_more(
    hooks: Hooks, receiver: Receiver
) -> None:
    receiver.answer(500, hang)
    hooks.register(receiver.url)
    for _ in range(3):
        hooks.say()
    receiver.wait(2)
    assert hooks.client.delete("/_sandbox/webhooks/webhook_1").status == 200
    hooks.say()
    receiver.let_go.set()
    hooks.settle()
    hooks.advance(100_000)
    assert len(receiver.received) == 2
    assert hooks.states() == ["dropped", "delivered", "dropped"]


def test_a_410_of_a_webhook_that_was_deleted_meanwhile_harms_nobody(
    hooks: Hooks, receiver: Receiver
) -> None:
    def gone(receiver: Receiver, connection: Any) -> None:
        receiver.let_go.wait(30)
        status(410)(receiver, connection)

    receiver.answer(gone)
    hooks.register(receiver.url)
    hooks.say()
    receiver.wait(1)
    hooks.client.delete("/_sandbox/webhooks/webhook_1")
    receiver.let_go.set()
    hooks.settle()
    assert hooks.states() == ["failed"]


def test_a_webhook_that_is_disabled_gets_nothing_of_what_waits(
    hooks: Hooks, receiver: Receiver
) -> None:
    receiver.answer(500)
    hooks.register(receiver.url)
    hooks.say()
    hooks.settle()
    hooks.client.put("/_sandbox/webhooks/webhook_1", json={"enabled": False})
    assert hooks.advance(100_000)["fired"] == []
    assert (len(receiver.received), hooks.states()) == (1, ["dropped"])


def test_what_waits_goes_to_the_new_url(hooks: Hooks, listen: Callable[..., Receiver]) -> None:
    old, new = listen(), listen()
    old.answer(500)
    hooks.register(old.url)
    hooks.say()
    hooks.settle()
    hooks.client.put("/_sandbox/webhooks/webhook_1", json={"url": new.url})
    hooks.advance(5)
    assert (len(old.received), len(new.received)) == (1, 1)


@pytest.mark.parametrize("path", ["reset", "sandboxes/NAME/delete"])
def test_a_sandbox_that_ends_sends_nothing_any_more(
    hooks: Hooks, receiver: Receiver, path: str
) -> None:
    hooks.client.put("/_sandbox/clock", json={"mode": "real", "now": 705106800})
    receiver.answer(hang)
    receiver.always = status(500)
    hooks.register(receiver.url)
    for _ in range(5):
        hooks.say()
    receiver.wait(1)
    name = hooks.client.token.removeprefix("sandbox_")
    answer = hooks.client.post(f"/_sandbox/{path.replace('NAME', name)}", json={})
    assert answer.status == 200, answer.data
    receiver.let_go.set()
    # Whoever comes next under this name sees none of it; neither does the receiver.
    hooks.settle()
    assert hooks.deliveries() == []
    hooks.register(receiver.url, events=["contact.created"])
    hooks.client.post("/v1/contacts", json={"username": "Buzz", "phone_number": "1"})
    hooks.settle()
    assert [each.event["type"] for each in receiver.received] == [
        "message.created",
        "contact.created",
    ]


def test_a_server_stops_at_once_whoever_hangs(client: Any, receiver: Receiver) -> None:
    server = Server(create_app(Settings(webhook_timeout=600)))
    server.start()
    hooks = Hooks(type(client)(server.url, client.token, client.pool))
    receiver.answer(hang)
    hooks.register(receiver.url)
    for _ in range(3):
        hooks.say()
    receiver.wait(1)
    server.stop()
    receiver.let_go.set()


def test_a_server_that_was_stopped_sends_nothing_more(receiver: Receiver) -> None:
    receiver.answer(hang, 500)
    with MockServer() as server:
        box = server.sandbox("a")
        box.create_webhook(receiver.url)
        for name in ("one", "two", "three"):
            box.call("POST", "/v1/contacts", json={"username": name, "phone_number": "1"})
        receiver.wait(1)
    receiver.let_go.set()
    assert box.wait_for_deliveries()["settled"]
    # What was under way has ended; the five others wait for nobody.
    assert len(receiver.received) == 1
    assert box.wait_for_deliveries()["counts"]["dropped"] == 5
    # It can be started again, with its webhooks.
    with server:
        box.call("POST", "/v1/contacts", json={"username": "four", "phone_number": "1"})
        receiver.wait(2)


@pytest.fixture
def still() -> Iterator[None]:
    """The garbage collector, stopped."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("clock", ["step", "real"])
def test_a_sandbox_with_webhooks_that_is_deleted_is_free_at_once(
    receiver: Receiver, clock: str
) -> None:
    app = create_app(Settings(clock=clock))
    client = app.test_client()
    me: dict[str, Any] = {"headers": {"Authorization": "Bearer sandbox_used"}}
    receiver.answer(500, 200)
    client.post("/_sandbox/webhooks", json={"url": receiver.url}, **me)
    client.post("/v1/contacts", json={"username": "Buzz", "phone_number": "1"}, **me)
    waited = client.post("/_sandbox/webhooks/wait", json={}, **me).get_json()
    assert waited["settled"]
    sandbox = app.sandboxes.get("used")
    with sandbox.read() as world:
        records = weakref.ref(world), weakref.ref(sandbox)
    del world, sandbox
    client.post("/_sandbox/sandboxes/used/delete", json={})
    assert [record() for record in records] == [None, None]
