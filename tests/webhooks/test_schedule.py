"""When a delivery that failed is tried again: on the sandbox's clock, counted from its event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.settings import Settings
from mockserver.storage import scheduler
from tests.webhooks.receiver import Receiver, hang, status
from tests.webhooks.webhook_client import Hooks

SCHEDULE = [0, 5, 300, 1800, 7200, 18_000, 36_000]
START = 705106800


def without_ms(value: Any) -> Any:
    """A value of JSON without what depends on how fast anybody is."""
    if isinstance(value, dict):
        return {name: without_ms(each) for name, each in value.items() if name != "ms"}
    return [without_ms(each) for each in value] if isinstance(value, list) else value


def started(hooks: Hooks, serve: Callable[..., Server], **settings: Any) -> Hooks:
    """The same sandbox of a server with these settings."""
    server = serve(Settings(**settings))
    return Hooks(type(hooks.client)(server.url, hooks.client.token, hooks.client.pool))


def test_the_whole_schedule_runs_by_one_advance_identically_twice(
    hooks: Hooks, listen: Callable[..., Receiver]
) -> None:
    receivers = [listen(), listen()]
    for each in receivers:
        each.always = status(500)
    runs = []
    for _ in range(2):
        for each in receivers:
            hooks.register(each.url)
        hooks.say("one")
        hooks.say("two")
        hooks.settle()
        advanced = hooks.advance(40_000)
        log = [hooks.delivery(each["id"]) for each in hooks.deliveries()]
        runs.append(without_ms([advanced, log]))
        hooks.client.post("/_sandbox/reset", json={})
    assert runs[0] == runs[1]
    advanced, log = runs[0]
    assert advanced["now"] == START + 2 + 40_000
    assert (advanced["pending"], advanced["next_due"]) == (0, None)
    assert [each["state"] for each in log] == ["failed"] * 4
    for delivery in log:
        assert [each["at"] - delivery["at"] for each in delivery["attempts"]] == SCHEDULE
    fired = advanced["fired"]
    assert len(fired) == 4 * 6
    assert [each["at"] for each in fired] == sorted(each["at"] for each in fired)
    assert fired[0] == {
        "at": START + 1 + 5,
        "type": "delivery.attempt",
        "delivery": "delivery_1",
        "webhook": "webhook_1",
        "event": "message.created",
        "attempt": 2,
        "state": "retrying",
    }
    assert [each["delivery"][-1] for each in fired] == list("1234" * 6)


def test_an_attempt_that_had_to_wait_for_another_has_the_moment_at_which_it_was_due(
    hooks: Hooks, receiver: Receiver
) -> None:
    receiver.answer(hang)
    hooks.register(receiver.url)
    for _ in range(3):
        hooks.say()
    receiver.wait(1)
    receiver.let_go.set()
    hooks.settle()
    log = [hooks.delivery(each["id"]) for each in hooks.deliveries()]
    assert [each["at"] for each in log] == [START + 1, START + 2, START + 3]
    assert [each["attempts"][0]["at"] for each in log] == [START + 1, START + 2, START + 3]


@pytest.mark.parametrize(
    ("bound", "value", "made"), [("MAX_FIRED", 3, 3), ("MAX_DURATION", 0.0, 0)]
)
def test_an_advance_is_bounded_and_the_next_goes_on(
    hooks: Hooks,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    bound: str,
    value: float,
    made: int,
) -> None:
    receiver.always = status(500)
    hooks.register(receiver.url)
    for _ in range(2):
        hooks.say()
    hooks.settle()
    with monkeypatch.context() as bounded:
        bounded.setattr(scheduler, bound, value)
        advanced = hooks.advance(40_000)
    # The clock stands where it was sent to; what is overdue is told, and is tried by and by.
    assert len(advanced["fired"]) == made
    assert (advanced["now"], advanced["pending"]) == (START + 2 + 40_000, 2)
    assert advanced["next_due"] < advanced["now"]
    hooks.settle()
    assert hooks.states() == ["failed"] * 2
    assert len(receiver.received) == 2 * 7


def test_an_advance_runs_what_falls_due_and_says_what_is_pending(
    hooks: Hooks, receiver: Receiver
) -> None:
    receiver.always = status(500)
    hooks.register(receiver.url)
    hooks.say()
    hooks.settle()
    assert hooks.advance(4)["fired"] == []
    advanced = hooks.advance(400)
    assert [each["attempt"] for each in advanced["fired"]] == [2, 3]
    assert (advanced["pending"], advanced["next_due"]) == (1, START + 1 + 1800)
    receiver.always = status(200)
    advanced = hooks.advance(36_000)
    assert [(each["attempt"], each["state"]) for each in advanced["fired"]] == [(4, "delivered")]
    assert len(receiver.received) == 4


def test_retry_after_is_honoured(hooks: Hooks, receiver: Receiver) -> None:
    receiver.answer(status(503, "Retry-After: 100"), status(429, "Retry-After: soon"))
    hooks.register(receiver.url)
    hooks.say()
    hooks.settle()
    assert hooks.delivery()["due"] == START + 1 + 100
    assert hooks.advance(99)["fired"] == []
    assert len(hooks.advance(1)["fired"]) == 1
    # What is no number of seconds changes nothing.
    assert hooks.delivery()["due"] == START + 1 + 300


def test_what_is_overdue_when_it_fails_is_tried_before_all_is_settled(
    hooks: Hooks, receiver: Receiver
) -> None:
    def fail_late(receiver: Receiver, connection: Any) -> None:
        receiver.let_go.wait(30)
        status(500)(receiver, connection)

    receiver.answer(fail_late, 500)
    hooks.register(receiver.url)
    hooks.say()
    receiver.wait(1)
    hooks.client.put("/_sandbox/clock", json={"now": START + 200})
    receiver.let_go.set()
    hooks.settle()
    delivery = hooks.delivery()
    assert [each["at"] for each in delivery["attempts"]] == [START + 1, START + 200]
    assert delivery["due"] == START + 1 + 300


def test_on_a_step_clock_writes_make_retries_fall_due(hooks: Hooks, receiver: Receiver) -> None:
    receiver.answer(500)
    hooks.register(receiver.url, events=["message.created"])
    hooks.say()
    hooks.settle()
    for muted in (True, False, True, False):
        path = "/v1/conversations/xgQQXg3hrtjh7AvZ"
        assert hooks.client.put(path, json={"is_muted": muted}).status == 200
        hooks.settle()
    assert len(receiver.received) == 1
    hooks.client.put(path, json={"is_muted": True})
    assert len(receiver.wait(2)) == 2
    hooks.settle()
    assert hooks.states() == ["delivered"]


def test_on_a_real_clock_retries_come_by_themselves(
    hooks: Hooks, serve: Callable[..., Server], receiver: Receiver
) -> None:
    real = started(hooks, serve, clock="real", webhook_retries="0,1")
    receiver.answer(500, 500)
    real.register(receiver.url)
    real.say()
    receiver.wait(3)
    real.wait(match={"state": "delivered"})
    assert len(real.delivery()["attempts"]) == 3


@pytest.mark.parametrize("how", ["set", "advance", "restore"])
def test_a_clock_that_is_made_real_wakes_those_who_wait(
    hooks: Hooks, serve: Callable[..., Server], receiver: Receiver, how: str
) -> None:
    hooks = started(hooks, serve, webhook_retries="2")
    hooks.client.put("/_sandbox/clock", json={"mode": "real", "now": START})
    hooks.client.put("/_sandbox/snapshots/real", json={})
    if how != "advance":
        hooks.client.put("/_sandbox/clock", json={"mode": "frozen", "now": START})
    receiver.answer(500)
    hooks.register(receiver.url)
    hooks.say()
    hooks.wait(match={"state": "retrying"})
    if how == "set":
        hooks.client.put("/_sandbox/clock", json={"mode": "real", "now": START + 1})
    elif how == "advance":
        hooks.advance(1)
    else:
        hooks.client.post("/_sandbox/snapshots/real/restore", json={})
    receiver.wait(2)


def test_without_retries_a_failure_is_the_end(
    hooks: Hooks, serve: Callable[..., Server], receiver: Receiver
) -> None:
    once = started(hooks, serve, webhook_retries="")
    receiver.answer(500)
    once.register(receiver.url)
    once.say()
    once.settle()
    assert once.states() == ["failed"]
    assert once.advance(100_000)["fired"] == []


@pytest.mark.parametrize("text", ["5;300", "soon", "-1", "5,,300", "1" * 10])
def test_a_schedule_that_is_none_is_refused(serve: Callable[..., Server], text: str) -> None:
    with pytest.raises(ValueError, match="5,300"):
        serve(Settings(webhook_retries=text))


def test_an_advance_goes_on_past_a_receiver_that_hangs(
    hasty: Hooks, listen: Callable[..., Receiver]
) -> None:
    stuck, fine = listen(), listen()
    stuck.always = hang
    fine.answer(500)
    hasty.register(fine.url)
    hasty.say()
    hasty.settle()
    hasty.register(stuck.url)
    hasty.say()
    advanced = hasty.advance(20)
    assert [each["delivery"] for each in advanced["fired"]][:1] == ["delivery_1"]
    hasty.settle()
    assert sorted(hasty.states()) == ["delivered", "delivered", "failed"]
