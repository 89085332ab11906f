"""Delivery rules: hold, drop, corrupt, duplicate, delay and shuffle deliveries."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.settings import Settings
from tests.webhooks.receiver import Receiver
from tests.webhooks.webhook_client import TALK, Hooks, signed

SECRET = "a long secret"


def messages(receiver: Receiver) -> list[str]:
    return [each.event["payload"]["message"] for each in receiver.received]


def actions(hooks: Hooks) -> list[Any]:
    return [each["action"] for each in hooks.deliveries()]


def test_what_is_held_goes_step_by_step(hooks: Hooks, receiver: Receiver) -> None:
    hooks.register(receiver.url)
    hooks.set_delivery_rules({"action": {"type": "hold"}})
    for text in "abcde":
        hooks.say(text)
    hooks.settle()
    assert receiver.received == []
    assert [each["state"] for each in hooks.release()] == ["delivered"]
    assert messages(receiver) == ["a"]
    assert len(hooks.release(3)) == 3
    assert messages(receiver) == list("abcd")
    # Without the rule, the next are not held; those that are, stay so.
    hooks.client.delete("/_sandbox/webhooks/rules")
    hooks.say("f")
    hooks.settle()
    assert messages(receiver) == list("abcdf")
    assert [each["attempts"] for each in hooks.release(10)] == [1]
    assert messages(receiver) == list("abcdfe")
    assert hooks.release() == []
    assert actions(hooks) == [{"type": "hold"}] * 5 + [None]


def test_what_is_dropped_never_comes(hooks: Hooks, receiver: Receiver) -> None:
    hooks.register(receiver.url)
    hooks.set_delivery_rules({"action": {"type": "drop"}})
    hooks.say()
    hooks.settle()
    hooks.advance(100_000)
    assert receiver.received == []
    [dropped] = hooks.deliveries()
    assert (dropped["state"], dropped["attempts"]) == ("dropped", 0)
    assert dropped["action"] == {"type": "drop"}


def test_what_is_corrupted_looks_like_a_signature_and_is_none(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver.url, secret=SECRET)
    hooks.set_delivery_rules({"action": {"type": "corrupt"}})
    hooks.say()
    hooks.settle()
    [received] = receiver.received
    given = received.headers["x-protocol-signature"]
    assert re.fullmatch("[0-9a-f]{64}", given)
    assert given != signed(SECRET, received.body)
    assert actions(hooks) == [{"type": "corrupt"}]
    hooks.client.delete("/_sandbox/webhooks/rules")
    hooks.say()
    hooks.settle()
    good = receiver.received[1]
    assert good.headers["x-protocol-signature"] == signed(SECRET, good.body)


def test_what_is_duplicated_comes_so_many_times_more(hooks: Hooks, receiver: Receiver) -> None:
    hooks.register(receiver.url)
    hooks.set_delivery_rules({"action": {"type": "duplicate", "times": 2}})
    hooks.say("a")
    hooks.say("b")
    hooks.settle()
    assert messages(receiver) == list("aaabbb")
    assert len(set(receiver.ids)) == 2
    assert len({each.body for each in receiver.received}) == 2
    assert len(hooks.deliveries()) == 6
    assert actions(hooks) == [{"type": "duplicate", "times": 2}] * 6


def test_what_is_delayed_comes_later_on_the_clock(hooks: Hooks, receiver: Receiver) -> None:
    hooks.register(receiver.url)
    hooks.set_delivery_rules({"action": {"type": "delay", "seconds": 60}})
    hooks.say("a")
    hooks.client.delete("/_sandbox/webhooks/rules")
    hooks.say("b")
    hooks.settle()
    assert messages(receiver) == ["b"]
    assert hooks.deliveries()[0]["due"] == 705106801 + 60
    assert hooks.advance(58)["fired"] == []
    [fired] = hooks.advance(1)["fired"]
    assert (fired["delivery"], fired["attempt"], fired["state"]) == ("delivery_1", 1, "delivered")
    assert messages(receiver) == ["b", "a"]


def shuffled(hooks: Hooks, receiver: Receiver, count: int, window: int) -> list[int]:
    """The order in which so many come, from a sandbox that is new."""
    before = len(receiver.received)
    hooks.client.post("/_sandbox/reset", json={})
    hooks.register(receiver.url)
    hooks.set_delivery_rules({"action": {"type": "shuffle", "window": window}})
    for number in range(count):
        hooks.say(str(number))
    hooks.settle()
    return [int(text) for text in messages(receiver)[before:]]


def test_the_same_seed_gives_the_same_disorder(hooks: Hooks, receiver: Receiver) -> None:
    orders = {tuple(shuffled(hooks, receiver, 8, 5)) for _ in range(100)}
    [order] = orders
    assert list(order) != sorted(order)
    assert sorted(order) == list(range(8))


def test_another_seed_gives_another_disorder(
    hooks: Hooks, serve: Callable[..., Server], receiver: Receiver
) -> None:
    other = serve(Settings(seed="another"))
    elsewhere = Hooks(type(hooks.client)(other.url, hooks.client.token, hooks.client.pool))
    assert shuffled(hooks, receiver, 20, 10) != shuffled(elsewhere, receiver, 20, 10)


@pytest.mark.parametrize("window", [1, 2, 5])
def test_nobody_is_overtaken_by_more_than_the_window(
    hooks: Hooks, receiver: Receiver, window: int
) -> None:
    order = shuffled(hooks, receiver, 60, window)
    assert sorted(order) == list(range(60))
    for place, number in enumerate(order):
        assert all(each <= number + window for each in order[:place])
    assert order != sorted(order)


def test_each_type_of_event_has_its_own_rule_and_the_first_wins(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver.url)
    hooks.set_delivery_rules(
        {"events": ["contact.*"], "action": {"type": "drop"}},
        {"events": ["message.created"], "action": {"type": "duplicate", "times": 1}},
        {"events": ["*.created"], "action": {"type": "hold"}},
    )
    hooks.client.post("/v1/contacts", json={"username": "Buzz", "phone_number": "1"})
    hooks.say()
    hooks.client.put(f"/v1/conversations/{TALK}", json={"is_muted": True})
    hooks.settle()
    assert receiver.types == ["message.created", "message.created", "conversation.updated"]
    assert [(each["type"], each["state"]) for each in hooks.deliveries()] == [
        ("contact.created", "dropped"),
        ("conversation.created", "held"),
        ("message.created", "delivered"),
        ("message.created", "delivered"),
        ("conversation.updated", "delivered"),
    ]


def test_the_rules_are_shown_and_a_reset_forgets_them(hooks: Hooks, receiver: Receiver) -> None:
    rules = [
        {"events": ["message.*"], "action": {"type": "delay", "seconds": 5}},
        {"events": ["*"], "action": {"type": "hold"}},
    ]
    hooks.set_delivery_rules(rules[0], {"action": "hold"})
    path = "/_sandbox/webhooks/rules"
    assert hooks.client.get(path).json == {"data": rules}
    hooks.register(receiver.url)
    hooks.client.post("/v1/contacts", json={"username": "Buzz", "phone_number": "1"})
    hooks.client.post("/_sandbox/reset", json={})
    assert hooks.client.get(path).json == {"data": []}
    assert hooks.release() == []
    hooks.set_delivery_rules(*rules)
    assert hooks.client.delete(path).json == {"removed": 2}


@pytest.mark.parametrize(
    ("rule", "said"),
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
def test_a_rule_that_makes_no_sense_is_refused(hooks: Hooks, rule: Any, said: str) -> None:
    hooks.set_delivery_rules({"action": {"type": "hold"}})
    path = "/_sandbox/webhooks/rules"
    before = hooks.client.get(path).json
    hooks.client.put(path, json={"data": [rule]}).refused(400, "data[0]", said)
    assert hooks.client.get(path).json == before
