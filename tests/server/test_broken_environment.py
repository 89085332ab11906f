"""Whatever the environment raises (a socket blocker, a log, an application), the server goes on."""

from __future__ import annotations

import logging
import selectors
import socket
import threading
from typing import Any

import pytest

from tests.server.conftest import TIMEOUT

ERRORS = [RuntimeError("sockets are blocked"), pytest.fail.Exception("sockets are blocked")]


@pytest.mark.parametrize("error", [*ERRORS, OSError("sockets are blocked")], ids=repr)
def test_an_error_in_accept_is_logged_once(
    connect: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: BaseException,
) -> None:
    before = connect()
    before.get()
    entered = threading.Semaphore(0)

    def fail(*_: Any) -> Any:
        entered.release()
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(socket.socket, "accept", fail)
        client = connect()
        for _ in range(2):
            assert entered.acquire(timeout=TIMEOUT)
        assert before.get().text == "hello"
    assert client.get().text == connect().get().text == "hello"
    (record,) = caplog.records
    assert "sockets are blocked" in record.getMessage()
    assert bool(record.exc_info) == (not isinstance(error, OSError))  # its message says it all


@pytest.mark.parametrize("error", ERRORS, ids=repr)
@pytest.mark.parametrize("name", ["setblocking", "recv", "send", "shutdown", "close"])
def test_an_error_of_a_socket_ends_one_connection(
    connect: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    name: str,
    error: BaseException,
) -> None:
    before = connect()
    before.get()
    original = getattr(socket.socket, name)
    raised = threading.Semaphore(0)

    def fail(*args: Any) -> Any:
        if threading.current_thread().name == "mockserver":
            raised.release()
            raise error
        return original(*args)

    with monkeypatch.context() as patch:
        patch.setattr(socket.socket, name, fail)
        connect().send(b"GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n").rest()
        assert raised.acquire(timeout=TIMEOUT)
    assert before.get().text == connect().get().text == "hello"
    assert {record.exc_info[1] for record in caplog.records if record.exc_info} == {error}


def test_an_error_of_the_selector_is_logged_once(
    connect: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = connect()
    client.get()
    select = selectors.DefaultSelector.select
    errors = iter([*ERRORS, *ERRORS])

    def fail_at_first(*args: Any) -> Any:
        for error in errors:
            raise error
        return select(*args)

    monkeypatch.setattr(selectors.DefaultSelector, "select", fail_at_first)
    assert [client.get().text for _ in range(3)] == ["hello"] * 3
    assert [record.exc_info[1] for record in caplog.records if record.exc_info] == ERRORS


def test_any_error_of_the_application_is_a_500(
    app: Any, connect: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(environ: Any) -> bytes:
        pytest.fail("no request expected")

    app.hello, before = fail, app.hello
    assert connect().send(b"GET / HTTP/1.1\r\n\r\n").refusal(500)
    assert "no request expected" in caplog.text
    app.hello = before
    assert connect().get().text == "hello"


class BrokenHandler(logging.Handler):
    """A log that cannot be written."""

    def emit(self, record: logging.LogRecord) -> None:
        raise OSError("the disk is full")


@pytest.mark.parametrize(
    "request_bytes",
    [b"GET /crash HTTP/1.1\r\n\r\n", b"GET /\r\n\r\n", b"GET /reset HTTP/1.1\r\n\r\n", b""],
)
def test_an_error_of_the_log_ends_at_most_one_connection(
    connect: Any, caplog: pytest.LogCaptureFixture, request_bytes: bytes
) -> None:
    logger, handler = logging.getLogger("mockserver"), BrokenHandler()
    before = connect()
    before.get()
    with caplog.at_level(logging.DEBUG, "mockserver"):
        logger.addHandler(handler)
        try:
            client = connect().send(request_bytes)
            client.socket.close()
            assert before.get().text == connect().get().text == "hello"
        finally:
            logger.removeHandler(handler)


def test_the_watchdog_tries_again_after_any_error(
    app: Any, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connect()
    client.get()
    tried = threading.Semaphore(0)

    def fail(_: threading.Thread) -> None:
        tried.release()
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail)
        slow = connect().send(b"GET /block HTTP/1.1\r\n\r\n")
        app.await_entries(1)
        for _ in range(2):
            assert tried.acquire(timeout=TIMEOUT)
    assert client.get().text == "hello"
    app.proceed.set()
    assert slow.reply().text == "done"
