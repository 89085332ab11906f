"""Requests that wait: they starve nobody, are bounded, and end with the server."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest

from mockserver import errors
from mockserver.server import Server
from mockserver.server.wait_slots import MAX_WAITERS

PARK = b"GET /park HTTP/1.1\r\n\r\n"


def test_parked_requests_do_not_delay_others(server: Server, app: Any, connect: Any) -> None:
    parked = [connect().send(PARK) for _ in range(50)]
    app.await_entries(50)
    assert connect().get().text == "hello"
    server.stop()
    assert [client.reply().text for client in parked] == ["stopping"] * 50


def test_places_are_bounded_and_given_back(server: Server, app: Any, connect: Any) -> None:
    client = connect()
    with ExitStack() as places:
        for _ in range(MAX_WAITERS):
            places.enter_context(server.delay())
        assert client.get().text == "hello"
        client.send(PARK)
        reply = client.reply()
        assert (reply.status, reply.getheader("Retry-After")) == (503, "1")
        assert "too many waiting requests: 512 are waiting" in reply.json()["message"]
        with pytest.raises(errors.Unavailable), server.delay():
            pass
    again = connect().send(PARK)
    app.await_entries(1)
    server.stop()
    assert again.reply().text == "stopping"


def test_a_wait_ends_after_its_seconds(server: Server, connect: Any) -> None:
    assert connect().get("/nap").text == "True"


def test_a_server_that_was_stopped_waits_again_when_started(
    server: Server, app: Any, connect: Any
) -> None:
    server.stop()
    server.start()
    assert connect().get("/nap").text == "True"
