"""A server in a process whose time a test freezes."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import time_machine
from freezegun import freeze_time

from mockserver import MockServer, Sandbox
from mockserver.server import Server
from tests.client.helpers import MESSAGE

pytestmark = pytest.mark.real_time  # the tests freeze it themselves

ROOT = Path(__file__).parents[2]
NOON = 1893499200  # 2030-01-01T12:00:00Z

Freeze = Callable[[], AbstractContextManager[Any]]


@pytest.fixture(
    params=[
        pytest.param(lambda: freeze_time("2030-01-01 12:00"), id="freezegun"),
        pytest.param(lambda: freeze_time("2030-01-01 12:00", tick=True), id="freezegun-tick"),
        pytest.param(lambda: time_machine.travel(NOON, tick=False), id="time-machine"),
        pytest.param(lambda: time_machine.travel(NOON), id="time-machine-tick"),
    ]
)
def freeze(request: pytest.FixtureRequest) -> Freeze:
    function: Freeze = request.param
    return function


@pytest.fixture
def silent_receiver() -> Iterator[str]:
    """The URL of a receiver that never responds."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_wait_ends_in_frozen_time(box: Sandbox, silent_receiver: str, freeze: Freeze) -> None:
    box.webhooks.create(silent_receiver)
    box.call("POST", "/v1/messages", json=MESSAGE)
    with freeze():
        assert box.deliveries.wait(timeout=1)["settled"] is False


def test_a_ticking_clock_does_not_shorten_a_wait(box: Sandbox) -> None:
    box.webhooks.create(box.inboxes.url("hooks"))
    with freeze_time("2030-01-01", auto_tick_seconds=3600):
        box.call("POST", "/v1/messages", json=MESSAGE)
        assert box.deliveries.wait(timeout=30)["settled"] is True


def test_advance_runs_what_is_due_in_frozen_time(box: Sandbox, freeze: Freeze) -> None:
    box.webhooks.create("http://127.0.0.1:9")  # the discard port: connections are refused
    with freeze():
        box.call("POST", "/v1/messages", json=MESSAGE)
        assert box.deliveries.wait(timeout=30)["settled"] is True
        assert box.clock.advance(3600)["fired"]


def test_a_real_clock_shows_the_frozen_time(own: MockServer, freeze: Freeze) -> None:
    with own.sandbox("real_clock", clock="real") as box, freeze():
        assert box.clock.get()["now"] in (NOON, NOON + 1)


def test_a_delivery_has_the_frozen_time(freeze: Freeze) -> None:
    with MockServer(standard_webhooks=True) as server, freeze():
        box = server.default
        box.webhooks.create(box.inboxes.url("hooks"))
        box.call("POST", "/v1/messages", json=MESSAGE)
        (message,) = box.inboxes.wait("hooks", timeout=30)["data"]
    assert int(message["headers"]["webhook-timestamp"]) in (NOON, NOON + 1)


def test_a_step_clock_ignores_the_frozen_time(box: Sandbox, freeze: Freeze) -> None:
    before = box.clock.get()["now"]
    with freeze():
        assert box.call("POST", "/v1/messages", json=MESSAGE).status == 201
        assert box.clock.get()["now"] == before + 1


def test_an_idle_connection_ends_in_frozen_time(own: MockServer, freeze: Freeze) -> None:
    with (
        Server(own.app, idle_timeout=0.1) as server,
        freeze(),
        socket.create_connection((server.host, server.port), 10) as connection,
        connection.makefile("rb") as received,
    ):
        connection.sendall(b"GET /_sandbox/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert received.read().startswith(b"HTTP/1.1 200 OK\r\n")


def test_deadlines_pass_if_the_first_import_is_in_frozen_time() -> None:
    program = """
from freezegun import freeze_time
with freeze_time("2030-01-01"):
    from mockserver.storage.clock import stopwatch
    start = stopwatch()
    while stopwatch() == start:
        pass
with freeze_time("2030-01-01"):
    start = stopwatch()
    while stopwatch() == start:
        pass
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=60)
