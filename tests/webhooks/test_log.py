"""The log of deliveries: all that was tried, and sending it once more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.webhooks.receiver import Receiver, hang, status
from tests.webhooks.webhook_client import Hooks


def test_each_attempt_is_kept_with_its_request_and_its_answer(
    hooks: Hooks, receiver: Receiver
) -> None:
    receiver.answer(status(500, "X-Why: tired", body=b"not now"), 201)
    webhook = hooks.register(receiver.url)
    cause = hooks.say().headers["X-Request-Id"]
    hooks.settle()
    hooks.advance(5)
    whole = hooks.delivery()
    first, second = whole.pop("attempts")
    received = receiver.received[0]
    assert whole == {
        "id": "delivery_1",
        "webhook": webhook["id"],
        "url": receiver.url,
        "event": received.event["id"],
        "type": "message.created",
        "request": cause,
        "at": 705106801,
        "state": "delivered",
        "due": None,
        "status": 201,
        "reason": None,
        "action": None,
        "body": received.event,
        "raw": received.body.decode(),
    }
    assert (first["at"], second["at"]) == (705106801, 705106806)
    assert first["reason"] == "http_error"
    assert first["response"] == {
        "status": 500,
        "headers": {"content-length": "7", "x-why": "tired"},
        "body": "not now",
    }
    sent = {name.lower(): value for name, value in first["request"]["headers"].items()}
    assert sent.items() <= received.headers.items()
    assert sent["x-protocol-signature"] == received.headers["x-protocol-signature"]


def test_the_log_is_listed_after_one_and_by_what_is_wanted(
    hooks: Hooks, receiver: Receiver
) -> None:
    receiver.answer(500)
    hooks.register(receiver.url)
    for _ in range(5):
        hooks.say()
    hooks.settle()
    ids = [f"delivery_{number}" for number in range(1, 6)]
    assert [each["id"] for each in hooks.deliveries()] == ids
    assert [each["id"] for each in hooks.deliveries("since=delivery_3")] == ids[3:]
    assert [each["id"] for each in hooks.deliveries("state=retrying")] == ids[:1]
    assert [each["id"] for each in hooks.deliveries("request=req_2")] == ids[1:2]
    assert hooks.deliveries("type=contact.created") == []
    page = hooks.client.get("/_sandbox/deliveries?limit=2").json
    assert (page["has_more"], page["evicted"], len(page["data"])) == (True, 0, 2)
    hooks.client.get("/_sandbox/deliveries/delivery_9").refused(404, "delivery_9")
    hooks.client.get("/_sandbox/deliveries?since=delivery_9").refused(404, "delivery_9")
    hooks.client.get("/_sandbox/deliveries?state=lost").refused(400, "state")


def again(hooks: Hooks, name: str = "delivery_1") -> Any:
    return hooks.client.post(f"/_sandbox/deliveries/{name}/redeliver", json={})


def test_one_is_sent_once_more(hooks: Hooks, receiver: Receiver) -> None:
    hooks.register(receiver.url)
    hooks.say()
    hooks.settle()
    assert again(hooks).status == 200
    hooks.settle()
    first, second = receiver.received
    assert first == second
    assert [each["reason"] for each in hooks.delivery()["attempts"]] == [None, None]
    again(hooks, "delivery_9").refused(404, "delivery_9")


def test_one_that_is_on_its_way_is_not_sent_once_more(hooks: Hooks, receiver: Receiver) -> None:
    receiver.answer(hang, 500)
    hooks.register(receiver.url)
    hooks.say()
    receiver.wait(1)
    again(hooks).refused(400, "delivery_1", "pending")
    receiver.let_go.set()
    hooks.say()
    hooks.settle()
    again(hooks, "delivery_2").refused(400, "delivery_2", "retrying")


def test_an_event_is_sent_once_more_to_all_or_to_none(
    hooks: Hooks, receiver: Receiver, listen: Callable[..., Receiver]
) -> None:
    other = listen()
    other.answer(hang)
    hooks.register(receiver.url)
    hooks.register(other.url)
    hooks.say()
    other.wait(1)
    receiver.wait(1)
    hooks.wait(match={"state": "delivered"})
    event = hooks.deliveries()[0]["event"]
    again = {"event": event}
    hooks.client.post("/_sandbox/deliveries/redeliver", json=again).refused(
        400, "'delivery_2' is pending; redeliver it once it is delivered, failed or dropped"
    )
    other.let_go.set()
    hooks.settle()
    assert (len(receiver.received), len(other.received)) == (1, 1)
    sent = hooks.client.post("/_sandbox/deliveries/redeliver", json=again).json["data"]
    assert [each["id"] for each in sent] == ["delivery_1", "delivery_2"]
    hooks.settle()
    assert (len(receiver.received), len(other.received)) == (2, 2)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 400, "give 'since', or an 'event'"),
        ({"since": 1, "event": "a"}, 400, "give 'since', or an 'event'"),
        ({"since": 1, "webhook": "a"}, 400, "give 'since', or an 'event'"),
        ({"webhook": "a"}, 400, "give 'since', or an 'event'"),
        ({"event": "a"}, 404, "there is no delivery of the event 'a' in the log"),
        ({"event": "a", "webhook": "b"}, 404, "of the event 'a' to 'b' in the log"),
    ],
)
def test_what_shall_be_sent_once_more_must_be_there(
    hooks: Hooks, body: Any, status: int, said: str
) -> None:
    hooks.client.post("/_sandbox/deliveries/redeliver", json=body).refused(status, said)


def test_all_that_have_failed_since_are_sent_once_more(hasty: Hooks, receiver: Receiver) -> None:
    receiver.always = status(500)
    hasty.register(receiver.url)
    for text in "abc":
        hasty.say(text)
    hasty.settle()
    hasty.advance(20)
    receiver.always = status(200)
    hasty.say("d")
    hasty.settle()
    assert hasty.states() == ["failed", "failed", "failed", "delivered"]
    before = len(receiver.received)
    since = {"since": hasty.deliveries()[1]["at"]}
    answer = hasty.client.post("/_sandbox/deliveries/redeliver", json=since)
    assert [each["id"] for each in answer.json["data"]] == ["delivery_2", "delivery_3"]
    hasty.settle()
    assert [each.event["payload"]["message"] for each in receiver.received[before:]] == ["b", "c"]
    assert hasty.states() == ["failed", "delivered", "delivered", "delivered"]
    hasty.client.post("/_sandbox/deliveries/redeliver", json={}).refused(400, "since")


def test_many_events_reach_a_receiver_that_fails_now_and_then(
    hooks: Hooks, receiver: Receiver
) -> None:
    count = 2000
    receiver.answer(*(500 if number % 7 == 3 else 200 for number in range(count)))
    hooks.register(receiver.url, events=["conversation.updated"])
    path = "/v1/conversations/xgQQXg3hrtjh7AvZ"
    hooks.client.put("/_sandbox/clock", json={"mode": "frozen"})
    for number in range(count):
        hooks.client.put(path, json={"is_muted": number % 2 == 0})
    counts = hooks.settle()["counts"]
    assert counts["delivered"] + counts["retrying"] == count
    assert counts["retrying"] == len([n for n in range(count) if n % 7 == 3])
    assert len(set(receiver.ids)) == len(receiver.ids) == count
    first = receiver.ids
    hooks.advance(5)
    assert hooks.settle()["counts"]["delivered"] == count
    log, since = [], ""
    while page := hooks.deliveries(f"limit=1000{since}"):
        log += page
        since = f"&since={page[-1]['id']}"
    assert [each["event"] for each in log] == first
    assert sum(each["attempts"] for each in log) == len(receiver.received)


def test_what_waits_is_bounded_too(hooks: Hooks, receiver: Receiver) -> None:
    for _ in range(10):
        hooks.register(receiver.url)
    hooks.set_delivery_rules({"action": {"type": "hold"}})
    hooks.say("x" * 7_000_000)
    hooks.say("too much")
    assert hooks.states() == ["held"] * 10
    assert hooks.client.get("/_sandbox/deliveries").json["evicted"] == 10
    assert [each["state"] for each in hooks.release(10)] == ["delivered"] * 10
    # What is done makes room for what comes.
    hooks.say("fine")
    page = hooks.client.get("/_sandbox/deliveries").json
    assert [each["state"] for each in page["data"]] == ["delivered"] * 9 + ["held"] * 10
    assert page["evicted"] == 11


@pytest.mark.parametrize("name", ["webhooks/webhook_1", "deliveries/delivery_1"])
def test_sandboxes_share_nothing(hooks: Hooks, receiver: Receiver, other: Any, name: str) -> None:
    hooks.register(receiver.url)
    hooks.say()
    hooks.settle()
    elsewhere = Hooks(other("elsewhere"))
    elsewhere.client.get(f"/_sandbox/{name}").refused(404)
    elsewhere.say()
    elsewhere.settle()
    assert len(receiver.received) == 1
