"""The delivery log, and redelivery."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.webhooks.receiver import Receiver, hang, status
from tests.webhooks.webhook_client import WebhookClient


def test_the_log_has_each_request_and_response(webhooks: WebhookClient, receiver: Receiver) -> None:
    receiver.respond_with(status(500, "X-Why: tired", body=b"not now"), 201)
    webhook = webhooks.register(receiver.url)
    cause = webhooks.send_message().headers["X-Request-Id"]
    webhooks.wait_until_idle()
    webhooks.advance(5)
    detail = webhooks.delivery()
    first, second = detail.pop("attempts")
    received = receiver.received[0]
    assert detail == {
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
    headers = {name.lower(): value for name, value in first["request"]["headers"].items()}
    assert headers.items() <= received.headers.items()
    assert headers["x-protocol-signature"] == received.headers["x-protocol-signature"]


def test_the_log_can_be_filtered_and_paged(webhooks: WebhookClient, receiver: Receiver) -> None:
    receiver.respond_with(500)
    webhooks.register(receiver.url)
    for _ in range(5):
        webhooks.send_message()
    webhooks.wait_until_idle()
    ids = [f"delivery_{number}" for number in range(1, 6)]
    assert [delivery["id"] for delivery in webhooks.deliveries()] == ids
    assert [delivery["id"] for delivery in webhooks.deliveries("since=delivery_3")] == ids[3:]
    assert [delivery["id"] for delivery in webhooks.deliveries("state=retrying")] == ids[:1]
    assert [delivery["id"] for delivery in webhooks.deliveries("request=req_2")] == ids[1:2]
    assert webhooks.deliveries("type=contact.created") == []
    page = webhooks.client.get("/_sandbox/deliveries?limit=2").json
    assert (page["has_more"], page["evicted"], len(page["data"])) == (True, 0, 2)
    webhooks.client.get("/_sandbox/deliveries/delivery_9").refused(404, "delivery_9")
    webhooks.client.get("/_sandbox/deliveries?since=delivery_9").refused(404, "delivery_9")
    webhooks.client.get("/_sandbox/deliveries?state=lost").refused(400, "state")


def redeliver(webhooks: WebhookClient, name: str = "delivery_1") -> Any:
    return webhooks.client.post(f"/_sandbox/deliveries/{name}/redeliver", json={})


def test_a_delivery_can_be_redelivered(webhooks: WebhookClient, receiver: Receiver) -> None:
    webhooks.register(receiver.url)
    webhooks.send_message()
    webhooks.wait_until_idle()
    assert redeliver(webhooks).status == 200
    webhooks.wait_until_idle()
    first, second = receiver.received
    assert first == second
    assert [attempt["reason"] for attempt in webhooks.delivery()["attempts"]] == [None, None]
    redeliver(webhooks, "delivery_9").refused(404, "delivery_9")


def test_an_unfinished_delivery_is_not_redelivered(
    webhooks: WebhookClient, receiver: Receiver
) -> None:
    receiver.respond_with(hang, 500)
    webhooks.register(receiver.url)
    webhooks.send_message()
    receiver.wait(1)
    redeliver(webhooks).refused(400, "delivery_1", "pending")
    receiver.unblock.set()
    webhooks.send_message()
    webhooks.wait_until_idle()
    redeliver(webhooks, "delivery_2").refused(400, "delivery_2", "retrying")


def test_an_event_is_redelivered_to_all_or_none(
    webhooks: WebhookClient, receiver: Receiver, listen: Callable[..., Receiver]
) -> None:
    other = listen()
    other.respond_with(hang)
    webhooks.register(receiver.url)
    webhooks.register(other.url)
    webhooks.send_message()
    other.wait(1)
    receiver.wait(1)
    webhooks.wait(match={"state": "delivered"})
    event = webhooks.deliveries()[0]["event"]
    body = {"event": event}
    webhooks.client.post("/_sandbox/deliveries/redeliver", json=body).refused(
        400, "'delivery_2' is pending; redeliver it once it is delivered, failed or dropped"
    )
    other.unblock.set()
    webhooks.wait_until_idle()
    assert (len(receiver.received), len(other.received)) == (1, 1)
    sent = webhooks.client.post("/_sandbox/deliveries/redeliver", json=body).json["data"]
    assert [delivery["id"] for delivery in sent] == ["delivery_1", "delivery_2"]
    webhooks.wait_until_idle()
    assert (len(receiver.received), len(other.received)) == (2, 2)


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ({}, 400, "send either 'since', or 'event'"),
        ({"since": 1, "event": "a"}, 400, "send either 'since', or 'event'"),
        ({"since": 1, "webhook": "a"}, 400, "send either 'since', or 'event'"),
        ({"webhook": "a"}, 400, "send either 'since', or 'event'"),
        ({"event": "a"}, 404, "the log has no delivery of the event 'a'"),
        ({"event": "a", "webhook": "b"}, 404, "of the event 'a' to 'b'"),
    ],
)
def test_an_invalid_redelivery_is_refused(
    webhooks: WebhookClient, body: Any, status: int, expected: str
) -> None:
    webhooks.client.post("/_sandbox/deliveries/redeliver", json=body).refused(status, expected)


def test_failed_deliveries_since_a_time_are_redelivered(
    impatient: WebhookClient, receiver: Receiver
) -> None:
    receiver.default_response = status(500)
    impatient.register(receiver.url)
    for text in "abc":
        impatient.send_message(text)
    impatient.wait_until_idle()
    impatient.advance(20)
    receiver.default_response = status(200)
    impatient.send_message("d")
    impatient.wait_until_idle()
    assert impatient.states() == ["failed", "failed", "failed", "delivered"]
    before = len(receiver.received)
    since = {"since": impatient.deliveries()[1]["at"]}
    response = impatient.client.post("/_sandbox/deliveries/redeliver", json=since)
    assert [delivery["id"] for delivery in response.json["data"]] == ["delivery_2", "delivery_3"]
    impatient.wait_until_idle()
    assert [request.event["payload"]["message"] for request in receiver.received[before:]] == [
        "b",
        "c",
    ]
    assert impatient.states() == ["failed", "delivered", "delivered", "delivered"]
    impatient.client.post("/_sandbox/deliveries/redeliver", json={}).refused(400, "since")


def test_all_events_reach_a_receiver_that_often_fails(
    webhooks: WebhookClient, receiver: Receiver
) -> None:
    count = 1100
    receiver.respond_with(*(500 if number % 7 == 3 else 200 for number in range(count)))
    webhooks.register(receiver.url, events=["conversation.updated"])
    path = "/v1/conversations/xgQQXg3hrtjh7AvZ"
    webhooks.client.put("/_sandbox/clock", json={"mode": "frozen"})
    for number in range(count):
        webhooks.client.put(path, json={"is_muted": number % 2 == 0})
    counts = webhooks.wait_until_idle()["counts"]
    assert counts["delivered"] + counts["retrying"] == count
    assert counts["retrying"] == len([n for n in range(count) if n % 7 == 3])
    assert len(set(receiver.ids)) == len(receiver.ids) == count
    first = receiver.ids
    webhooks.advance(5)
    assert webhooks.wait_until_idle()["counts"]["delivered"] == count
    log, since = [], ""
    while page := webhooks.deliveries(f"limit=1000{since}"):
        log += page
        since = f"&since={page[-1]['id']}"
    assert [delivery["event"] for delivery in log] == first
    assert sum(request["attempts"] for request in log) == len(receiver.received)


def test_unfinished_deliveries_are_limited_too(webhooks: WebhookClient, receiver: Receiver) -> None:
    for _ in range(10):
        webhooks.register(receiver.url)
    webhooks.set_delivery_rules({"action": {"type": "hold"}})
    webhooks.send_message("x" * 7_000_000)
    webhooks.send_message("too much")
    assert webhooks.states() == ["held"] * 10
    assert webhooks.client.get("/_sandbox/deliveries").json["evicted"] == 10
    assert [delivery["state"] for delivery in webhooks.release(10)] == ["delivered"] * 10
    # Finished deliveries make room for new ones.
    webhooks.send_message("fine")
    page = webhooks.client.get("/_sandbox/deliveries").json
    assert [delivery["state"] for delivery in page["data"]] == ["delivered"] * 9 + ["held"] * 10
    assert page["evicted"] == 11


@pytest.mark.parametrize("name", ["webhooks/webhook_1", "deliveries/delivery_1"])
def test_sandboxes_share_no_webhooks(
    webhooks: WebhookClient, receiver: Receiver, other: Any, name: str
) -> None:
    webhooks.register(receiver.url)
    webhooks.send_message()
    webhooks.wait_until_idle()
    elsewhere = WebhookClient(other("elsewhere"))
    elsewhere.client.get(f"/_sandbox/{name}").refused(404)
    elsewhere.send_message()
    elsewhere.wait_until_idle()
    assert len(receiver.received) == 1
