"""A webhook receiver on a real socket that records requests and sends scripted responses."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: A certificate for localhost and 127.0.0.1, with its key.
CERTIFICATE = Path(__file__).with_name("self_signed.pem")

GIVE_UP = 30.0
"""Seconds after which a waiting test fails."""

Response = Callable[["Receiver", socket.socket], None]


@dataclass(frozen=True)
class Received:
    """A received request; header names are lowercase."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        return json.loads(self.body)


class Receiver:
    """A receiver with a thread per connection; requests without a scripted response get a 200."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._host = host
        self.port = 0
        self._changed = threading.Condition()
        self._script: deque[Response] = deque()
        self._received: list[Received] = []
        self._threads: list[threading.Thread] = []
        #: Set to end the responses that hang.
        self.unblock = threading.Event()
        self.default_response: Response = status(200)
        self.open()
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self.port}/hooks/protocol?from=sandbox"

    def respond_with(self, *responses: int | Response) -> None:
        """Script the responses to the next requests; a number is a status."""
        with self._changed:
            self._script += [status(item) if isinstance(item, int) else item for item in responses]

    def response_to(self, received: Received) -> Response:
        """Return the response to a request for which none is scripted."""
        return self.default_response

    @property
    def received(self) -> list[Received]:
        """The received requests, in order."""
        with self._changed:
            return list(self._received)

    @property
    def types(self) -> list[str]:
        """The types of the received events, in order."""
        return [request.event["type"] for request in self.received]

    @property
    def ids(self) -> list[str]:
        """The ids of the received events, in order."""
        return [request.event["id"] for request in self.received]

    def wait(self, count: int) -> list[Received]:
        """Wait for ``count`` requests and return them all."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._received) >= count, GIVE_UP)
            return list(self._received)

    def open(self) -> None:
        """Listen; after a close, on the same port as before."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        address = (self._host, self.port)
        self._listener = socket.create_server(address, family=family, backlog=128)
        self.port = self._listener.getsockname()[1]
        self.unblock.clear()
        self._run(self._accept)

    def close(self) -> None:
        self.unblock.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        # The accepting thread is first in the list, since it starts the others.
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
        # The sender may close the connection at any moment.
        with connection, suppress(OSError, EOFError):
            connection.settimeout(GIVE_UP)
            received = _read(connection)
            with self._changed:
                self._received.append(received)
                respond = self._script.popleft() if self._script else self.response_to(received)
                self._changed.notify_all()
            respond(self, connection)


class Handshake(Receiver):
    """A receiver whose TLS handshake never ends: a record of 16 KB, byte by byte."""

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.sendall(b"\x16\x03\x03\x40\x00")
            while not self.unblock.wait(0.05):
                connection.sendall(b"\x02")


class SelfSigned(Receiver):
    """A receiver whose TLS certificate no authority has signed."""

    def _serve(self, connection: socket.socket) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(CERTIFICATE)
        with suppress(OSError), context.wrap_socket(connection, server_side=True) as secure:
            super()._serve(secure)


class WithoutTls(Receiver):
    """A receiver that sends an HTTP response at once, so that a TLS handshake fails."""

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


# responses


def status(code: int, *headers: str, body: bytes = b"") -> Response:
    """Send a response with this status."""
    lines = [f"HTTP/1.1 {code} So", f"Content-Length: {len(body)}", *headers, "", ""]
    return raw("\r\n".join(lines).encode() + body)


def raw(data: bytes) -> Response:
    """Send these bytes."""
    return lambda _, connection: connection.sendall(data)


def hang(receiver: Receiver, connection: socket.socket) -> None:
    """Hang until unblocked, then send a 200."""
    receiver.unblock.wait(GIVE_UP)
    status(200)(receiver, connection)


def dribble(head: bytes) -> Response:
    """Send ``head``, then one byte at a time without end."""

    def respond(receiver: Receiver, connection: socket.socket) -> None:
        connection.sendall(head)
        while not receiver.unblock.wait(0.05):
            connection.sendall(b"x")

    return respond


def flood(head: bytes) -> Response:
    """Send ``head``, then bytes as fast as possible without end."""

    def respond(receiver: Receiver, connection: socket.socket) -> None:
        connection.sendall(head)
        while not receiver.unblock.is_set():
            connection.sendall(head[-1:] * 65536)

    return respond


def reset(_: Receiver, connection: socket.socket) -> None:
    """Reset the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def close_without_response(_: Receiver, connection: socket.socket) -> None:
    """Close the connection."""
    connection.shutdown(socket.SHUT_RDWR)
