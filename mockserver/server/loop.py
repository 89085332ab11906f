"""The loop over all connections: it accepts, reads, serves, sends and closes, without blocking."""

from __future__ import annotations

import contextlib
import errno
import logging
import selectors
import socket
from collections import deque
from collections.abc import Callable
from functools import partial
from threading import get_ident
from time import monotonic
from typing import TYPE_CHECKING, Any

from mockserver import errors
from mockserver.server.connection import Connection
from mockserver.server.exchange import Exchange, refusal
from mockserver.server.head import Head
from mockserver.server.leadership import Leadership
from mockserver.server.reader import Request, RequestReader

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HEAD_TIMEOUT = 10.0
"""Seconds in which a whole head must arrive, from its first byte."""

MIN_BODY_RATE = 500
"""Bytes a second; what has arrived of a body extends its deadline (Apache's mod_reqtimeout)."""

DRAIN_TIMEOUT = 1.0
MAX_DRAINED = 64 * 1024 * 1024
"""Seconds and bytes for which the rest of a refused request is read and dropped, so that its
client sees the response: a close with bytes unread is a reset, which discards the response."""

SHUTDOWN_TIMEOUT = 0.1
"""Seconds that a stop gives requests in service to end, before and after their sockets close."""

SWEEP_INTERVAL = 0.5
"""Seconds between two looks for connections whose deadline has passed."""

MAX_ACCEPTED = 128
"""Connections that are accepted before others are served."""

RECEIVE_SIZE = 256 * 1024

MAX_REMEMBERED_HEADS = 512
MAX_REMEMBERED_HEAD = 4096
"""Heads, and bytes of each, that are parsed only once: clients repeat themselves."""

EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE

logger = logging.getLogger("mockserver")


class Loop:
    """The connections of a listening socket, served by a WSGI application.

    ``environ`` is what the environs of all requests have in common; ``max_body`` is in bytes,
    ``idle_timeout`` in seconds.
    """

    def __init__(
        self,
        app: WSGIApplication,
        listener: socket.socket,
        environ: dict[str, Any],
        *,
        max_body: int,
        idle_timeout: float,
    ) -> None:
        self._app = app
        self._listener = listener
        self._environ = environ
        self._max_body = max_body
        self._idle_timeout = idle_timeout
        self._head_timeout = min(HEAD_TIMEOUT, idle_timeout)
        self._sweep_interval = min(SWEEP_INTERVAL, idle_timeout / 2)
        self._next_sweep = 0.0
        self._heads: dict[bytes, Head] = {}
        self._is_accepting = True
        self._is_running = True
        self._pipelined: deque[Connection] = deque()
        self._returned: deque[Connection] = deque()  # by threads that have stepped aside
        self._selector = selectors.DefaultSelector()
        self._waker, self._wakeup = socket.socketpair()
        self._leadership = Leadership(self._lead, self._unregister)

    def start(self) -> None:
        """Serve from daemon threads."""
        for sock in (self._listener, self._waker, self._wakeup):
            sock.setblocking(False)
        self._selector.register(self._listener, READ)
        self._selector.register(self._waker, READ)
        self._leadership.start()

    def stop(self) -> None:
        """Close every connection and end every thread, those in a request if they end in time.

        What outlives it is a daemon thread in a handler that does not end; its connection is shut
        down. If a handler calls this, its response is still sent.
        """
        self._is_running = False
        in_service = self._leadership.stop()
        self._wake()
        # First no more bytes in, which lets a handler respond; then none out either.
        for how in (socket.SHUT_RD, socket.SHUT_RDWR):
            for ident, connection in in_service.items():
                if ident != get_ident():
                    with contextlib.suppress(OSError):
                        connection.socket.shutdown(how)
            self._leadership.join(SHUTDOWN_TIMEOUT)
        waiting = [key.data for key in self._selector.get_map().values() if key.data is not None]
        for connection in waiting:
            if connection not in in_service.values():
                self._cut(connection)
        for closable in (self._selector, self._listener, self._waker, self._wakeup):
            closable.close()

    def _cut(self, connection: Connection) -> None:
        """Close a connection; the client of a request that was begun gets an error."""
        error: errors.ApiError | None
        try:
            request = connection.reader.end()
            error = request and request.error
        except errors.ApiError as malformed:
            error = malformed
        if error is not None:
            connection.outgoing = refusal(error)
            with contextlib.suppress(OSError):
                connection.flush()
        connection.close()

    def close_in_child(self) -> None:
        """Close what a forked child has inherited; the parent's connections go on."""
        for sock in (self._listener, self._waker, self._wakeup):
            sock.close()

    def step_aside(self) -> None:
        """See `Leadership.step_aside`."""
        self._leadership.step_aside()

    def parse_head(self, raw: bytes) -> Head:
        """Parse a whole head, unless the same bytes were parsed before."""
        head = self._heads.get(raw)
        if head is None:
            head = Head(raw, self._max_body)
            if len(raw) <= MAX_REMEMBERED_HEAD:
                if len(self._heads) >= MAX_REMEMBERED_HEADS:
                    self._heads.clear()
                self._heads[raw] = head
        return head

    # the leader's work

    def _lead(self) -> None:
        leadership = self._leadership
        while leadership.is_mine():
            for key, _ in self._selector.select(self._timeout()):
                self._handle(key.fileobj, key.data)
                if not leadership.is_mine():
                    return
            for _ in range(len(self._pipelined)):
                self._guard(self._advance, self._pipelined.popleft())
                if not leadership.is_mine():
                    return
            if monotonic() >= self._next_sweep:
                self._sweep()

    def _timeout(self) -> float | None:
        if self._pipelined:
            return 0
        is_idle = self._is_accepting and len(self._selector.get_map()) == 2
        return None if is_idle else self._sweep_interval

    def _handle(self, sock: Any, connection: Connection | None) -> None:
        if connection is not None:
            self._guard(self._transfer, connection)
        elif sock is self._listener:
            self._accept()
        else:
            with contextlib.suppress(OSError):
                self._waker.recv(4096)
            while self._returned:
                self._guard(self._settle, self._returned.popleft())

    def _guard(self, step: Callable[[Connection], None], connection: Connection) -> None:
        """Take a step with a connection; whatever goes wrong ends this connection only."""
        try:
            step(connection)
        except OSError as error:
            logger.debug("%s hung up: %s", connection.address, error)
            self._close(connection)
        except Exception:
            logger.exception("a connection failed")
            self._close(connection)

    def _accept(self) -> None:
        for _ in range(MAX_ACCEPTED):
            try:
                sock, address = self._listener.accept()
            except OSError as error:
                if error.errno in EXHAUSTED:
                    self._pause_accepting(error)
                return
            with contextlib.suppress(OSError):  # macOS refuses if the client is gone again
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            reader = RequestReader(self.parse_head, self._max_body)
            connection = Connection(sock, address, reader, self.step_aside, self._idle_timeout)
            self._register(connection, READ, self._idle_timeout)

    def _pause_accepting(self, error: OSError) -> None:
        logger.warning("accepting no connections until a file descriptor is free: %s", error)
        self._selector.unregister(self._listener)
        self._is_accepting = False

    def _resume_accepting(self) -> None:
        if not self._is_accepting:
            self._selector.register(self._listener, READ)
            self._is_accepting = True

    def _sweep(self) -> None:
        """End the connections whose deadline has passed."""
        now = monotonic()
        self._next_sweep = now + self._sweep_interval
        self._resume_accepting()
        for key in list(self._selector.get_map().values()):
            connection: Connection | None = key.data
            if connection is None or now < connection.deadline:
                continue
            if connection.outgoing or connection.drained is not None:
                self._close(connection)
            else:
                self._end(connection, partial(connection.reader.time_out, self._head_timeout))
            if not self._leadership.is_mine():
                return

    # one connection

    def _transfer(self, connection: Connection) -> None:
        """Send or receive what the client is ready for; raises OSError if it has hung up."""
        try:
            if connection.outgoing:
                connection.deadline = monotonic() + self._idle_timeout
                if connection.flush():
                    self._settle(connection)
                return
            data = connection.socket.recv(RECEIVE_SIZE)
        except BlockingIOError:
            return
        if connection.drained is not None:
            connection.drained += len(data)
            if not data or connection.drained > MAX_DRAINED:
                self._close(connection)
        elif data:
            if not connection.reader.received and connection.reader.head is None:
                connection.deadline = monotonic() + self._head_timeout
            connection.reader.received += data
            self._advance(connection)
        else:
            self._end(connection, connection.reader.end)

    def _advance(self, connection: Connection) -> None:
        """Serve the next request if it has arrived whole."""
        reader = connection.reader
        had_head = reader.head is not None
        try:
            request = reader.next()
        except errors.ApiError as error:
            self._refuse(connection, error)
            return
        if request is not None:
            self._serve(connection, request)
            return
        if reader.head is not None:
            if not had_head:
                connection.body_since = monotonic()
                if reader.head.expects_continue and not reader.body:  # RFC 9110, 10.1.1
                    connection.socket.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            allowance = self._idle_timeout + len(reader.body) / MIN_BODY_RATE
            connection.deadline = connection.body_since + allowance

    def _end(self, connection: Connection, conclude: Callable[[], Request | None]) -> None:
        """Answer a request that will not arrive whole, if one was begun; then close."""
        try:
            request = conclude()
        except errors.ApiError as error:
            self._refuse(connection, error)
            return
        if request is None:
            self._close(connection)
        else:
            self._serve(connection, request)

    def _refuse(self, connection: Connection, error: errors.ApiError) -> None:
        """Answer a malformed request, and drop what else the client sends."""
        connection.outgoing = refusal(error, with_body=not connection.reader.is_head)
        connection.closes = True
        connection.drained = 0
        self._settle(connection)

    def _serve(self, connection: Connection, request: Request) -> None:
        if not self._leadership.begin_request(connection):
            return
        if request.error is not None:
            connection.drained = 0
        Exchange(connection, request).run(self._app, {**self._environ, **request.head.environ})
        self._leadership.end_request()
        if self._leadership.is_mine():
            self._settle(connection)
        elif self._is_running:
            self._returned.append(connection)
            self._wake()
        else:
            with contextlib.suppress(OSError):
                connection.send_all(connection.outgoing)
            connection.close()

    def _settle(self, connection: Connection) -> None:
        """Send what the client is owed; then wait for its next request, or close."""
        connection.socket.setblocking(False)
        if connection.outgoing and not connection.flush():
            self._register(connection, WRITE, self._idle_timeout)
        elif connection.drained is not None and not connection.is_resetting:
            with contextlib.suppress(OSError):
                connection.socket.shutdown(socket.SHUT_WR)
            self._register(connection, READ, DRAIN_TIMEOUT)
        elif connection.closes or connection.is_muted:
            self._close(connection)
        else:
            self._register(connection, READ, self._idle_timeout)
            if connection.reader.received:
                self._pipelined.append(connection)

    def _register(self, connection: Connection, events: int, timeout: float) -> None:
        connection.deadline = monotonic() + timeout
        if connection.events == 0:
            self._selector.register(connection.socket, events, connection)
        elif connection.events != events:
            self._selector.modify(connection.socket, events, connection)
        connection.events = events

    def _unregister(self, connection: Connection) -> None:
        if connection.events:
            self._selector.unregister(connection.socket)
            connection.events = 0

    def _close(self, connection: Connection) -> None:
        self._unregister(connection)
        connection.close()
        self._resume_accepting()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # full: the leader is awake; closed: it has ended
            self._wakeup.send(b"\0")
