"""Requests to a running server over HTTP, and their responses."""

import json
import os
import socket
import weakref
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit
from wsgiref.types import WSGIApplication

from mockserver.http_client import HTTPConnection, HTTPException, HTTPMessage
from mockserver.http_client import HTTPResponse as OpenResponse

RESPONSE_TIMEOUT = 330.0  # seconds without a byte; more than the 300 that a wait may take


class Unreachable(ConnectionError):
    """No response: no server listens at the URL, it is not a mockserver, or a fault dropped it."""


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


class RemoteServer:
    """A running server, reached over persistent connections that all threads share.

    After a fork, each process opens its own connections: on a shared one, each could receive the
    other's responses. A pickled instance has the URL only.

    Raises ``ValueError`` if ``url`` is not a server's root URL. Proxy settings are ignored.
    """

    def __init__(self, url: str) -> None:
        self.url = parse_root(url)
        #: Idle connections, each with the id of the process that opened it.
        self._idle: deque[tuple[int, HTTPConnection]] = deque()
        weakref.finalize(self, _close_all, self._idle)

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return type(self), (self.url,)

    @property
    def app(self) -> WSGIApplication:
        raise no_app(self.url)

    def start(self) -> None:
        """Do nothing: the server is running."""

    def stop(self) -> None:
        """Close idle connections; the server keeps running."""
        _close_all(self._idle)

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> HttpResponse:
        """Send a request once, without retries, and return the complete response.

        ``target`` is the path and query. Raises ``Unreachable``.
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
            raise Unreachable(f"{method} {self.url}{target}: no response: {reason}") from error
        self._idle.append((os.getpid(), connection))
        return response

    @contextmanager
    def open(self, target: str, headers: Mapping[str, str]) -> Iterator[OpenResponse]:
        """Send a GET request, and yield a response whose body may never end."""
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=RESPONSE_TIMEOUT)) as opened:
            try:
                opened.request("GET", target, headers=dict(headers))
                with opened.getresponse() as response:
                    yield response
            except (OSError, HTTPException) as error:
                reason = str(error) or type(error).__name__
                raise Unreachable(f"GET {self.url}{target}: the stream broke: {reason}") from error

    def _connection(self) -> HTTPConnection:
        """Return an idle connection that is still open, or a new one."""
        with suppress(IndexError):  # no connection is idle
            while True:
                process, connection = self._idle.pop()
                if process == os.getpid() and not _is_stale(connection):
                    return connection
                connection.close()
        return HTTPConnection(urlsplit(self.url).netloc, timeout=RESPONSE_TIMEOUT)


def no_app(url: str) -> RuntimeError:
    """Return the error for the application of a server in another process."""
    return RuntimeError(
        f"the server at {url} runs in another process, so it has no app; use its url"
    )


def parse_root(url: str) -> str:
    """Return a root URL without its trailing slash; raises ``ValueError`` for any other URL."""
    with suppress(ValueError):  # an invalid port or IPv6 address
        parts = urlsplit(url)
        root = f"http://{parts.netloc}"
        is_root = parts.geturl().rstrip("/") == root
        if is_root and parts.hostname and parts.username is None and parts.port != 0:
            return root
    example = "such as http://127.0.0.1:4242, without /v1"
    raise ValueError(f"{url!r} is not the root URL of a server, {example}")


def _is_stale(connection: HTTPConnection) -> bool:
    """Return whether the server has closed an idle connection."""
    # Without this check, a request on a closed connection fails, and cannot be sent again: the
    # server may have handled it.
    sock = connection.sock
    if sock is None:  # closed after its last response; the next request opens it
        return False
    sock.settimeout(0)
    try:
        sock.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        sock.settimeout(RESPONSE_TIMEOUT)
    return True


def _close_all(connections: deque[tuple[int, HTTPConnection]]) -> None:
    while connections:
        connections.pop()[1].close()
