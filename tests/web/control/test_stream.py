"""The stream of a sandbox: what happens, in order, to be continued from any event."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import BinaryIO

import pytest

from mockserver import ApiError, MockServer, Sandbox, create_app
from mockserver.client.control import StreamEvent
from mockserver.server import Server

MESSAGE = {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "Good evening."}
TIMEOUT = 30


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer() as server:
        yield server


@pytest.fixture
def sandbox(server: MockServer, request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with server.sandbox(re.sub(r"\W", "-", request.node.name)[:60]) as sandbox:
        yield sandbox


def send(sandbox: Sandbox, text: str = "Good evening.") -> None:
    response = sandbox.call("POST", "/v1/messages", json={**MESSAGE, "message": text})
    assert response.status == 201


def kinds(events: list[StreamEvent]) -> list[str]:
    return [event.kind for event in events]


def test_a_request_is_followed_by_its_events(sandbox: Sandbox) -> None:
    send(sandbox)
    sandbox.call("GET", "/v1/contacts?limit=1000")
    request, event, refused = islice(sandbox.follow("0.0"), 3)
    assert (request.kind, request.data) == ("request", sandbox.journal.list()[0])
    assert (event.kind, event.data) == ("event", sandbox.events.list()[0])
    assert (refused.kind, refused.data["status"]) == ("request", 400)
    assert [request.id, event.id, refused.id] == [None, "1.0", "2.0"]


def test_a_stream_begins_now_and_continues_after_an_event(sandbox: Sandbox) -> None:
    send(sandbox, "before")
    with opened(sandbox) as lines:
        send(sandbox, "first")
        send(sandbox, "second")
        data = (line for line in lines if line.startswith(b"data: "))
        assert b'"id":"req_2"' in next(data)
        assert b'"first"' in next(data)
    request, event = islice(sandbox.follow("2.0"), 2)
    assert (request.data["id"], event.data["payload"]["message"]) == ("req_3", "second")


@contextmanager
def opened(sandbox: Sandbox) -> Iterator[BinaryIO]:
    """Open a stream, and yield its lines once the server has begun to follow."""
    address = sandbox.url.removeprefix("http://")
    host, _, port = address.partition(":")
    target = f"/_sandbox/stream?sandbox={sandbox.name}"
    head = f"GET {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    with (
        socket.create_connection((host, int(port)), timeout=TIMEOUT) as sock,
        sock.makefile("rb") as lines,
    ):
        sock.sendall(head.encode())
        while lines.readline() != f": sandbox {sandbox.name}\n".encode():
            pass
        yield lines


def test_deliveries_follow_when_they_change(sandbox: Sandbox) -> None:
    sandbox.webhooks.create(sandbox.inboxes.url("app"))
    send(sandbox)
    sandbox.deliveries.wait(timeout=TIMEOUT)
    events = [*islice(sandbox.follow("0.0"), 3)]
    assert kinds(events) == ["request", "event", "delivery"]
    assert events[-1].data == sandbox.deliveries.list()[0]
    before = sandbox.counters()["deliveries"]
    sandbox.reset()  # the log starts anew
    assert sandbox.counters()["deliveries"] > before
    sandbox.webhooks.create(sandbox.inboxes.url("app"))
    sandbox.webhooks.trigger("message.created")
    sandbox.deliveries.wait(timeout=TIMEOUT)
    [delivery] = islice(sandbox.follow(events[-1].id), 1)
    assert (delivery.kind, delivery.data["type"]) == ("delivery", "message.created")


def test_filters_select_requests_and_their_events(sandbox: Sandbox) -> None:
    sandbox.webhooks.create(sandbox.inboxes.url("app"))
    for _ in range(2):
        sandbox.call("GET", "/v1/contacts")
        send(sandbox)
    events = [*islice(sandbox.follow("0.0", operation="messages.*", status=201), 4)]
    assert kinds(events) == ["request", "event"] * 2
    assert {event.data["request"] for event in events if event.kind == "event"} == {
        "req_2",
        "req_4",
    }


def test_requests_that_the_journal_lost_are_counted(sandbox: Sandbox) -> None:
    for _ in range(3):
        sandbox.call("GET", "/v1/contacts")
    sandbox.journal.clear()
    send(sandbox)
    events = [*islice(sandbox.follow("1.0"), 2)]
    assert (kinds(events), events[0].data) == (["missing", "request"], {"requests": 2})


@pytest.mark.parametrize("last_id", ["", "1", "1.2.3", "-1.0", "a.b", "²." + "0", "9" * 50 + ".0"])
def test_another_id_is_refused(sandbox: Sandbox, last_id: str) -> None:
    with pytest.raises(ApiError, match="Last-Event-ID: must be the id of an event of this stream"):
        next(sandbox.follow(last_id.encode().decode("latin-1")))


def test_an_id_of_an_earlier_server_starts_anew(sandbox: Sandbox) -> None:
    send(sandbox)
    assert next(sandbox.follow("77.5")).data["id"] == "req_1"


def test_the_end_of_the_sandbox_ends_its_streams(server: MockServer) -> None:
    sandbox = server.sandbox("short-lived")
    with opened(sandbox) as lines:
        sandbox.delete()
        assert lines.read() == b"\n\r\n0\r\n\r\n"


def test_the_end_of_the_server_ends_its_streams() -> None:
    with MockServer() as server, opened(server.sandbox("app")) as lines:
        server.stop()
        assert lines.read().endswith(b"0\r\n\r\n")


def test_a_hundred_listeners_get_every_request(sandbox: Sandbox) -> None:
    with ExitStack() as stack:
        listeners = [stack.enter_context(opened(sandbox)) for _ in range(100)]
        for _ in range(3):
            sandbox.call("GET", "/v1/contacts")
        for lines in listeners:
            ids = (line for line in lines if line.startswith(b"id: "))
            assert [*islice(ids, 3)] == [b"id: 1.0\n", b"id: 2.0\n", b"id: 3.0\n"]


def test_a_listener_that_does_not_read_is_dropped_and_others_are_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Server(create_app(), idle_timeout=0.2)
    server.start()
    try:
        sandbox = MockServer(url=server.url).sandbox("slow")
        with caplog.at_level("DEBUG", "mockserver"), opened(sandbox) as slow:
            while "disconnected: timed out" not in caplog.text:
                send(sandbox, "x" * 100_000)
            assert next(sandbox.follow("0.0")).kind in ("missing", "request")
            assert not slow.read().endswith(b"0\r\n\r\n")
    finally:
        server.stop()


def test_head_has_no_body(sandbox: Sandbox) -> None:
    response = sandbox.call("HEAD", f"/_sandbox/stream?sandbox={sandbox.name}")
    assert (response.status, response.data) == (200, b"")
    assert response.headers["Content-Type"].startswith("text/event-stream")
