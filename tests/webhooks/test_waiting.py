"""Waiting for deliveries, so that no test has to sleep."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from random import Random
from typing import Any

import pytest

from mockserver.server.wait_slots import MAX_WAITERS, WaitSlots
from mockserver.web.app import create_app
from tests.webhooks.receiver import GIVE_UP, Answer, Receiver, hang, status
from tests.webhooks.webhook_client import TALK, Hooks


def paced(number: int) -> Answer:
    """An answer after 0 to 30 milliseconds, the same in each run."""
    pause = threading.Event()

    def answer(receiver: Receiver, connection: Any) -> None:
        pause.wait(Random(number).uniform(0, 0.03))
        status(200)(receiver, connection)

    return answer


def test_after_the_barrier_all_was_delivered_in_each_of_a_thousand_runs(
    other: Callable[[str], Any], listen: Callable[..., Receiver]
) -> None:
    def runs(first: int) -> None:
        hooks, receiver = Hooks(other(str(first))), listen()
        hooks.register(receiver.url)
        for number in range(1, 101):
            receiver.answer(paced(first + number))
            hooks.say(str(number))
            hooks.settle()
            assert len(receiver.received) == number

    # In ten sandboxes, of which some are at it at once.
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(runs, range(0, 1000, 100))) == [None] * 10


def test_a_write_that_prefers_to_wait_answers_after_its_deliveries(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver.url)
    for number in range(1, 51):
        receiver.answer(paced(number))
        answer = hooks.say(Prefer="wait=30")
        assert answer.headers["Preference-Applied"] == "wait=30"
        assert len(receiver.received) == number
        assert hooks.states() == ["delivered"] * number


def test_such_a_write_waits_for_its_own_first_attempts_only(
    hooks: Hooks, listen: Callable[..., Receiver]
) -> None:
    stuck, failing = listen(), listen()
    stuck.always = hang
    failing.always = status(500)
    hooks.register(stuck.url, events=["contact.*"])
    hooks.register(failing.url, events=["message.*"])
    hooks.client.post("/v1/contacts", json={"username": "Buzz", "phone_number": "1"})
    hooks.say(Prefer="wait=30")
    assert [(each["type"], each["state"]) for each in hooks.deliveries()] == [
        ("contact.created", "pending"),
        ("message.created", "retrying"),
    ]
    # Its time is up: it is answered all the same.
    body = {"username": "Fuller", "phone_number": "2"}
    answer = hooks.client.post("/v1/contacts", json=body, headers={"Prefer": "wait=0"})
    assert answer.status == 201


def test_wait_preference_skips_held_deliveries(hooks: Hooks, receiver: Receiver) -> None:
    hooks.register(receiver.url)
    for action in ({"type": "hold"}, {"type": "drop"}, {"type": "delay", "seconds": 60}):
        hooks.set_delivery_rules({"action": action})
        hooks.say(Prefer="wait=300")
    assert hooks.states() == ["held", "dropped", "pending"]
    hooks.set_delivery_rules({"action": {"type": "shuffle", "window": 100}})
    hooks.say(Prefer="wait=300")
    assert hooks.states()[-1] == "delivered"


def test_waiting_for_deliveries_that_match(hooks: Hooks, receiver: Receiver) -> None:
    receiver.answer(500)
    hooks.register(receiver.url)
    cause = hooks.say().headers["X-Request-Id"]
    told = hooks.wait(match={"request": cause, "type": "message.created"})
    assert told["settled"]
    assert [each["state"] for each in told["data"]] == ["retrying"]
    assert told["counts"]["retrying"] == 1
    assert told["next_due"] == told["data"][0]["due"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(hooks.wait, match={"state": "delivered"}, at_least=2)
        hooks.say()
        hooks.advance(5)
        assert len(waiting.result(GIVE_UP)["data"]) == 2


def test_a_wait_tells_the_latest_hundred_and_how_many_there_are(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver.url)
    for number in range(103):
        hooks.say(str(number))
    told = hooks.settle()
    assert (told["matched"], told["counts"]["delivered"], len(told["data"])) == (103, 103, 100)
    assert [told["data"][0]["id"], told["data"][-1]["id"]] == ["delivery_4", "delivery_103"]
    told = hooks.wait(match={"state": "delivered"}, at_least=103)
    assert (told["settled"], told["matched"]) == (True, 103)


@pytest.mark.parametrize("kept", ["hold", "drop"])
def test_wait_for_deliveries_kept_by_a_rule(hooks: Hooks, receiver: Receiver, kept: str) -> None:
    state = {"hold": "held", "drop": "dropped"}[kept]
    hooks.register(receiver.url)
    hooks.set_delivery_rules({"action": {"type": kept}})
    hooks.say()
    told = hooks.wait(match={"state": state})
    assert (told["settled"], [each["state"] for each in told["data"]]) == (True, [state])


def test_a_match_that_no_longer_holds_is_not_told(hooks: Hooks, receiver: Receiver) -> None:
    receiver.answer(500)
    hooks.register(receiver.url)
    hooks.say()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(hooks.wait, match={"state": "retrying"}, at_least=2)
        hooks.wait(match={"state": "retrying"})
        hooks.advance(5)
        receiver.answer(500)
        hooks.say()
        hooks.wait(match={"state": "retrying"})
        receiver.answer(500)
        hooks.say()
        told = waiting.result(GIVE_UP)
    assert (told["settled"], [each["id"] for each in told["data"]]) == (
        True,
        ["delivery_2", "delivery_3"],
    )


def test_a_simulated_act_waits_too(hooks: Hooks, receiver: Receiver) -> None:
    hooks.register(receiver.url)
    body = {"from": "FrankMcCallister", "message": "Well?"}
    for number in range(1, 21):
        receiver.answer(paced(number))
        answer = hooks.client.post(
            "/_sandbox/simulate/message", json=body, headers={"Prefer": "wait=30"}
        )
        assert answer.headers["Preference-Applied"] == "wait=30"
        assert len(receiver.received) == number


@pytest.mark.parametrize("path", ["/v1/messages", "/_sandbox/simulate/message"])
def test_where_there_is_no_place_to_wait_nothing_is_done(path: str) -> None:
    app, parking = create_app(), WaitSlots()
    client = app.test_client()
    wishing = {"Authorization": "Bearer demo", "Prefer": "wait=1"}
    body = {"message": "Well?"}
    body |= {"conversation_id": TALK} if path.startswith("/v1") else {"from": "FrankMcCallister"}
    options: Any = {"json": body, "environ_overrides": {"mockserver.wait_slots": parking}}
    before = app.state()
    with ExitStack() as places:
        for _ in range(MAX_WAITERS):
            places.enter_context(parking.long_poll())
        refused = client.post(path, headers=wishing, **options)
        assert (refused.status_code, app.state()) == (503, before)
    # Each gives its place up again, whether it was refused or not.
    for _ in range(MAX_WAITERS + 1):
        refused = client.post(path, headers=wishing, **(options | {"json": {"a": "b"}}))
        assert refused.status_code == 400
    assert client.post(path, headers=wishing, **options).status_code == 201


def test_a_wait_ends_when_its_time_is_over(hooks: Hooks, receiver: Receiver) -> None:
    receiver.answer(hang)
    hooks.register(receiver.url)
    hooks.say()
    receiver.wait(1)
    told = hooks.wait(timeout=0)
    assert (told["settled"], told["counts"]["pending"], told["data"]) == (False, 1, [])
    assert hooks.wait(timeout=0, match={"state": "delivered"})["settled"] is False
    receiver.let_go.set()
    assert hooks.settle()["counts"]["delivered"] == 1


def test_what_is_held_or_due_later_is_settled(hooks: Hooks, receiver: Receiver) -> None:
    assert hooks.settle()["data"] == []
    hooks.register(receiver.url)
    hooks.set_delivery_rules({"action": {"type": "hold"}})
    hooks.say()
    assert hooks.settle()["counts"]["held"] == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"timeout": -1}, "timeout"),
        ({"timeout": 301}, "timeout"),
        ({"match": {"stat": "failed"}}, "'stat'"),
        ({"match": {"state": "lost"}}, "match.state"),
        ({"at_least": 0}, "at_least"),
    ],
)
def test_a_wait_that_makes_no_sense_is_refused(hooks: Hooks, body: Any, said: str) -> None:
    hooks.client.post("/_sandbox/webhooks/wait", json=body).refused(400, said)
