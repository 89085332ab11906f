"""Start and stop: a listening socket, the loop that watches it, and the threads."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
import threading
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from cheroot.connections import ConnectionManager
from cheroot.server import HTTPServer

from mockserver.server.connection import Connection
from mockserver.server.request import Gateway
from mockserver.server.thread_pool import ThreadPool
from mockserver.server.wait_slots import WaitSlots

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BACKLOG = 1024
"""Connections that the system holds until we accept them."""

SILENCE = 30.0
"""Seconds without a byte after which a client is given up, within a request or between two."""

LOOP_SECONDS = 0.02 if os.name == "nt" else 0.1
"""How long the loop sleeps at most: what an idle server costs, and how late silence is noticed.
On Windows it also is how late a kept connection is listened to again."""

logger = logging.getLogger("mockserver")


class Server:
    """A WSGI application on a socket, served from threads.

    ``max_body`` is in bytes, ``silence`` in seconds. Port 0 picks a free one.
    """

    def __init__(
        self,
        app: WSGIApplication,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        max_body: int = 25 * 1024 * 1024,
        silence: float = SILENCE,
    ) -> None:
        self.host = host
        self.port = port
        self._app = app
        self._max_body = max_body
        self._silence = silence
        self._parking = WaitSlots()
        self._http: _HttpServer | None = None

    @property
    def url(self) -> str:
        """Where a client on this machine reaches the server; no slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def start(self) -> None:
        """Listen, and serve from a daemon thread; return when clients can connect.

        Raises OSError with ``errno.EADDRINUSE`` if another listens on the port.
        """
        if self._http is not None:
            raise RuntimeError(f"the server is running already, at {self.url}")
        self._parking = WaitSlots()
        http = _HttpServer(self._app, (self.host, self.port), self._parking)
        http.max_request_body_size = self._max_body
        http.timeout = self._silence
        http.prepare()
        self.port = http.bind_addr[1]
        self._http = http
        threading.Thread(target=http.serve, name="mockserver", daemon=True).start()

    def stop(self) -> None:
        """Close every connection and end every thread; at once, and as often as one likes."""
        http, self._http = self._http, None
        if http is not None:
            self._parking.close()
            http.stop()

    def parked(self) -> AbstractContextManager[None]:
        """See `WaitSlots.parked`; a request gets at it by ``environ["mockserver.parking"]``."""
        return self._parking.parked()

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


class _HttpServer(HTTPServer):
    """cheroot's server, started and stopped our way.

    cheroot's own start hides the errno, takes over a socket of systemd where the environment
    says so, and its stop waits for whoever is in the middle of a request.
    """

    ConnectionClass = Connection
    expiration_interval = LOOP_SECONDS
    keep_alive_conn_limit = sys.maxsize
    software = "mockserver"
    timeout: Any

    def __init__(self, app: WSGIApplication, address: tuple[str, int], parking: WaitSlots) -> None:
        super().__init__(address, Gateway, server_name=self.software)
        self.wsgi_app = app
        self.parking = parking
        self.requests = ThreadPool(self)

    def clear_stats(self) -> None:
        """Without cheroot's entry in a global of `logging`, which would keep us for ever."""
        self.stats = {"Enabled": False}

    def prepare(self) -> None:
        self.socket = _listen(*self.bind_addr)
        self.bind_addr = self.socket.getsockname()[:2]
        self._connections = ConnectionManager(self)
        self.ready = True
        self._process = os.getpid()

    def serve(self) -> None:
        while self.ready:
            try:
                self._connections.run(self.expiration_interval)
            except Exception:
                if self.ready:
                    logger.exception("the server could not take a connection")
                    self.parking.wait(0.1)  # out of file descriptors, say: not in a hot loop

    def process_conn(self, connection: Connection) -> None:
        if connection.last_used is None:  # a new one: it gets no thread before it speaks
            self._connections.put(connection)
        else:
            self.requests.put(connection)

    def stop(self) -> None:
        if os.getpid() != self._process:
            self.socket.close()  # a fork has its own end of it, and none of the threads
            return
        self.ready = False  # from here on a connection is closed after its answer
        with contextlib.suppress(OSError):  # only Linux shuts down a socket that listens
            self.socket.shutdown(socket.SHUT_RDWR)  # it wakes the loop
        self._connections.stop()
        self.socket.close()
        self.requests.stop()
        self._connections.close()

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        logger.log(level, msg, exc_info=traceback)


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens. IPv4 first, where a name such as ``localhost`` has both."""
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = min(infos)
    listening = socket.socket(family, kind, protocol)
    try:
        # SO_REUSEADDR lets a port be taken again at once after a stop, if the connections left
        # of it (which inherit the option) have it too. With port 0 it may only be set after
        # bind, which else may pick a port in use; on Windows it takes the port of another.
        if port:
            _make_reusable(listening)
        listening.bind(address)
        _make_reusable(listening)
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening


def _make_reusable(sock: socket.socket) -> None:
    if os.name == "posix":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
