"""Start and stop: a listening socket and the loop that serves it."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Self

from mockserver.server.loop import Loop

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BACKLOG = 1024  # connections that the system holds until they are accepted


class Server:
    """A WSGI application on a socket, served from threads.

    Port 0 picks a free one. ``max_body`` is in bytes. A connection is closed after
    ``idle_timeout`` seconds without a byte, within a request or between two.
    """

    def __init__(
        self,
        app: WSGIApplication,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        max_body: int = 25 * 1024 * 1024,
        idle_timeout: float = 30.0,
    ) -> None:
        self.host = host
        self.port = port
        self._app = app
        self._max_body = max_body
        self._idle_timeout = idle_timeout
        self._loop: Loop | None = None

    @property
    def url(self) -> str:
        """The URL at which a client on this machine reaches the server; no slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def start(self) -> None:
        """Listen, and serve from daemon threads; return when clients can connect.

        Raises OSError with ``errno.EADDRINUSE`` if another process listens on the port.
        """
        if self._loop is not None:
            raise RuntimeError(f"the server is running already, at {self.url}")
        listener = _listen(self.host, self.port)
        try:
            loop = Loop(self._app, listener, self._max_body, self._idle_timeout)
            loop.start()
        except (OSError, RuntimeError):  # no descriptor, or no thread
            listener.close()
            raise
        self.port = listener.getsockname()[1]
        self._loop = loop

    def stop(self) -> None:
        """Close every connection and end every thread at once. Repeated calls do nothing."""
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; IPv4 if a name such as ``localhost`` has both."""
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = min(infos)
    listener = socket.socket(family, kind, protocol)
    try:
        # SO_REUSEADDR lets a port be taken again at once after a stop, if the connections left
        # of it (which inherit the option) have it too. With port 0 it may only be set after
        # bind, which else may pick a port in use; on Windows it takes the port of another.
        if port and os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
