"""Retries: when they run on the sandbox's clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.settings import Settings
from mockserver.storage import scheduler
from tests.webhooks.receiver import Receiver, hang, status
from tests.webhooks.webhook_client import WebhookClient

SCHEDULE = [0, 5, 300, 1800, 7200, 18_000, 36_000]
START = 705106800


def without_ms(value: Any) -> Any:
    """Return a JSON value without the measured durations."""
    if isinstance(value, dict):
        return {name: without_ms(item) for name, item in value.items() if name != "ms"}
    return [without_ms(item) for item in value] if isinstance(value, list) else value


def started(
    webhooks: WebhookClient, serve: Callable[..., Server], **settings: Any
) -> WebhookClient:
    """Return the webhooks of the same sandbox name on a server with these settings."""
    server = serve(Settings(**settings))
    return WebhookClient(
        type(webhooks.client)(server.url, webhooks.client.token, webhooks.client.pool)
    )


def test_one_advance_runs_all_retries_reproducibly(
    webhooks: WebhookClient, listen: Callable[..., Receiver]
) -> None:
    receivers = [listen(), listen()]
    for receiver in receivers:
        receiver.default_response = status(500)
    runs = []
    for _ in range(2):
        for receiver in receivers:
            webhooks.register(receiver.url)
        webhooks.send_message("one")
        webhooks.send_message("two")
        webhooks.wait_until_idle()
        advanced = webhooks.advance(40_000)
        log = [webhooks.delivery(delivery["id"]) for delivery in webhooks.deliveries()]
        runs.append(without_ms([advanced, log]))
        webhooks.client.post("/_sandbox/reset", json={})
    assert runs[0] == runs[1]
    advanced, log = runs[0]
    assert advanced["now"] == START + 2 + 40_000
    assert (advanced["pending"], advanced["next_due"]) == (0, None)
    assert [delivery["state"] for delivery in log] == ["failed"] * 4
    for delivery in log:
        assert [attempt["at"] - delivery["at"] for attempt in delivery["attempts"]] == SCHEDULE
    fired = advanced["fired"]
    assert len(fired) == 4 * 6
    assert [attempt["at"] for attempt in fired] == sorted(attempt["at"] for attempt in fired)
    assert fired[0] == {
        "at": START + 1 + 5,
        "type": "delivery.attempt",
        "delivery": "delivery_1",
        "webhook": "webhook_1",
        "event": "message.created",
        "attempt": 2,
        "state": "retrying",
    }
    assert [attempt["delivery"][-1] for attempt in fired] == list("1234" * 6)


def test_a_queued_attempt_has_the_time_of_its_event(
    webhooks: WebhookClient, receiver: Receiver
) -> None:
    receiver.respond_with(hang)
    webhooks.register(receiver.url)
    for _ in range(3):
        webhooks.send_message()
    receiver.wait(1)
    receiver.unblock.set()
    webhooks.wait_until_idle()
    log = [webhooks.delivery(delivery["id"]) for delivery in webhooks.deliveries()]
    assert [delivery["at"] for delivery in log] == [START + 1, START + 2, START + 3]
    assert [delivery["attempts"][0]["at"] for delivery in log] == [START + 1, START + 2, START + 3]


@pytest.mark.parametrize(
    ("bound", "value", "attempts"), [("MAX_FIRED", 3, 3), ("MAX_DURATION", 0.0, 0)]
)
def test_an_advance_is_limited_and_the_next_continues(
    webhooks: WebhookClient,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    bound: str,
    value: float,
    attempts: int,
) -> None:
    receiver.default_response = status(500)
    webhooks.register(receiver.url)
    for _ in range(2):
        webhooks.send_message()
    webhooks.wait_until_idle()
    with monkeypatch.context() as bounded:
        bounded.setattr(scheduler, bound, value)
        advanced = webhooks.advance(40_000)
    # The clock has advanced completely; overdue attempts are reported and run later.
    assert len(advanced["fired"]) == attempts
    assert (advanced["now"], advanced["pending"]) == (START + 2 + 40_000, 2)
    assert advanced["next_due"] < advanced["now"]
    webhooks.wait_until_idle()
    assert webhooks.states() == ["failed"] * 2
    assert len(receiver.received) == 2 * 7


def test_an_advance_reports_fired_and_pending_attempts(
    webhooks: WebhookClient, receiver: Receiver
) -> None:
    receiver.default_response = status(500)
    webhooks.register(receiver.url)
    webhooks.send_message()
    webhooks.wait_until_idle()
    assert webhooks.advance(4)["fired"] == []
    advanced = webhooks.advance(400)
    assert [attempt["attempt"] for attempt in advanced["fired"]] == [2, 3]
    assert (advanced["pending"], advanced["next_due"]) == (1, START + 1 + 1800)
    receiver.default_response = status(200)
    advanced = webhooks.advance(36_000)
    assert [(attempt["attempt"], attempt["state"]) for attempt in advanced["fired"]] == [
        (4, "delivered")
    ]
    assert len(receiver.received) == 4


def test_retry_after_is_honoured(webhooks: WebhookClient, receiver: Receiver) -> None:
    receiver.respond_with(status(503, "Retry-After: 100"), status(429, "Retry-After: soon"))
    webhooks.register(receiver.url)
    webhooks.send_message()
    webhooks.wait_until_idle()
    assert webhooks.delivery()["due"] == START + 1 + 100
    assert webhooks.advance(99)["fired"] == []
    assert len(webhooks.advance(1)["fired"]) == 1
    # An invalid Retry-After is ignored.
    assert webhooks.delivery()["due"] == START + 1 + 300


def test_an_overdue_retry_runs_before_wait_returns(
    webhooks: WebhookClient, receiver: Receiver
) -> None:
    def fail_late(receiver: Receiver, connection: Any) -> None:
        receiver.unblock.wait(30)
        status(500)(receiver, connection)

    receiver.respond_with(fail_late, 500)
    webhooks.register(receiver.url)
    webhooks.send_message()
    receiver.wait(1)
    webhooks.client.put("/_sandbox/clock", json={"now": START + 200})
    receiver.unblock.set()
    webhooks.wait_until_idle()
    delivery = webhooks.delivery()
    assert [attempt["at"] for attempt in delivery["attempts"]] == [START + 1, START + 200]
    assert delivery["due"] == START + 1 + 300


def test_on_a_step_clock_writes_trigger_retries(
    webhooks: WebhookClient, receiver: Receiver
) -> None:
    receiver.respond_with(500)
    webhooks.register(receiver.url, events=["message.created"])
    webhooks.send_message()
    webhooks.wait_until_idle()
    for muted in (True, False, True, False):
        path = "/v1/conversations/xgQQXg3hrtjh7AvZ"
        assert webhooks.client.put(path, json={"is_muted": muted}).status == 200
        webhooks.wait_until_idle()
    assert len(receiver.received) == 1
    webhooks.client.put(path, json={"is_muted": True})
    assert len(receiver.wait(2)) == 2
    webhooks.wait_until_idle()
    assert webhooks.states() == ["delivered"]


@pytest.mark.real_time
def test_on_a_real_clock_retries_run_by_themselves(
    webhooks: WebhookClient, serve: Callable[..., Server], receiver: Receiver
) -> None:
    real = started(webhooks, serve, clock="real", webhook_retries="0,1")
    receiver.respond_with(500, 500)
    real.register(receiver.url)
    real.send_message()
    receiver.wait(3)
    real.wait(match={"state": "delivered"})
    assert len(real.delivery()["attempts"]) == 3


@pytest.mark.real_time
def test_on_a_fast_clock_retries_come_sooner(
    webhooks: WebhookClient, serve: Callable[..., Server], receiver: Receiver
) -> None:
    fast = started(webhooks, serve, clock="real", speed=100_000, webhook_retries="3600,36000")
    receiver.respond_with(500, 500)
    fast.register(receiver.url)
    fast.send_message()
    assert fast.wait(match={"state": "delivered"})["settled"]
    assert len(fast.delivery()["attempts"]) == 3


@pytest.mark.real_time
@pytest.mark.parametrize("how", ["set", "advance", "restore"])
def test_a_clock_set_to_real_starts_due_retries(
    webhooks: WebhookClient, serve: Callable[..., Server], receiver: Receiver, how: str
) -> None:
    webhooks = started(webhooks, serve, webhook_retries="2")
    webhooks.client.put("/_sandbox/clock", json={"mode": "real", "now": START})
    webhooks.client.put("/_sandbox/snapshots/real", json={})
    if how != "advance":
        webhooks.client.put("/_sandbox/clock", json={"mode": "frozen", "now": START})
    receiver.respond_with(500)
    webhooks.register(receiver.url)
    webhooks.send_message()
    webhooks.wait(match={"state": "retrying"})
    if how == "set":
        webhooks.client.put("/_sandbox/clock", json={"mode": "real", "now": START + 1})
    elif how == "advance":
        webhooks.advance(1)
    else:
        webhooks.client.post("/_sandbox/snapshots/real/restore", json={})
    receiver.wait(2)


def test_without_retries_a_failed_delivery_is_final(
    webhooks: WebhookClient, serve: Callable[..., Server], receiver: Receiver
) -> None:
    once = started(webhooks, serve, webhook_retries="")
    receiver.respond_with(500)
    once.register(receiver.url)
    once.send_message()
    once.wait_until_idle()
    assert once.states() == ["failed"]
    assert once.advance(100_000)["fired"] == []


@pytest.mark.parametrize("text", ["5;300", "soon", "-1", "5,,300", "1" * 10])
def test_an_invalid_retry_schedule_is_refused(serve: Callable[..., Server], text: str) -> None:
    with pytest.raises(ValueError, match="5,300"):
        serve(Settings(webhook_retries=text))


def test_an_advance_continues_past_a_hanging_receiver(
    impatient: WebhookClient, listen: Callable[..., Receiver]
) -> None:
    stuck, healthy = listen(), listen()
    stuck.default_response = hang
    healthy.respond_with(500)
    impatient.register(healthy.url)
    impatient.send_message()
    impatient.wait_until_idle()
    impatient.register(stuck.url)
    impatient.send_message()
    advanced = impatient.advance(20)
    assert [attempt["delivery"] for attempt in advanced["fired"]][:1] == ["delivery_1"]
    impatient.wait_until_idle()
    assert sorted(impatient.states()) == ["delivered", "delivered", "failed"]
