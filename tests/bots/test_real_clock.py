"""A clock that runs by itself, and faster than the machine's: a cast on it needs nobody's hand.

Nothing here depends on how fast it is: each test waits for what a webhook brings.
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
from tests.bots.conftest import DAWN, ECHO, HOUR, Theatre

FAST = 5000
LIVELY = {**ECHO, "people": [{**ECHO["people"][0], "messages_per_hour": 60}]}


def hear(theatre: Theatre, count: int) -> Any:
    """Wait until so many messages were delivered to the inbox; returns the first."""
    wanted = {"type": "message.created", "at_least": count, "timeout": 60}
    heard = theatre.ask("POST", "/inbox/ear/wait", json=wanted)
    assert heard["verified"], heard
    return heard["data"]


def listen(theatre: Theatre) -> None:
    """Have an inbox told of what is said."""
    name = theatre.client.token.removeprefix("sandbox_")
    url = f"{theatre.client.url}/_sandbox/inbox/ear?sandbox={name}"
    theatre.ask("POST", "/webhooks", 201, json={"url": url, "events": ["message.created"]})


def test_they_play_by_themselves(theatre: Theatre) -> None:
    listen(theatre)
    theatre.put_on(LIVELY)
    theatre.set_clock(mode="real", now=DAWN, speed=FAST)
    hear(theatre, 3)
    [delivery, *_] = theatre.ask("GET", "/deliveries")["data"]
    assert delivery["request"] is None, "an act is no request"
    assert theatre.ask("GET", "/clock")["now"] > DAWN


def test_they_answer_by_themselves_and_a_faster_clock_wakes_them(theatre: Theatre) -> None:
    listen(theatre)
    slow = {"questions": 1, "anything": 1, "after_seconds": [86_000, 86_000]}
    theatre.put_on({**ECHO, "people": [{**ECHO["people"][0], "answers": slow}]})
    theatre.set_clock(mode="real", now=DAWN)
    theatre.say(theatre.direct("EchoOne"), "Is it?")
    theatre.set_clock(speed=100_000)
    texts = [one["event"]["payload"]["message"] for one in hear(theatre, 2)]
    assert texts == ["Is it?", "Yes, Linnie."]


def test_an_advance_plays_what_falls_in_it_on_a_clock_that_runs_too(theatre: Theatre) -> None:
    theatre.put_on(LIVELY)
    theatre.set_clock(mode="real", now=DAWN)
    advanced = theatre.advance(6 * HOUR)
    assert advanced["now"] >= DAWN + 6 * HOUR
    said = [one["at"] for one in advanced["fired"]]
    assert said == sorted(said)
    assert DAWN <= said[0] <= said[-1] <= advanced["now"]
    assert len(said) > 100


def test_an_act_that_fails_is_logged_and_the_others_go_on(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failures = iter([True])

    def fail_once(*arguments: Any) -> None:
        say(*arguments)
        if next(failures, False):
            raise ZeroDivisionError("of our own")

    say = session.ACTIONS["start_message"]
    monkeypatch.setitem(session.ACTIONS, "start_message", fail_once)
    listen(theatre)
    theatre.put_on(LIVELY)
    theatre.set_clock(mode="real", now=DAWN, speed=FAST)
    hear(theatre, 2)
    [record] = [each for each in caplog.records if each.exc_info]
    assert record.getMessage() == "an action of the bots 'echo' failed"
    assert "of our own" in caplog.text
    theatre.set_clock(mode="frozen")
    said = theatre.acts("message")
    assert theatre.cast()["counts"]["message"] == len(said)
    place = f"conversation_id={theatre.direct('EchoOne')}"
    found = theatre.client.walk(f"/v1/messages?{place}")
    assert [one["id"] for one in reversed(found)] == [line["message_id"] for line in said]


def alarms() -> list[threading.Thread]:
    """The threads that wait for a moment, but for those that were told not to any more."""
    timers = [each for each in threading.enumerate() if isinstance(each, threading.Timer)]
    return [each for each in timers if not each.finished.is_set()]


def join(before: set[threading.Thread]) -> None:
    """Wait until no alarm is set that was not before."""
    for each in set(alarms()) - before:
        each.join(30)
        assert not each.is_alive()


@pytest.mark.parametrize("end", ["dismiss", "delete", "frozen", "stop", "reset"])
def test_nobody_waits_any_more_when_there_is_nothing_to_wait_for(end: str) -> None:
    before = set(alarms())
    server = MockServer(clock="real")
    box = server.sandbox("own")
    box.start_bots("office")
    assert len(set(alarms()) - before) == 1
    {
        "dismiss": box.stop_bots,
        "delete": box.delete,
        "frozen": lambda: box.set_clock("frozen"),
        "stop": server.stop,
        "reset": box.reset,
    }[end]()
    join(before)


def test_a_server_that_starts_again_goes_on() -> None:
    before = set(alarms())
    server = MockServer(clock="real", bots="office")
    for _ in range(2):
        with server:
            assert len(set(alarms()) - before) == 1
        join(before)


def test_one_alarm_is_set_for_each_sandbox_however_many_requests_come() -> None:
    before = set(alarms())
    server = MockServer(clock="real", bots="office")
    for name in ("a", "b"):
        box = server.sandbox(name)
        for _ in range(20):
            box.call("POST", "/v1/groups", json={"name": "G"})
    server.sandbox("frozen", clock="frozen")
    assert len(set(alarms()) - before) == 3  # default, a and b
    server.stop()
    join(before)


# how fast it runs


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the machine's time."""

    def set_time(seconds: float) -> None:
        monkeypatch.setattr("mockserver.storage.clock.time.time", lambda: seconds)

    return set_time


def test_a_fast_clock_lets_so_many_seconds_pass_in_one(machine: Callable[[float], None]) -> None:
    machine(1000.25)
    clock = Clock(0, "real", 60)
    assert clock.now() == 1000
    machine(1001.5)
    assert clock.now() == 1075
    clock.set("real", clock.now(), 1)
    assert clock.now() == 1075, "another speed lets no time jump"
    machine(1011.5)
    assert clock.now() == 1085
    assert clock.fork().now() == 1085


@pytest.mark.parametrize("speed", [1, 7, 60, 100_000])
def test_no_speed_lets_time_jump_or_run_backwards(
    speed: int, machine: Callable[[float], None]
) -> None:
    machine(1_800_000_000.9)
    clock = Clock(0, "real", speed)
    moments = [clock.now()]
    for step in range(1, 50):
        machine(1_800_000_000.9 + step / 10)
        moments.append(clock.now())
    assert moments[0] == 1_800_000_000
    assert moments == sorted(moments)
    assert abs(moments[-1] - moments[0] - 4.9 * speed) <= 1


def test_the_speed_is_told_and_set(theatre: Theatre) -> None:
    assert "speed" not in theatre.ask("GET", "/clock")
    told = theatre.set_clock(mode="real", now=DAWN, speed=2)
    assert (told["mode"], told["speed"]) == ("real", 2)
    assert DAWN <= theatre.set_clock(speed=3)["now"] < DAWN + 100 * HOUR
    assert theatre.set_clock(now=DAWN)["speed"] == 3, "it stays"
    assert "speed" not in theatre.set_clock(mode="step")
    assert theatre.set_clock(mode="real")["speed"] == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"speed": 2},
            "only a real clock has a speed, and this one is 'frozen'; set \"mode\"",
        ),
        (
            {"mode": "step", "speed": 2},
            "only a real clock has a speed, and this one is 'step'",
        ),
        ({"mode": "real", "speed": 0}, "speed: must be an integer from 1 to 100000, not 0"),
        ({"mode": "real", "speed": 1.5}, "speed: must be an integer from 1 to 100000, not 1.5"),
    ],
)
def test_a_speed_that_makes_no_sense_is_refused(
    values: dict[str, Any], said: str, theatre: Theatre
) -> None:
    before = theatre.ask("GET", "/clock")
    theatre.client.put("/_sandbox/clock", json=values).refused(400, said)
    assert theatre.ask("GET", "/clock") == before


def test_a_speed_without_a_real_clock_is_told_at_the_start() -> None:
    with pytest.raises(ValueError, match="--speed 60 needs --clock real; this clock is 'step'"):
        create_app(Settings(speed=60))


def test_an_exported_state_keeps_its_speed(serve: Callable[..., Server], client: Any) -> None:
    server = serve(Settings(clock="real", speed=60))
    theatre = Theatre(type(client)(server.url, client.token, client.pool))
    assert theatre.ask("GET", "/clock")["speed"] == 60
    theatre.set_clock(speed=30)
    state = theatre.ask("GET", "/state")
    assert state["speed"] == 30
    theatre.ask("POST", "/reset", json={})
    assert theatre.ask("GET", "/clock")["speed"] == 60
    theatre.ask("PUT", "/state", json=state)
    assert theatre.ask("GET", "/clock")["speed"] == 30
