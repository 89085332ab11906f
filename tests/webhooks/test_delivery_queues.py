"""Delivery queues: each in order, none waiting for another, and none ended by an error."""

from __future__ import annotations

import threading

import pytest

from mockserver.webhooks.delivery_queues import DeliveryQueues, QueueKey
from mockserver.webhooks.dispatcher import ChangeCondition, never
from mockserver.webhooks.models import Delivery, Webhook

GIVE_UP = 30.0
WEBHOOK = Webhook("webhook_1", "http://127.0.0.1:9/", "a", "s")


def delivery(number: int) -> Delivery:
    return Delivery(number, WEBHOOK, "e", "message.created", b"{}", None, 0)


@pytest.fixture
def moved() -> ChangeCondition:
    return ChangeCondition()


def test_an_error_of_our_own_ends_its_delivery_and_not_the_lane(
    moved: ChangeCondition, caplog: pytest.LogCaptureFixture
) -> None:
    lanes, done = DeliveryQueues(moved), list[int]()

    def work(each: Delivery) -> None:
        if each.number == 1:
            raise RuntimeError("a bug")
        done.append(each.number)

    all_three = [delivery(number) for number in (1, 2, 3)]
    with moved:
        for each in all_three:
            lanes.put(QueueKey("webhook_1", "first"), each, work)
    assert moved.wait_until(lambda: not lanes.busy, GIVE_UP, never)
    assert (done, all_three[0].state) == ([2, 3], "failed")
    assert "a bug" in caplog.text


def test_a_lane_that_hangs_keeps_no_other_waiting(moved: ChangeCondition) -> None:
    lanes, go_on, done = DeliveryQueues(moved), threading.Event(), threading.Event()
    with moved:
        lanes.put(QueueKey("slow", "first"), delivery(1), lambda _: go_on.wait(GIVE_UP))
        lanes.put(QueueKey("quick", "first"), delivery(2), lambda _: done.set())
    assert done.wait(GIVE_UP)
    go_on.set()
    assert moved.wait_until(lambda: not lanes.busy, GIVE_UP, never)
