"""Delivery queues: in order, independent of each other, and not stopped by an error."""

from __future__ import annotations

import threading

import pytest

from mockserver.webhooks.delivery_queues import DeliveryQueues, QueueKey
from mockserver.webhooks.dispatcher import ChangeCondition, never
from mockserver.webhooks.models import Delivery, Webhook

GIVE_UP = 30.0
WEBHOOK = Webhook("webhook_1", "http://127.0.0.1:9/", "a", "s")


def create_delivery(number: int) -> Delivery:
    return Delivery(number, WEBHOOK, "e", "message.created", b"{}", None, 0)


@pytest.fixture
def changed() -> ChangeCondition:
    return ChangeCondition()


def test_an_internal_error_fails_only_its_delivery(
    changed: ChangeCondition, caplog: pytest.LogCaptureFixture
) -> None:
    queues, done = DeliveryQueues(changed), list[int]()

    def work(delivery: Delivery) -> None:
        if delivery.number == 1:
            raise RuntimeError("a bug")
        done.append(delivery.number)

    deliveries = [create_delivery(number) for number in (1, 2, 3)]
    with changed:
        for delivery in deliveries:
            queues.put(QueueKey("webhook_1", "first"), delivery, work)
    assert changed.wait_until(lambda: not queues.busy, GIVE_UP, never)
    assert (done, deliveries[0].state) == ([2, 3], "failed")
    assert "a bug" in caplog.text


def test_a_hanging_queue_delays_no_other_queue(changed: ChangeCondition) -> None:
    queues, go_on, done = DeliveryQueues(changed), threading.Event(), threading.Event()
    with changed:
        queues.put(QueueKey("slow", "first"), create_delivery(1), lambda _: go_on.wait(GIVE_UP))
        queues.put(QueueKey("quick", "first"), create_delivery(2), lambda _: done.set())
    assert done.wait(GIVE_UP)
    go_on.set()
    assert changed.wait_until(lambda: not queues.busy, GIVE_UP, never)
