"""A small application on a real socket, and clients that send it bytes."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any, Literal

import pytest

from mockserver.server import Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TIMEOUT = 30.0
"""Seconds; only a failing test waits for so long."""


class App:
    """A WSGI application that calls the method named like the path."""

    def __init__(self) -> None:
        self.entered = threading.Semaphore(0)  # released by each handler before it waits
        self.proceed = threading.Event()
        self.server: Server | None = None

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterator[bytes]:
        name = environ["PATH_INFO"].strip("/").replace("-", "_") or "hello"
        body: bytes | Iterator[bytes] = getattr(self, name)(environ)
        headers = [("Content-Type", "text/plain")]
        if isinstance(body, bytes):
            headers.append(("Content-Length", str(len(body))))
            body = iter([body])
        if name == "more_than_declared":
            headers.append(("Content-Length", "1"))
        start("200 OK", headers)
        return body

    def signal_entry(self) -> None:
        self.entered.release()

    def await_entries(self, count: int) -> None:
        for _ in range(count):
            assert self.entered.acquire(timeout=TIMEOUT)

    def hello(self, environ: WSGIEnvironment) -> bytes:
        return b"hello"

    def echo(self, environ: WSGIEnvironment) -> bytes:
        self.signal_entry()
        data: bytes = environ["wsgi.input"].read()
        return data

    def read_twice(self, environ: WSGIEnvironment) -> bytes:
        """Read again after an error, and return the last error's message."""
        for _ in range(2):
            try:
                environ["wsgi.input"].read()
            except Exception as error:  # noqa: BLE001
                last = str(error)
        return last.encode()

    def read_some(self, environ: WSGIEnvironment) -> bytes:
        data: bytes = environ["wsgi.input"].read(3)
        return data

    def environ(self, environ: WSGIEnvironment) -> bytes:
        values = {name: value for name, value in environ.items() if isinstance(value, str)}
        return json.dumps(values).encode()

    def delay(self, environ: WSGIEnvironment) -> bytes:
        slots = environ["mockserver.wait_slots"]
        with slots.delay():
            self.signal_entry()
            return b"waited" if slots.wait(TIMEOUT) else b"stopping"

    def short_wait(self, environ: WSGIEnvironment) -> bytes:
        return str(environ["mockserver.wait_slots"].wait(0.001)).encode()

    def block(self, environ: WSGIEnvironment) -> bytes:
        """Block without noticing that the server stops."""
        self.signal_entry()
        self.proceed.wait(TIMEOUT)
        return b"done"

    def stop(self, environ: WSGIEnvironment) -> bytes:
        assert self.server is not None
        self.server.stop()
        return b"stopped"

    def crash(self, environ: WSGIEnvironment) -> bytes:
        raise RuntimeError("a bug")

    def crash_like_a_socket(self, environ: WSGIEnvironment) -> bytes:
        raise TimeoutError("timed out")

    def crash_at_first(self, environ: WSGIEnvironment) -> Iterator[bytes]:
        if environ:
            raise RuntimeError("a bug in a stream")
        yield b""

    def crash_at_second(self, environ: WSGIEnvironment) -> Iterator[bytes]:
        yield b"first"
        raise RuntimeError("a bug in a stream")

    def more_than_declared(self, environ: WSGIEnvironment) -> Iterator[bytes]:
        yield b"two"

    def endless(self, environ: WSGIEnvironment) -> Iterator[bytes]:
        yield b"begin"
        self.signal_entry()
        while True:
            yield bytes(65536)

    def exit(self, environ: WSGIEnvironment) -> bytes:
        raise SystemExit(3)

    def reset(self, environ: WSGIEnvironment) -> bytes:
        environ["mockserver.connection"].reset()
        return b"never sent"

    def hang_up(self, environ: WSGIEnvironment) -> bytes:
        environ["mockserver.connection"].hang_up()
        return b"never sent"

    def raw(self, environ: WSGIEnvironment) -> bytes:
        environ["mockserver.connection"].send(b"HTTP/1.1 2")
        environ["mockserver.connection"].send(b"\0\xff\r\r")
        return b"never sent"

    def cut(self, environ: WSGIEnvironment) -> Iterator[bytes]:
        yield b"first"
        environ["mockserver.connection"].hang_up()
        yield b"never sent"

    def reset_later(self, environ: WSGIEnvironment) -> Iterator[bytes]:
        yield b"first"
        self.proceed.wait(TIMEOUT)
        environ["mockserver.connection"].reset()


class Reply(HTTPResponse):
    """A response read to its end, without reading ahead in the connection."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(_Unbuffered(sock))  # type: ignore[arg-type]
        self.begin()
        self.text = self.read().decode()

    def json(self) -> Any:
        return json.loads(self.text)


class Client:
    """A TCP connection to the server, read as HTTP responses or as bytes."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock

    def send(self, data: bytes) -> Client:
        self.socket.sendall(data)
        return self

    def get(self, path: str = "/hello") -> Reply:
        return self.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()).reply()

    def reply(self) -> Reply:
        """Read the next response."""
        return Reply(self.socket)

    def refusal(self, status: int) -> str:
        """Read an error object and the end of the connection; return the error's message."""
        response = self.reply()
        assert response.status == status
        assert response.getheader("Content-Type") == "application/json"
        assert response.getheader("Connection") == "close"
        error = response.json()
        assert sorted(error) == ["documentation_url", "message", "type"]
        assert error["type"] == ("api_error" if status >= 500 else "invalid_request")
        assert self.rest() == b""
        message: str = error["message"]
        return message

    def receive(self, count: int) -> bytes:
        """Read the given number of bytes."""
        return self.socket.recv(count, socket.MSG_WAITALL)

    def rest(self) -> bytes:
        """Read all bytes until the server closes the connection."""
        data = b""
        while received := self.socket.recv(65536):
            data += received
        return data


class _Unbuffered:
    """A socket whose file does not read ahead, so that responses are read one by one."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def makefile(self, mode: Literal["rb"]) -> socket.SocketIO:
        return self._socket.makefile(mode, buffering=0)


Connect = Callable[..., Client]


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def server(app: App) -> Iterator[Server]:
    with Server(app, max_body=1000) as server:
        app.server = server
        yield server
    app.proceed.set()


@pytest.fixture
def connect(server: Server) -> Iterator[Connect]:
    """Return a function that connects to this server, or to another."""
    with ExitStack() as stack:

        def connect(to: Server = server) -> Client:
            sock = socket.create_connection((to.host, to.port), timeout=TIMEOUT)
            return Client(stack.enter_context(sock))

        yield connect
