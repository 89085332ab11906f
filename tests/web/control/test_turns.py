"""Advances, resets and restores at the same time."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from mockserver.storage.wait_slots import WaitSlots
from mockserver.web.app import create_app
from tests.bots.conftest import ECHO
from tests.webhooks.conftest import listen, receiver
from tests.webhooks.receiver import Receiver, hang
from tests.webhooks.webhook_client import WebhookClient

__all__ = ["listen", "receiver"]

START = 705106800


@pytest.fixture
def webhooks(client: Any, receiver: Receiver) -> WebhookClient:
    """A sandbox whose clock stands at START, with a retry due in 6 seconds."""
    webhooks = WebhookClient(client)
    webhooks.register(receiver.url, events=["message.created"])
    receiver.respond_with(500)
    webhooks.send_message()
    webhooks.wait_until_idle()
    client.put("/_sandbox/clock", json={"mode": "frozen", "now": START})
    return webhooks


@contextmanager
def advancing(
    webhooks: WebhookClient, receiver: Receiver, seconds: int = 36_000
) -> Iterator[Future[Any]]:
    """Advance the clock; the retry is being attempted during the block."""
    receiver.respond_with(hang)
    with ThreadPoolExecutor(1) as pool:
        advance = pool.submit(webhooks.advance, seconds)
        receiver.wait(2)
        try:
            yield advance
        finally:
            receiver.unblock.set()


def test_advances_at_once_add_up(webhooks: WebhookClient) -> None:
    barrier = threading.Barrier(8)

    def advance(seconds: int) -> Any:
        barrier.wait()
        return webhooks.advance(seconds)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(advance, [1000] * 8))
    assert sorted(result["now"] - START for result in results) == [*range(1000, 9000, 1000)]
    assert {result["left"] for result in results} == {0}
    assert webhooks.client.get("/_sandbox/clock").json["now"] == START + 8000


CHANGES: dict[str, Callable[[Any], Any]] = {
    "reset": lambda client: client.post("/_sandbox/reset", json={}),
    "reset the clock": lambda client: client.post("/_sandbox/reset", json={"only": ["clock"]}),
    "reset the data": lambda client: client.post("/_sandbox/reset", json={"only": ["data"]}),
    "restore": lambda client: client.post("/_sandbox/snapshots/s/restore", json={}),
    "load": lambda client: client.put(
        "/_sandbox/state", json=client.get("/_sandbox/state").json | {"now": START}
    ),
    "set": lambda client: client.put("/_sandbox/clock", json={"now": START + 7}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_advance_ends_when_the_world_or_the_clock_is_replaced(
    webhooks: WebhookClient, receiver: Receiver, change: str
) -> None:
    client = webhooks.client
    client.put("/_sandbox/bots", json={"script": "office"})
    client.put("/_sandbox/snapshots/s", json={})
    with advancing(webhooks, receiver) as advance:
        assert CHANGES[change](client).status == 200
        before = client.get("/_sandbox/state").data
        receiver.unblock.set()
        result = advance.result()
    assert client.get("/_sandbox/state").data == before
    assert result["now"] == client.get("/_sandbox/clock").json["now"]
    assert result["left"] == 36_000 - 6
    if change != "set":
        webhooks.advance(10)
        assert client.get("/_sandbox/clock").json["now"] == result["now"] + 10


def test_bots_can_be_started_during_resets() -> None:
    app = create_app()
    is_done = threading.Event()

    def reset() -> None:
        client = app.test_client()
        while not is_done.is_set():
            assert client.post("/_sandbox/reset", json={}).status_code == 200

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(2) as pool:
            resets = [pool.submit(reset) for _ in range(2)]
            try:
                for _ in range(50):
                    response = app.test_client().put("/_sandbox/bots", json={"script": ECHO})
                    assert response.status_code == 200, response.data
            finally:
                is_done.set()
            for done in resets:
                done.result()
    finally:
        sys.setswitchinterval(interval)


WAITS = {
    "/requests/wait": {"at_least": 9},
    "/inbox/a/wait": {"at_least": 9},
    "/webhooks/wait": {"at_least": 9},
}


class ActingSlots(WaitSlots):
    """Wait slots whose waits run an action and then return."""

    def __init__(self, action: Callable[[], object]) -> None:
        super().__init__()
        self._action = action
        self.ended: list[bool] = []

    def wait_for(self, event: threading.Event, seconds: float) -> None:
        self._action()
        self.ended.append(event.is_set())


@pytest.mark.parametrize(
    ("path", "method", "change"),
    [
        *((path, "DELETE", "/_sandbox/sandboxes/a") for path in WAITS),
        ("/webhooks/wait", "POST", "/_sandbox/reset?sandbox=a"),
    ],
)
def test_a_wait_ends_when_what_it_waits_for_is_deleted(path: str, method: str, change: str) -> None:
    client = create_app().test_client()
    client.post("/_sandbox/sandboxes", json={"name": "a"})
    slots = ActingSlots(lambda: client.open(change, method=method, json={}))
    environ = {"mockserver.wait_slots": slots}
    response: Any = client.post(
        f"/_sandbox{path}?sandbox=a", json=WAITS[path], environ_overrides=environ
    )
    assert response.status_code == 200
    assert response.json.get("verified", response.json.get("settled")) is False
    assert slots.ended == [True]
