"""Delivery rules: hold, drop, corrupt, duplicate, delay and shuffle deliveries."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.settings import Settings
from tests.webhooks.receiver import Receiver
from tests.webhooks.webhook_client import CONVERSATION, WebhookClient, signed

SECRET = "a long secret"


def messages(receiver: Receiver) -> list[str]:
    return [request.event["payload"]["message"] for request in receiver.received]


def actions(webhooks: WebhookClient) -> list[Any]:
    return [delivery["action"] for delivery in webhooks.deliveries()]


def test_held_deliveries_are_released_one_by_one(
    webhooks: WebhookClient, receiver: Receiver
) -> None:
    webhooks.register(receiver.url)
    webhooks.set_delivery_rules({"action": {"type": "hold"}})
    for text in "abcde":
        webhooks.send_message(text)
    webhooks.wait_until_idle()
    assert receiver.received == []
    assert [delivery["state"] for delivery in webhooks.release()] == ["delivered"]
    assert messages(receiver) == ["a"]
    assert len(webhooks.release(3)) == 3
    assert messages(receiver) == list("abcd")
    # Later deliveries are not held any more; the held ones stay held.
    webhooks.client.delete("/_sandbox/webhooks/rules")
    webhooks.send_message("f")
    webhooks.wait_until_idle()
    assert messages(receiver) == list("abcdf")
    assert [delivery["attempts"] for delivery in webhooks.release(10)] == [1]
    assert messages(receiver) == list("abcdfe")
    assert webhooks.release() == []
    assert actions(webhooks) == [{"type": "hold"}] * 5 + [None]


def test_a_dropped_delivery_is_never_sent(webhooks: WebhookClient, receiver: Receiver) -> None:
    webhooks.register(receiver.url)
    webhooks.set_delivery_rules({"action": {"type": "drop"}})
    webhooks.send_message()
    webhooks.wait_until_idle()
    webhooks.advance(100_000)
    assert receiver.received == []
    [dropped] = webhooks.deliveries()
    assert (dropped["state"], dropped["attempts"]) == ("dropped", 0)
    assert dropped["action"] == {"type": "drop"}


def test_corrupt_sends_a_wrong_signature(webhooks: WebhookClient, receiver: Receiver) -> None:
    webhooks.register(receiver.url, secret=SECRET)
    webhooks.set_delivery_rules({"action": {"type": "corrupt"}})
    webhooks.send_message()
    webhooks.wait_until_idle()
    [received] = receiver.received
    signature = received.headers["x-protocol-signature"]
    assert re.fullmatch("[0-9a-f]{64}", signature)
    assert signature != signed(SECRET, received.body)
    assert actions(webhooks) == [{"type": "corrupt"}]
    webhooks.client.delete("/_sandbox/webhooks/rules")
    webhooks.send_message()
    webhooks.wait_until_idle()
    unchanged = receiver.received[1]
    assert unchanged.headers["x-protocol-signature"] == signed(SECRET, unchanged.body)


def test_duplicate_sends_a_delivery_again(webhooks: WebhookClient, receiver: Receiver) -> None:
    webhooks.register(receiver.url)
    webhooks.set_delivery_rules({"action": {"type": "duplicate", "times": 2}})
    webhooks.send_message("a")
    webhooks.send_message("b")
    webhooks.wait_until_idle()
    assert messages(receiver) == list("aaabbb")
    assert len(set(receiver.ids)) == 2
    assert len({request.body for request in receiver.received}) == 2
    assert len(webhooks.deliveries()) == 6
    assert actions(webhooks) == [{"type": "duplicate", "times": 2}] * 6


def test_delay_postpones_a_delivery_on_the_clock(
    webhooks: WebhookClient, receiver: Receiver
) -> None:
    webhooks.register(receiver.url)
    webhooks.set_delivery_rules({"action": {"type": "delay", "seconds": 60}})
    webhooks.send_message("a")
    webhooks.client.delete("/_sandbox/webhooks/rules")
    webhooks.send_message("b")
    webhooks.wait_until_idle()
    assert messages(receiver) == ["b"]
    assert webhooks.deliveries()[0]["due"] == 705106801 + 60
    assert webhooks.advance(58)["fired"] == []
    [fired] = webhooks.advance(1)["fired"]
    assert (fired["delivery"], fired["attempt"], fired["state"]) == ("delivery_1", 1, "delivered")
    assert messages(receiver) == ["b", "a"]


def shuffled(webhooks: WebhookClient, receiver: Receiver, count: int, window: int) -> list[int]:
    """Return the order in which ``count`` messages arrive from a reset sandbox."""
    before = len(receiver.received)
    webhooks.client.post("/_sandbox/reset", json={})
    webhooks.register(receiver.url)
    webhooks.set_delivery_rules({"action": {"type": "shuffle", "window": window}})
    for number in range(count):
        webhooks.send_message(str(number))
    webhooks.wait_until_idle()
    return [int(text) for text in messages(receiver)[before:]]


def test_the_same_seed_gives_the_same_order(webhooks: WebhookClient, receiver: Receiver) -> None:
    orders = {tuple(shuffled(webhooks, receiver, 8, 5)) for _ in range(20)}
    [order] = orders
    assert list(order) != sorted(order)
    assert sorted(order) == list(range(8))


def test_another_seed_gives_another_order(
    webhooks: WebhookClient, serve: Callable[..., Server], receiver: Receiver
) -> None:
    other = serve(Settings(seed="another"))
    elsewhere = WebhookClient(
        type(webhooks.client)(other.url, webhooks.client.token, webhooks.client.pool)
    )
    assert shuffled(webhooks, receiver, 20, 10) != shuffled(elsewhere, receiver, 20, 10)


@pytest.mark.parametrize("window", [1, 2, 5])
def test_at_most_window_deliveries_overtake_one(
    webhooks: WebhookClient, receiver: Receiver, window: int
) -> None:
    order = shuffled(webhooks, receiver, 60, window)
    assert sorted(order) == list(range(60))
    for index, number in enumerate(order):
        assert all(earlier <= number + window for earlier in order[:index])
    assert order != sorted(order)


def test_the_first_rule_that_matches_applies(webhooks: WebhookClient, receiver: Receiver) -> None:
    webhooks.register(receiver.url)
    webhooks.set_delivery_rules(
        {"events": ["contact.*"], "action": {"type": "drop"}},
        {"events": ["message.created"], "action": {"type": "duplicate", "times": 1}},
        {"events": ["*.created"], "action": {"type": "hold"}},
    )
    webhooks.client.post("/v1/contacts", json={"username": "Buzz", "phone_number": "1"})
    webhooks.send_message()
    webhooks.client.put(f"/v1/conversations/{CONVERSATION}", json={"is_muted": True})
    webhooks.wait_until_idle()
    assert receiver.types == ["message.created", "message.created", "conversation.updated"]
    assert [(delivery["type"], delivery["state"]) for delivery in webhooks.deliveries()] == [
        ("contact.created", "dropped"),
        ("conversation.created", "held"),
        ("message.created", "delivered"),
        ("message.created", "delivered"),
        ("conversation.updated", "delivered"),
    ]


def test_a_reset_removes_the_rules(webhooks: WebhookClient, receiver: Receiver) -> None:
    rules = [
        {"events": ["message.*"], "action": {"type": "delay", "seconds": 5}},
        {"events": ["*"], "action": {"type": "hold"}},
    ]
    webhooks.set_delivery_rules(rules[0], {"action": "hold"})
    path = "/_sandbox/webhooks/rules"
    assert webhooks.client.get(path).json == {"data": rules}
    webhooks.register(receiver.url)
    webhooks.client.post("/v1/contacts", json={"username": "Buzz", "phone_number": "1"})
    webhooks.client.post("/_sandbox/reset", json={})
    assert webhooks.client.get(path).json == {"data": []}
    assert webhooks.release() == []
    webhooks.set_delivery_rules(*rules)
    assert webhooks.client.delete(path).json == {"removed": 2}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, "action"),
        ({"action": {"type": "hold", "seconds": 5}}, "seconds"),
        ({"action": {"type": "shufle", "window": 5}}, "did you mean 'shuffle'?"),
        ({"action": {"type": "shuffle"}}, "window"),
        ({"action": {"type": "duplicate", "times": 101}}, "times"),
        ({"action": {"type": "delay", "seconds": -1}}, "seconds"),
        ({"action": {"type": "drop"}, "events": ["mesage.*"]}, "events[0]"),
    ],
)
def test_an_invalid_rule_is_refused(webhooks: WebhookClient, rule: Any, expected: str) -> None:
    webhooks.set_delivery_rules({"action": {"type": "hold"}})
    path = "/_sandbox/webhooks/rules"
    before = webhooks.client.get(path).json
    webhooks.client.put(path, json={"data": [rule]}).refused(400, "data[0]", expected)
    assert webhooks.client.get(path).json == before
