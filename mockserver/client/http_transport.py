"""Requests over HTTP, on connections that are kept and shared by all threads."""

from __future__ import annotations

import socket
import weakref
from collections import deque
from collections.abc import Mapping
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from mockserver.client.transport import Answer, Unreachable

PATIENCE = 330.0
"""Seconds without a byte until a server is given up: a wait may last 300 (``Sandbox.wait``)."""


class HttpTransport:
    """The connections to one server, as many as are in use at once. Proxy variables do not count.

    ``root`` is the server's URL, such as ``http://127.0.0.1:4242``; raises ``ValueError`` for what
    is none.
    """

    def __init__(self, root: str) -> None:
        self.root = root.rstrip("/")
        self._address = _address(root)
        self._idle: deque[HTTPConnection] = deque()
        weakref.finalize(self, _close, self._idle)

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        with ExitStack() as undo:
            connection = self._connection()
            undo.callback(connection.close)
            try:
                connection.request(method, target, body or None, dict(headers))
                response = connection.getresponse()
                answer = Answer(response.status, response.headers, response.read())
            except (OSError, HTTPException) as error:
                why = str(error) or type(error).__name__
                raise Unreachable(f"{method} {self.root}{target} got no answer: {why}") from error
            undo.pop_all()
        self._idle.append(connection)
        return answer

    def close(self) -> None:
        _close(self._idle)

    def _connection(self) -> HTTPConnection:
        """One that is idle, else a new one."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread was faster
                break
            if not _is_stale(connection):
                return connection
            connection.close()
        return HTTPConnection(*self._address, timeout=PATIENCE)


def _address(root: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(root)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme != "http" or parts.path.strip("/") or parts.query:
        raise ValueError(
            f"url: {root!r} is no root of a server; give it without /v1, "
            "as in http://127.0.0.1:4242"
        )
    return host, port


def _is_stale(connection: HTTPConnection) -> bool:
    """Whether the server has closed it meanwhile. Asked before a request is sent: afterwards nobody
    could tell whether the server has done it."""
    sock = connection.sock
    if sock is None:  # closed after its last answer; the next request opens it
        return False
    sock.settimeout(0)
    try:
        sock.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        sock.settimeout(PATIENCE)
    return True


def _close(connections: deque[HTTPConnection]) -> None:
    while connections:
        connections.pop().close()
