"""Waiting for deliveries, so that no test has to sleep."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from random import Random
from typing import Any

import pytest

from mockserver.storage.wait_slots import MAX_WAITERS, WaitSlots
from mockserver.web.app import create_app
from tests.webhooks.receiver import GIVE_UP, Receiver, Response, hang, status
from tests.webhooks.webhook_client import CONVERSATION, WebhookClient


def paced(number: int) -> Response:
    """Return a response sent after 0 to 30 milliseconds, the same in each run."""
    pause = threading.Event()

    def respond(receiver: Receiver, connection: Any) -> None:
        pause.wait(Random(number).uniform(0, 0.03))
        status(200)(receiver, connection)

    return respond


def test_after_a_wait_everything_was_delivered(
    other: Callable[[str], Any], listen: Callable[..., Receiver]
) -> None:
    def runs(first: int) -> None:
        webhooks, receiver = WebhookClient(other(str(first))), listen()
        webhooks.register(receiver.url)
        for number in range(1, 41):
            receiver.respond_with(paced(first + number))
            webhooks.send_message(str(number))
            webhooks.wait_until_idle()
            assert len(receiver.received) == number

    # In ten sandboxes, four at a time.
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(runs, range(0, 1000, 100))) == [None] * 10


def test_prefer_wait_responds_after_the_deliveries(
    webhooks: WebhookClient, receiver: Receiver
) -> None:
    webhooks.register(receiver.url)
    for number in range(1, 51):
        receiver.respond_with(paced(number))
        response = webhooks.send_message(Prefer="wait=30")
        assert response.headers["Preference-Applied"] == "wait=30"
        assert len(receiver.received) == number
        assert webhooks.states() == ["delivered"] * number


def test_prefer_wait_waits_only_for_first_attempts(
    webhooks: WebhookClient, listen: Callable[..., Receiver]
) -> None:
    stuck, failing = listen(), listen()
    stuck.default_response = hang
    failing.default_response = status(500)
    webhooks.register(stuck.url, events=["contact.*"])
    webhooks.register(failing.url, events=["message.*"])
    webhooks.client.post("/v1/contacts", json={"username": "Buzz", "phone_number": "1"})
    webhooks.send_message(Prefer="wait=30")
    assert [(delivery["type"], delivery["state"]) for delivery in webhooks.deliveries()] == [
        ("contact.created", "pending"),
        ("message.created", "retrying"),
    ]
    # The request succeeds when the wait times out.
    body = {"username": "Fuller", "phone_number": "2"}
    response = webhooks.client.post("/v1/contacts", json=body, headers={"Prefer": "wait=0"})
    assert response.status == 201


def test_prefer_wait_ignores_deliveries_kept_by_rules(
    webhooks: WebhookClient, receiver: Receiver
) -> None:
    webhooks.register(receiver.url)
    for action in ({"type": "hold"}, {"type": "drop"}, {"type": "delay", "seconds": 60}):
        webhooks.set_delivery_rules({"action": action})
        webhooks.send_message(Prefer="wait=300")
    assert webhooks.states() == ["held", "dropped", "pending"]
    webhooks.set_delivery_rules({"action": {"type": "shuffle", "window": 100}})
    webhooks.send_message(Prefer="wait=300")
    assert webhooks.states()[-1] == "delivered"


def test_wait_for_deliveries_that_match(webhooks: WebhookClient, receiver: Receiver) -> None:
    receiver.respond_with(500)
    webhooks.register(receiver.url)
    cause = webhooks.send_message().headers["X-Request-Id"]
    result = webhooks.wait(match={"request": cause, "type": "message.created"})
    assert result["settled"]
    assert [delivery["state"] for delivery in result["data"]] == ["retrying"]
    assert result["counts"]["retrying"] == 1
    assert result["next_due"] == result["data"][0]["due"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(webhooks.wait, match={"state": "delivered"}, at_least=2)
        webhooks.send_message()
        webhooks.advance(5)
        assert len(waiting.result(GIVE_UP)["data"]) == 2


def test_a_wait_returns_the_latest_100_and_the_count(
    webhooks: WebhookClient, receiver: Receiver
) -> None:
    webhooks.register(receiver.url)
    for number in range(103):
        webhooks.send_message(str(number))
    result = webhooks.wait_until_idle()
    assert (result["matched"], result["counts"]["delivered"], len(result["data"])) == (
        103,
        103,
        100,
    )
    assert [result["data"][0]["id"], result["data"][-1]["id"]] == ["delivery_4", "delivery_103"]
    result = webhooks.wait(match={"state": "delivered"}, at_least=103)
    assert (result["settled"], result["matched"]) == (True, 103)


@pytest.mark.parametrize("kept", ["hold", "drop"])
def test_wait_for_deliveries_kept_by_a_rule(
    webhooks: WebhookClient, receiver: Receiver, kept: str
) -> None:
    state = {"hold": "held", "drop": "dropped"}[kept]
    webhooks.register(receiver.url)
    webhooks.set_delivery_rules({"action": {"type": kept}})
    webhooks.send_message()
    result = webhooks.wait(match={"state": state})
    assert (result["settled"], [delivery["state"] for delivery in result["data"]]) == (
        True,
        [state],
    )


def test_a_delivery_that_no_longer_matches_is_left_out(
    webhooks: WebhookClient, receiver: Receiver
) -> None:
    receiver.respond_with(500)
    webhooks.register(receiver.url)
    webhooks.send_message()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(webhooks.wait, match={"state": "retrying"}, at_least=2)
        webhooks.wait(match={"state": "retrying"})
        webhooks.advance(5)
        receiver.respond_with(500)
        webhooks.send_message()
        webhooks.wait(match={"state": "retrying"})
        receiver.respond_with(500)
        webhooks.send_message()
        result = waiting.result(GIVE_UP)
    assert (result["settled"], [delivery["id"] for delivery in result["data"]]) == (
        True,
        ["delivery_2", "delivery_3"],
    )


def test_prefer_wait_works_for_simulated_actions(
    webhooks: WebhookClient, receiver: Receiver
) -> None:
    webhooks.register(receiver.url)
    body = {"from": "FrankMcCallister", "message": "Well?"}
    for number in range(1, 21):
        receiver.respond_with(paced(number))
        response = webhooks.client.post(
            "/_sandbox/simulate/message", json=body, headers={"Prefer": "wait=30"}
        )
        assert response.headers["Preference-Applied"] == "wait=30"
        assert len(receiver.received) == number


@pytest.mark.parametrize("path", ["/v1/messages", "/_sandbox/simulate/message"])
def test_without_a_wait_slot_nothing_is_changed(path: str) -> None:
    app, slots = create_app(), WaitSlots()
    client = app.test_client()
    headers = {"Authorization": "Bearer demo", "Prefer": "wait=1"}
    body = {"message": "Well?"}
    body |= (
        {"conversation_id": CONVERSATION}
        if path.startswith("/v1")
        else {"from": "FrankMcCallister"}
    )
    options: Any = {"json": body, "environ_overrides": {"mockserver.wait_slots": slots}}
    before = app.state()
    with ExitStack() as stack:
        for _ in range(MAX_WAITERS):
            stack.enter_context(slots.long_poll())
        refused = client.post(path, headers=headers, **options)
        assert (refused.status_code, app.state()) == (503, before)
    # Each request frees its slot, whether it is refused or not.
    for _ in range(MAX_WAITERS + 1):
        refused = client.post(path, headers=headers, **(options | {"json": {"a": "b"}}))
        assert refused.status_code == 400
    assert client.post(path, headers=headers, **options).status_code == 201


def test_a_wait_ends_after_its_timeout(webhooks: WebhookClient, receiver: Receiver) -> None:
    receiver.respond_with(hang)
    webhooks.register(receiver.url)
    webhooks.send_message()
    receiver.wait(1)
    result = webhooks.wait(timeout=0)
    assert (result["settled"], result["counts"]["pending"], result["data"]) == (False, 1, [])
    assert webhooks.wait(timeout=0, match={"state": "delivered"})["settled"] is False
    receiver.unblock.set()
    assert webhooks.wait_until_idle()["counts"]["delivered"] == 1


def test_held_deliveries_count_as_settled(webhooks: WebhookClient, receiver: Receiver) -> None:
    assert webhooks.wait_until_idle()["data"] == []
    webhooks.register(receiver.url)
    webhooks.set_delivery_rules({"action": {"type": "hold"}})
    webhooks.send_message()
    assert webhooks.wait_until_idle()["counts"]["held"] == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"timeout": -1}, "timeout"),
        ({"timeout": 301}, "timeout"),
        ({"match": {"stat": "failed"}}, "'stat'"),
        ({"match": {"state": "lost"}}, "match.state"),
        ({"at_least": 0}, "at_least"),
    ],
)
def test_an_invalid_wait_is_refused(webhooks: WebhookClient, body: Any, expected: str) -> None:
    webhooks.client.post("/_sandbox/webhooks/wait", json=body).refused(400, expected)
