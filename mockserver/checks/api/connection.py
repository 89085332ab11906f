"""The connection to the other side: kept open, and every exchange on it ends in bounded time."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPException, IncompleteRead
from socket import SHUT_RDWR, socket
from ssl import SSLCertVerificationError, SSLError

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError

from mockserver.checks.api.address import Address

MOST = 16 * 1024 * 1024
"""Bytes of an answer that are read."""
PIECE = 64 * 1024
STEPS = 3
"""How many times as long as one step an exchange may take."""


class NoAnswer(Exception):
    """A request has no answer, or one that cannot be read; the text says why."""


class _Plain(HTTPConnection):
    """A connection with a handle on its socket. While TLS shakes hands nobody else has one, and
    the connection itself forgets its socket as soon as an answer says that it will close."""

    handle: socket | None = None

    def _new_conn(self) -> socket:
        opened = super()._new_conn()
        self.handle = opened.dup()
        return opened


class _Secure(_Plain, HTTPSConnection):
    """The same over TLS."""


class Line:
    """Takes up to ``seconds`` for each step of an exchange, and a few times that for all of it."""

    def __init__(self, address: Address, seconds: float) -> None:
        kind = _Plain if address.scheme == "http" else _Secure
        self._connection = kind(address.host, address.port, timeout=seconds)
        self._seconds = seconds
        #: The requests that may have been done, and were not answered: each its method and path.
        self.unanswered: list[tuple[str, str]] = []

    def exchange(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send a request; the answer's status, headers and body. Raises ``NoAnswer``."""
        over, whole = threading.Event(), False
        try:
            with self._bounded(over):
                if not self._connection.is_connected:
                    self._close()
                    self._connection.connect()
                self.unanswered.append((method, path))
                with suppress(BrokenPipeError):  # who answers before it has read all has answered
                    self._connection.request(method, path, content, headers, preload_content=False)
                response = self._connection.getresponse()
                data = self._read(response)
            whole = not over.is_set()
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise NoAnswer(self._late() if over.is_set() else self._why(error)) from None
        finally:
            # A body, which no 204 may have, would pass for the next answer.
            if not whole or response.status == 204 or self._connection.sock is None:
                self._close()
        if not whole:
            raise NoAnswer(self._late())
        self.unanswered.pop()
        return response.status, response.headers, data

    @contextmanager
    def _bounded(self, over: threading.Event) -> Iterator[None]:
        """Cut the line when the time is over: a socket's own limit begins anew with each byte."""

        def end() -> None:
            over.set()
            if self._connection.handle:
                with suppress(OSError):
                    self._connection.handle.shutdown(SHUT_RDWR)

        timer = threading.Timer(STEPS * self._seconds, end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _read(self, response: BaseHTTPResponse) -> bytes:
        found = bytearray()
        while piece := response.read1(PIECE):
            found += piece
            if len(found) > MOST:
                raise NoAnswer(f"an answer of more than {MOST // 2**20} MB")
        return bytes(found)

    def _close(self) -> None:
        self._connection.close()
        if self._connection.handle:
            self._connection.handle.close()
            self._connection.handle = None

    def _late(self) -> str:
        return f"an answer that is not whole after {STEPS * self._seconds:g} s"

    def _why(self, error: Exception) -> str:
        cause = error.args[-1] if error.args else error
        match error:
            case NewConnectionError():  # to urllib3 a kind of time-out
                return f"no connection: {str(error).rpartition(': ')[2]}"
            case TimeoutError() | ConnectTimeoutError() | ReadTimeoutError():
                return f"no answer within {self._seconds:g} s"
            case SSLCertVerificationError():
                return f"no connection: its certificate is refused: {error.verify_message}"
            case SSLError():
                return "no connection: it speaks no TLS; is it http:// ?"
        if any(isinstance(each, ConnectionError | IncompleteRead) for each in (error, cause)):
            return "the connection closed without a whole answer"
        return "an answer that is no HTTP"
