"""Bots on a real clock, which may run faster than the machine's.

No test depends on timing: each waits for a webhook delivery.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.bots import session
from mockserver.server import Server
from mockserver.settings import Settings
from mockserver.storage.clock import Clock
from mockserver.web.app import create_app
from tests.bots.conftest import DAWN, ECHO, HOUR, BotClient

FAST = 5000
LIVELY = {**ECHO, "people": [{**ECHO["people"][0], "messages_per_hour": 60}]}


def wait_for_messages(bots: BotClient, count: int) -> Any:
    """Wait until the inbox has so many messages; return them."""
    body = {"type": "message.created", "at_least": count, "timeout": 60}
    result = bots.control("POST", "/inbox/hook/wait", json=body)
    assert result["verified"], result
    return result["data"]


def register_inbox(bots: BotClient) -> None:
    """Register an inbox as the webhook of new messages."""
    name = bots.client.token.removeprefix("sandbox_")
    url = f"{bots.client.url}/_sandbox/inbox/hook?sandbox={name}"
    bots.control("POST", "/webhooks", 201, json={"url": url, "events": ["message.created"]})


@pytest.mark.real_time
def test_bots_act_on_their_own(bots: BotClient) -> None:
    register_inbox(bots)
    bots.start(LIVELY)
    bots.set_clock(mode="real", now=DAWN, speed=FAST)
    wait_for_messages(bots, 3)
    [delivery, *_] = bots.control("GET", "/deliveries")["data"]
    assert delivery["request"] is None, "no request caused it"
    assert bots.control("GET", "/clock")["now"] > DAWN


@pytest.mark.real_time
def test_a_faster_clock_brings_the_answer_forward(bots: BotClient) -> None:
    register_inbox(bots)
    slow = {"questions": 1, "anything": 1, "after_seconds": [86_000, 86_000]}
    bots.start({**ECHO, "people": [{**ECHO["people"][0], "answers": slow}]})
    bots.set_clock(mode="real", now=DAWN)
    bots.send(bots.direct("EchoOne"), "Is it?")
    bots.set_clock(speed=100_000)
    texts = [entry["event"]["payload"]["message"] for entry in wait_for_messages(bots, 2)]
    assert texts == ["Is it?", "Yes, Linnie."]


def test_an_advance_of_a_real_clock_runs_due_actions(bots: BotClient) -> None:
    bots.start(LIVELY)
    bots.set_clock(mode="real", now=DAWN)
    advanced = bots.advance(6 * HOUR)
    assert advanced["now"] >= DAWN + 6 * HOUR
    times = [entry["at"] for entry in advanced["fired"]]
    assert times == sorted(times)
    assert DAWN <= times[0] <= times[-1] <= advanced["now"]
    assert len(times) > 100


@pytest.mark.real_time
def test_a_failed_action_is_logged_and_others_run(
    bots: BotClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failures = iter([True])

    def fail_once(*arguments: Any) -> None:
        start_message(*arguments)
        if next(failures, False):
            raise ZeroDivisionError("simulated failure")

    start_message = session.ACTIONS["start_message"]
    monkeypatch.setitem(session.ACTIONS, "start_message", fail_once)
    register_inbox(bots)
    bots.start(LIVELY)
    bots.set_clock(mode="real", now=DAWN, speed=FAST)
    wait_for_messages(bots, 2)
    [record] = [record for record in caplog.records if record.exc_info]
    assert record.getMessage() == "an action of the bot script 'echo' failed"
    assert "simulated failure" in caplog.text
    bots.set_clock(mode="frozen")
    lines = bots.lines_of("message")
    assert bots.status()["counts"]["message"] == len(lines)
    query = f"conversation_id={bots.direct('EchoOne')}"
    messages = bots.client.walk(f"/v1/messages?{query}")
    ids = [message["id"] for message in reversed(messages)]
    assert ids == [line["message_id"] for line in lines]


def timers() -> list[threading.Thread]:
    """Return the threads of pending timers."""
    threads = [item for item in threading.enumerate() if isinstance(item, threading.Timer)]
    return [timer for timer in threads if not timer.finished.is_set()]


def join(before: set[threading.Thread]) -> None:
    """Wait until no new timer is pending."""
    for timer in set(timers()) - before:
        timer.join(30)
        assert not timer.is_alive()


@pytest.mark.parametrize("end", ["stop bots", "delete", "frozen", "stop", "reset"])
def test_no_timer_remains_when_nothing_is_due(end: str) -> None:
    before = set(timers())
    server = MockServer(clock="real")
    box = server.sandbox("own")
    box.bots.start("office")
    assert len(set(timers()) - before) == 1
    {
        "stop bots": box.bots.stop,
        "delete": box.delete,
        "frozen": lambda: box.clock.set("frozen"),
        "stop": server.stop,
        "reset": box.reset,
    }[end]()
    join(before)


def test_a_restarted_server_sets_its_timer_again() -> None:
    before = set(timers())
    server = MockServer(clock="real", bots="office")
    for _ in range(2):
        with server:
            assert len(set(timers()) - before) == 1
        join(before)


def test_each_sandbox_has_one_timer() -> None:
    before = set(timers())
    server = MockServer(clock="real", bots="office")
    for name in ("a", "b"):
        box = server.sandbox(name)
        for _ in range(20):
            box.call("POST", "/v1/groups", json={"name": "G"})
    server.sandbox("frozen", clock="frozen")
    assert len(set(timers()) - before) == 3  # default, a and b
    server.stop()
    join(before)


# the clock's speed


@pytest.fixture
def set_machine_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the machine's time."""

    def set_time(seconds: float) -> None:
        monkeypatch.setattr("mockserver.storage.clock.machine_time", lambda: seconds)

    return set_time


def test_a_fast_clock_multiplies_seconds(set_machine_time: Callable[[float], None]) -> None:
    set_machine_time(1000.25)
    clock = Clock(0, "real", 60)
    assert clock.now() == 1000
    set_machine_time(1001.5)
    assert clock.now() == 1075
    clock.set("real", clock.now(), 1)
    assert clock.now() == 1075, "another speed does not change the time"
    set_machine_time(1011.5)
    assert clock.now() == 1085
    assert clock.fork().now() == 1085


@pytest.mark.parametrize("speed", [1, 7, 60, 100_000])
def test_time_never_jumps_or_runs_backwards(
    speed: int, set_machine_time: Callable[[float], None]
) -> None:
    set_machine_time(1_800_000_000.9)
    clock = Clock(0, "real", speed)
    times = [clock.now()]
    for step in range(1, 50):
        set_machine_time(1_800_000_000.9 + step / 10)
        times.append(clock.now())
    assert times[0] == 1_800_000_000
    assert times == sorted(times)
    assert abs(times[-1] - times[0] - 4.9 * speed) <= 1


def test_the_speed_is_shown_and_set(bots: BotClient) -> None:
    assert "speed" not in bots.control("GET", "/clock")
    clock = bots.set_clock(mode="real", now=DAWN, speed=2)
    assert (clock["mode"], clock["speed"]) == ("real", 2)
    assert DAWN <= bots.set_clock(speed=3)["now"] < DAWN + 100 * HOUR
    assert bots.set_clock(now=DAWN)["speed"] == 3, "the speed stays"
    assert "speed" not in bots.set_clock(mode="step")
    assert bots.set_clock(mode="real")["speed"] == 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"speed": 2},
            "needs a real clock, but the mode is 'frozen'; set \"mode\"",
        ),
        (
            {"mode": "step", "speed": 2},
            "needs a real clock, but the mode is 'step'",
        ),
        ({"mode": "real", "speed": 0}, "speed: must be an integer from 1 to 100000, not 0"),
        ({"mode": "real", "speed": 1.5}, "speed: must be an integer from 1 to 100000, not 1.5"),
    ],
)
def test_an_invalid_speed_is_refused(values: dict[str, Any], message: str, bots: BotClient) -> None:
    before = bots.control("GET", "/clock")
    bots.client.put("/_sandbox/clock", json=values).refused(400, message)
    assert bots.control("GET", "/clock") == before


def test_a_speed_without_a_real_clock_fails_at_start() -> None:
    with pytest.raises(ValueError, match="--speed 60 needs --clock real; this clock is 'step'"):
        create_app(Settings(speed=60))


def test_an_exported_state_keeps_its_speed(serve: Callable[..., Server], client: Any) -> None:
    server = serve(Settings(clock="real", speed=60))
    bots = BotClient(type(client)(server.url, client.token, client.pool))
    assert bots.control("GET", "/clock")["speed"] == 60
    bots.set_clock(speed=30)
    state = bots.control("GET", "/state")
    assert state["speed"] == 30
    bots.control("POST", "/reset", json={})
    assert bots.control("GET", "/clock")["speed"] == 60
    bots.control("PUT", "/state", json=state)
    assert bots.control("GET", "/clock")["speed"] == 30
