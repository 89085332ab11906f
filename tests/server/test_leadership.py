"""Slow requests do not block others, and no connection is lost between threads."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.server.connection import Connection
from mockserver.server.reader import RequestReader


def test_a_slow_handler_does_not_block_other_clients(app: Any, connect: Any) -> None:
    slow = [connect().send(b"GET /block HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n") for _ in "123"]
    app.await_entries(3)
    client = connect()
    assert [client.get().text for _ in range(3)] == ["hello"] * 3
    app.proceed.set()
    for client in slow:
        assert (client.reply().text, client.reply().text) == ("done", "hello")
        assert client.get().text == "hello"


def test_a_half_closed_connection_gets_all_responses(connect: Any) -> None:
    client = connect().send(
        b"GET /short-wait HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\nGET /short-wait HTTP/1.1\r\n\r\n"
    )
    client.socket.shutdown(socket.SHUT_WR)
    assert [client.reply().text for _ in range(3)] == ["True", "hello", "True"]
    assert client.rest() == b""


def test_stop_sends_a_response_that_was_just_finished(
    server: Server, app: Any, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stop after the thread has returned the connection and before the leader knows."""
    client = connect().send(b"GET /block HTTP/1.1\r\n\r\n")
    app.await_entries(1)
    connect().get()  # so another thread leads
    returned = threading.Event()
    monkeypatch.setattr(Server, "_wake", lambda server: returned.set())
    app.proceed.set()
    assert returned.wait(30)
    server.stop()
    assert client.reply().text == "done"
    assert client.rest() == b""


def test_a_client_can_hang_up_at_its_deadline(
    app: Any, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flush(connection: Connection) -> bool:
        monkeypatch.undo()
        raise ConnectionResetError

    with Server(app, idle_timeout=0.2) as server:
        client = connect(server).send(b"GET /he")
        monkeypatch.setattr(Connection, "flush", flush)
        assert client.rest() == b""
        assert connect(server).get().text == "hello"


def test_a_large_response_is_not_copied_for_each_send() -> None:
    def parse_head(raw: bytes) -> Any:
        raise AssertionError

    server_end, client_end = socket.socketpair()
    with server_end, client_end:
        server_end.setblocking(False)
        connection = Connection(
            server_end, ("", 0), RequestReader(parse_head), lambda: None, 1, lambda _: None
        )
        connection.outgoing = data = bytes(10_000_000)
        for _ in range(3):
            assert not connection.flush()
            assert memoryview(connection.outgoing).obj is data
            client_end.recv(1_000_000)
