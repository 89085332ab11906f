"""A receiver of webhooks on a real socket: it answers as it is told, and keeps what it gets."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

GIVE_UP = 30.0
"""Seconds after which a test has failed that still waits for something."""

Answer = Callable[["Receiver", socket.socket], None]


@dataclass(frozen=True)
class Received:
    """One request: its first line, its headers by lower-case name, the bytes of its body."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        return json.loads(self.body)


class Receiver:
    """Takes requests on a thread for each connection; those after the script get a 200."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._host = host
        self.port = 0
        self._moved = threading.Condition()
        self._script: deque[Answer] = deque()
        self._received: list[Received] = []
        self._threads: list[threading.Thread] = []
        #: Set to let those go on that hang.
        self.let_go = threading.Event()
        self.always: Answer = status(200)
        self.open()
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self.port}/hooks/protocol?from=sandbox"

    def answer(self, *answers: int | Answer) -> None:
        """What the next requests get, in turn; a number is a status."""
        with self._moved:
            self._script += [status(each) if isinstance(each, int) else each for each in answers]

    def answer_to(self, received: Received) -> Answer:
        """What a request gets that is not in the script."""
        return self.always

    @property
    def received(self) -> list[Received]:
        """What came, in order."""
        with self._moved:
            return list(self._received)

    @property
    def types(self) -> list[str]:
        """The types of the events that came, in order."""
        return [each.event["type"] for each in self.received]

    @property
    def ids(self) -> list[str]:
        """The ids of the events that came, in order."""
        return [each.event["id"] for each in self.received]

    def wait(self, count: int) -> list[Received]:
        """What came, once it is that many."""
        with self._moved:
            assert self._moved.wait_for(lambda: len(self._received) >= count, GIVE_UP)
            return list(self._received)

    def open(self) -> None:
        """Listen; once it was closed, on the same port as before."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        address = (self._host, self.port)
        self._listener = socket.create_server(address, family=family, backlog=128)
        self.port = self._listener.getsockname()[1]
        self.let_go.clear()
        self._run(self._accept)

    def close(self) -> None:
        self.let_go.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        # The one that accepts comes first: it starts the others.
        for thread in self._threads:
            thread.join(GIVE_UP)
        self._threads.clear()

    def _run(self, work: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self._run(self._serve, self._listener.accept()[0])

    def _serve(self, connection: socket.socket) -> None:
        # Whoever is left in the middle of a word has closed the connection: so be it.
        with connection, suppress(OSError, EOFError):
            connection.settimeout(GIVE_UP)
            received = _read(connection)
            with self._moved:
                self._received.append(received)
                answer = self._script.popleft() if self._script else self.answer_to(received)
                self._moved.notify_all()
            answer(self, connection)


class Handshake(Receiver):
    """Begins to shake hands for TLS, and never ends: a record of 16 KB, byte by byte."""

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.sendall(b"\x16\x03\x03\x40\x00")
            while not self.let_go.wait(0.05):
                connection.sendall(b"\x02")


class WithoutTls(Receiver):
    """Sends an HTTP response at once, without reading, so a TLS handshake fails."""

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            connection.recv(65536)


def _read(connection: socket.socket) -> Received:
    with connection.makefile("rb") as stream:
        first = stream.readline().decode().rstrip("\r\n")
        if not first:
            raise EOFError
        headers: dict[str, str] = {}
        while (line := stream.readline().decode("latin-1").rstrip("\r\n")) != "":
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        return Received(first, headers, stream.read(int(headers["content-length"])))


# the ways to answer


def status(code: int, *headers: str, body: bytes = b"") -> Answer:
    """An answer of this status."""
    lines = [f"HTTP/1.1 {code} So", f"Content-Length: {len(body)}", *headers, "", ""]
    return raw("\r\n".join(lines).encode() + body)


def raw(data: bytes) -> Answer:
    """These bytes, whatever they mean."""
    return lambda _, connection: connection.sendall(data)


def hang(receiver: Receiver, connection: socket.socket) -> None:
    """No answer before it is let go; then a 200."""
    receiver.let_go.wait(GIVE_UP)
    status(200)(receiver, connection)


def dribble(head: bytes) -> Answer:
    """``head`` at once, then a byte now and then, for ever."""

    def answer(receiver: Receiver, connection: socket.socket) -> None:
        connection.sendall(head)
        while not receiver.let_go.wait(0.05):
            connection.sendall(b"x")

    return answer


def flood(head: bytes) -> Answer:
    """``head``, then bytes as fast as they are taken, for ever."""

    def answer(receiver: Receiver, connection: socket.socket) -> None:
        connection.sendall(head)
        while not receiver.let_go.is_set():
            connection.sendall(head[-1:] * 65536)

    return answer


def reset(_: Receiver, connection: socket.socket) -> None:
    """The connection is reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def nothing(_: Receiver, connection: socket.socket) -> None:
    """The connection is closed without an answer."""
    connection.shutdown(socket.SHUT_RDWR)
