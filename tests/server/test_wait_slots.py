"""Waiting requests do not block others, are limited in number, and end with the server."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import Any

import pytest

from mockserver import errors
from mockserver.server import Server
from mockserver.storage.wait_slots import MAX_WAITERS, Changes, WaitSlots

DELAYED = b"GET /delay HTTP/1.1\r\n\r\n"


def test_waiting_requests_do_not_delay_others(server: Server, app: Any, connect: Any) -> None:
    waiting = [connect().send(DELAYED) for _ in range(50)]
    app.await_entries(50)
    assert connect().get().text == "hello"
    server.stop()
    assert [client.reply().text for client in waiting] == ["stopping"] * 50


def test_wait_slots_are_limited_and_reused(server: Server, app: Any, connect: Any) -> None:
    client = connect()
    client.get()
    with ExitStack() as slots:
        for _ in range(MAX_WAITERS):
            slots.enter_context(app.wait_slots.delay())
        assert client.get().text == "hello"
        client.send(DELAYED)
        reply = client.reply()
        assert (reply.status, reply.getheader("Retry-After")) == (503, "1")
        assert "too many waiting requests: 512 are waiting" in reply.json()["message"]
        with pytest.raises(errors.Unavailable), app.wait_slots.delay():
            pass
    client = connect().send(DELAYED)
    app.await_entries(1)
    server.stop()
    assert client.reply().text == "stopping"


def test_a_wait_ends_after_its_seconds(server: Server, connect: Any) -> None:
    assert connect().get("/short-wait").text == "True"


def test_waits_work_again_after_a_restart(server: Server, app: Any, connect: Any) -> None:
    server.stop()
    server.start()
    assert connect().get("/short-wait").text == "True"


def test_a_wait_for_an_event_ends_when_the_server_stops() -> None:
    slots = WaitSlots()
    waiting = threading.Thread(target=slots.wait_for, args=(threading.Event(), 60))
    waiting.start()
    slots.close()
    waiting.join(30)
    assert not waiting.is_alive()
    slots.wait_for(threading.Event(), 60)  # it has stopped, so this returns at once


def test_a_change_wakes_only_the_waits_that_it_satisfies() -> None:
    changes, values, calls = Changes(), list[int](), list[int]()
    is_set = list[bool]()

    def has_two() -> bool:
        calls.append(len(values))
        return len(values) == 2

    def sleep(event: threading.Event) -> None:
        """Change the data while the wait sleeps."""
        for value in range(3):
            with changes:
                values.append(value)
                changes.notify()
            is_set.append(event.is_set())

    assert changes.wait_for(has_two, sleep), "it was true for a moment"
    assert calls == [0, 1, 2], "evaluated once for each change, until it is true"
    assert is_set == [False, True, True]
    with changes:
        changes.notify()
    assert len(calls) == 3, "no longer evaluated after the wait"
    assert not changes.wait_for(has_two, lambda event: None)
    values.pop()
    assert changes.wait_for(has_two, sleep)
