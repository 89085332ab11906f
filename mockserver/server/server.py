"""Start and stop: a listening socket and the loop that serves it."""

from __future__ import annotations

import os
import socket
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mockserver.server.loop import Loop
from mockserver.server.wait_slots import WaitSlots

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BACKLOG = 1024
"""Connections that the system holds until they are accepted."""

IDLE_TIMEOUT = 30.0
"""Seconds without a byte after which a client is given up, within a request or between two."""


class Server:
    """A WSGI application on a socket, served from threads.

    ``max_body`` is in bytes, ``idle_timeout`` in seconds. Port 0 picks a free one.
    """

    def __init__(
        self,
        app: WSGIApplication,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        max_body: int = 25 * 1024 * 1024,
        idle_timeout: float = IDLE_TIMEOUT,
    ) -> None:
        self.host = host
        self.port = port
        self._app = app
        self._max_body = max_body
        self._idle_timeout = idle_timeout
        self._wait_slots = WaitSlots()
        self._loop: Loop | None = None
        self._process = 0

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
        host, self.port = listener.getsockname()[:2]
        environ = {"SERVER_NAME": host, "SERVER_PORT": str(self.port)}
        loop = Loop(
            self._app,
            listener,
            environ,
            max_body=self._max_body,
            idle_timeout=self._idle_timeout,
        )
        self._wait_slots = environ["mockserver.wait_slots"] = WaitSlots(loop.step_aside)
        loop.start()
        self._loop, self._process = loop, os.getpid()

    def stop(self) -> None:
        """Close every connection and end every thread; at once, and as often as one likes."""
        loop, self._loop = self._loop, None
        if loop is None:
            return
        if os.getpid() != self._process:
            loop.close_in_child()
            return
        self._wait_slots.close()
        loop.stop()

    def delay(self) -> AbstractContextManager[None]:
        """See `WaitSlots.delay`."""
        return self._wait_slots.delay()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
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
        if port:
            _make_reusable(listener)
        listener.bind(address)
        _make_reusable(listener)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _make_reusable(sock: socket.socket) -> None:
    if os.name == "posix":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
