"""Delivery queues: in order, independent of each other, and not stopped by an error."""

from __future__ import annotations

import threading

import pytest

from mockserver.storage.wait_slots import Changes
from mockserver.webhooks.delivery_queues import DeliveryQueues
from mockserver.webhooks.models import Delivery, Webhook

GIVE_UP = 30.0
WEBHOOK = Webhook(id="webhook_1", name="a", url="http://127.0.0.1:9/", secret="s")


def create_delivery(number: int) -> Delivery:
    return Delivery(number, WEBHOOK, "e", "message.created", b"{}", None, 0)


def sleep(event: threading.Event) -> None:
    event.wait(GIVE_UP)


@pytest.fixture
def changes() -> Changes:
    return Changes()


def test_an_internal_error_fails_only_its_delivery(
    changes: Changes, caplog: pytest.LogCaptureFixture
) -> None:
    queues, done = DeliveryQueues(changes), list[int]()

    def work(delivery: Delivery) -> None:
        if delivery.number == 1:
            raise RuntimeError("a bug")
        done.append(delivery.number)

    deliveries = [create_delivery(number) for number in (1, 2, 3)]
    with changes:
        for delivery in deliveries:
            queues.put("webhook_1", delivery, work)
    assert changes.wait_for(lambda: not queues.busy, sleep)
    assert (done, deliveries[0].state) == ([2, 3], "failed")
    assert "a bug" in caplog.text


def test_a_hanging_queue_delays_no_other_queue(changes: Changes) -> None:
    queues, go_on, done = DeliveryQueues(changes), threading.Event(), threading.Event()
    with changes:
        queues.put("slow", create_delivery(1), lambda _: go_on.wait(GIVE_UP))
        queues.put("quick", create_delivery(2), lambda _: done.set())
    assert done.wait(GIVE_UP)
    go_on.set()
    assert changes.wait_for(lambda: not queues.busy, sleep)
