"""Sending requests to a server: over HTTP, or to a WSGI application in the same process."""

from __future__ import annotations

import json
import sys
import weakref
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPMessage
from io import BytesIO
from selectors import EVENT_READ, DefaultSelector
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
from wsgiref.util import setup_testing_defaults

RESPONSE_TIMEOUT = 330.0
"""Seconds without a byte before a request fails; ``journal.wait`` may take 300."""


class Unreachable(ConnectionError):
    """No response: nothing listens at the URL, it is not a mockserver, or a fault intervened."""


@dataclass(frozen=True)
class HttpResponse:
    """A response: its status, its headers (names in any case) and the bytes of its body."""

    status: int
    headers: HTTPMessage = field(repr=False)
    data: bytes

    @property
    def json(self) -> Any:
        """The parsed body, or None if it is empty. Raises ``ValueError`` for invalid JSON."""
        return json.loads(self.data) if self.data else None


class HttpTransport:
    """Requests over HTTP, on persistent connections that all threads share.

    ``root`` is the server's URL, such as ``http://127.0.0.1:4242``. Proxy variables are ignored.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self._idle: deque[HTTPConnection] = deque()
        weakref.finalize(self, _close_all, self._idle)

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> HttpResponse:
        """Send a request to a path with its query, and return the complete response.

        The request is sent once and never retried. Raises ``Unreachable``.
        """
        connection = self._connection()
        try:
            connection.request(method, target, body or None, dict(headers))
            received = connection.getresponse()
            response = HttpResponse(received.status, received.headers, received.read())
        except BaseException as error:
            connection.close()
            if not isinstance(error, OSError | HTTPException):
                raise
            reason = str(error) or type(error).__name__
            raise Unreachable(f"{method} {self.root}{target}: no response: {reason}") from error
        self._idle.append(connection)
        return response

    def close(self) -> None:
        """Close idle connections; the next request opens a new one."""
        _close_all(self._idle)

    def _connection(self) -> HTTPConnection:
        """Return an idle connection that is still open, or a new one."""
        with suppress(IndexError):  # no connection is idle
            while _is_stale(connection := self._idle.pop()):
                connection.close()
            return connection
        return HTTPConnection(urlsplit(self.root).netloc, timeout=RESPONSE_TIMEOUT)


def parse_root(url: str) -> str:
    """Return a server's root URL without a trailing slash; raises ``ValueError`` for other URLs."""
    with suppress(ValueError):  # an invalid port or IPv6 address
        parts = urlsplit(url)
        root = f"http://{parts.netloc}"
        is_root = parts.geturl().rstrip("/") == root
        if is_root and parts.hostname and parts.username is None and parts.port != 0:
            return root
    example = "such as http://127.0.0.1:4242, without /v1"
    raise ValueError(f"{url!r} is not the root URL of a server, {example}")


def _is_stale(connection: HTTPConnection) -> bool:
    """Return True if the server has closed an idle connection.

    Check this before sending a request: if the connection closes afterwards, the server may or may
    not have handled the request.
    """
    if connection.sock is None:  # closed after its last response; the next request opens it
        return False
    with DefaultSelector() as selector:
        selector.register(connection.sock, EVENT_READ)
        return bool(selector.select(0))


def _close_all(connections: deque[HTTPConnection]) -> None:
    while connections:
        connections.pop().close()


class WsgiTransport:
    """Requests to a WSGI application in the same process (PEP 3333), without a socket."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> HttpResponse:
        """Send a request to a path with its query, and return the complete response."""
        status, message = 0, HTTPMessage()

        def start_response(line: str, fields: list[tuple[str, str]], *_: Any) -> Any:
            nonlocal status
            status = int(line[:3])
            for name, value in fields:
                message.add_header(name, value)

        try:
            chunks = self._app(_environ(method, target, headers, body), start_response)
        except ConnectionError as error:  # the application simulated a dropped connection
            raise Unreachable(f"{method} {target}: no response: {error}") from error
        try:
            return HttpResponse(status, message, b"".join(chunks))
        finally:
            if hasattr(chunks, "close"):
                chunks.close()


Transport = HttpTransport | WsgiTransport


def _environ(method: str, target: str, headers: Mapping[str, str], body: bytes) -> WSGIEnvironment:
    path, _, query = target.partition("?")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "localhost",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
    }
    setup_testing_defaults(environ)
    for name, value in headers.items():
        variable = name.upper().replace("-", "_")
        environ[variable if variable == "CONTENT_TYPE" else f"HTTP_{variable}"] = value
    return environ


@dataclass(frozen=True)
class SandboxWsgiApp:
    """A server's WSGI application, bound to one sandbox.

    A request without credentials gets ``authorization``, a header's value. A request with
    credentials keeps them, so a client's wrong token is still refused.
    """

    app: WSGIApplication
    name: str
    authorization: str

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # Imported late: a client of a running server needs nothing of the web package.
        from mockserver.web.auth import SANDBOX_KEY

        bound = {"HTTP_AUTHORIZATION": self.authorization, **environ, SANDBOX_KEY: self.name}
        return self.app(bound, start_response)
