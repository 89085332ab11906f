"""The application on a listening socket: a loop over all connections, which never blocks."""

import errno
import logging
import os
import selectors
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from functools import lru_cache, partial
from selectors import EVENT_READ, EVENT_WRITE
from threading import Thread, current_thread
from types import MappingProxyType
from typing import Any, Self
from wsgiref.types import WSGIApplication

from mockserver.server.connection import Connection
from mockserver.server.exchange import Exchange, refusal
from mockserver.server.leadership import Leadership
from mockserver.server.read_memo import ReadMemo
from mockserver.server.reader import Head, HttpError, Request, RequestReader, excerpt
from mockserver.storage.clock import stopwatch
from mockserver.storage.wait_slots import WaitSlots

BACKLOG = 1024  # connections that the system holds until they are accepted
HEAD_TIMEOUT = 10.0  # seconds in which a whole head must arrive, from its first byte
MIN_BODY_RATE = 500  # bytes per second; received bytes of a body extend its deadline
SWEEP_INTERVAL = 0.5  # seconds between two searches for connections past their deadline
SWEEP_SIZE = 32  # late connections that are ended before others are served
WARNING_INTERVAL = 60.0  # seconds between two warnings of one kind, since its cause may persist

# Seconds for which the rest of a refused request is read and dropped, so that its client sees the
# response: a close with bytes unread is a reset, which discards the response.
DRAIN_TIMEOUT = 1.0

# Seconds that a stop waits: for threads without a request, which never block; and for requests in
# service, before and after their sockets are shut down.
IDLE_THREADS_TIMEOUT = 5.0
SHUTDOWN_TIMEOUT = 0.1

RECEIVE_SIZE = 64 * 1024  # bytes parsed for one client before others are served

MAX_REMEMBERED_HEADS = 128  # parsed heads that are kept, since clients repeat them

# Maximum number of open connections: on Windows, select() supports at most 512 sockets.
MAX_CONNECTIONS = 500 if os.name == "nt" else sys.maxsize

# The key in an environ under which the application leaves a function that repeats the request.
REPEAT = "mockserver.repeat"

logger = logging.getLogger("mockserver")


class Server:
    """A WSGI application on a socket, served from threads.

    Port 0 picks a free one. ``max_body`` is in bytes; ``max_bodies`` has the limits of paths with
    another one. A connection is closed after ``idle_timeout`` seconds without a byte, within a
    request or between two.

    A connection is always in one step or in service. The leader, which alone uses the selector,
    takes the step when the selector or ``_ready`` has the connection. A connection that another
    thread serves is in neither.
    """

    def __init__(
        self,
        app: WSGIApplication,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        max_body: int = 25 * 1024 * 1024,
        max_bodies: Mapping[str, int] = MappingProxyType({}),
        idle_timeout: float = 30.0,
    ) -> None:
        self.host = host
        self.port = port
        self._app = app
        self._idle_timeout = idle_timeout
        self._head_timeout = min(HEAD_TIMEOUT, idle_timeout)
        self._sweep_interval = min(SWEEP_INTERVAL, idle_timeout / 2)
        self._next_sweep = 0.0
        self._next_warnings: dict[type[BaseException], float] = {}
        self._parse_head = lru_cache(MAX_REMEMBERED_HEADS)(
            partial(Head, max_body_of=lambda path: max_bodies.get(path, max_body))
        )
        self._resources: ExitStack | None = None  # while the server runs

    @property
    def url(self) -> str:
        """The URL at which a client on this machine reaches the server; no slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def start(self) -> None:
        """Listen, and serve from daemon threads; return when clients can connect.

        Raises OSError with ``errno.EADDRINUSE`` if another process listens on the port, and
        RuntimeError if no thread can start.
        """
        if self._resources is not None:
            raise RuntimeError(f"the server is running already, at {self.url}")
        self._process = os.getpid()
        self._memo = ReadMemo()
        self._connections: set[Connection] = set()
        self._ready: deque[Connection] = deque()
        self._leadership = Leadership(self._lead, self._unwatch)
        self._wait_slots = WaitSlots(self._leadership.step_aside)
        with ExitStack() as resources:
            self._listeners = _listen(self.host, self.port, resources)
            self._selector = resources.enter_context(selectors.DefaultSelector())
            self._waker, self._wakeup = map(resources.enter_context, socket.socketpair())
            for sock in (*self._listeners, self._waker, self._wakeup):
                sock.setblocking(False)
            self._is_accepting = False
            self._resume_accepting()
            self._selector.register(self._waker, EVENT_READ, partial(self._waker.recv, 4096))
            host, self.port = self._listeners[0].getsockname()[:2]
            self._environ: dict[str, Any] = {  # the part common to all requests
                "SERVER_NAME": host,
                "SERVER_PORT": str(self.port),
                "SCRIPT_NAME": "",
                "wsgi.version": (1, 0),
                "wsgi.url_scheme": "http",
                "wsgi.multithread": True,
                "wsgi.multiprocess": False,
                "wsgi.run_once": False,
                "wsgi.input_terminated": True,
                "mockserver.wait_slots": self._wait_slots,
            }
            resources.callback(self._end_service)
            self._leadership.start()
            self._resources = resources.pop_all()

    def stop(self) -> None:
        """Close all connections and end all threads.

        A handler that does not end in time continues in a daemon thread; its connection is shut
        down. If a handler calls this, its response is still sent. In a forked child, only the
        inherited sockets are closed. Repeated calls do nothing.
        """
        resources, self._resources = self._resources, None
        if resources is not None:
            resources.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _end_service(self) -> None:
        """End requests and threads; refuse partly received requests."""
        if os.getpid() != self._process:
            for connection in self._connections:
                connection.socket.close()
            return
        self._wait_slots.close()
        in_service = self._leadership.stop()
        self._wake()
        _join(self._leadership.threads.difference(in_service), IDLE_THREADS_TIMEOUT)
        _join(in_service, SHUTDOWN_TIMEOUT)
        for thread, connection in in_service.items():
            if thread is not current_thread():
                with suppress(OSError):
                    connection.socket.shutdown(socket.SHUT_RDWR)
        _join(in_service, SHUTDOWN_TIMEOUT)
        for connection in self._connections.difference(in_service.values()):
            request = connection.reader.cut() if connection.step == self._receive else None
            if request is not None and request.error is not None:
                connection.outgoing = refusal(request.error, request.raw_head)
            with suppress(OSError):
                connection.flush()
            connection.close()
        for listener in self._listeners:
            with suppress(OSError):  # a forked child would keep the port open
                listener.shutdown(socket.SHUT_RDWR)

    # the leader's work

    def _lead(self) -> None:
        """Lead for as long as this thread is the leader, whatever an unusual environment raises.

        Tools that patch or block sockets, for example, raise their own exceptions.
        """
        while self._leadership.is_mine():
            try:
                self._take_turn()
            except BaseException as error:  # noqa: BLE001 - it is logged, unless the log failed
                with suppress(BaseException):
                    self._warn("an error in the server's loop, which continues: %s", error)

    def _take_turn(self) -> None:
        """Take the next step of each connection that has one, while this thread leads."""
        is_mine = self._leadership.is_mine
        is_idle = self._is_accepting and not self._connections
        timeout = 0 if self._ready else None if is_idle else self._sweep_interval
        for key, _ in self._selector.select(timeout):
            key.data()
            if not is_mine():
                return
        for _ in range(len(self._ready)):
            self._take_step(self._ready.popleft())
            if not is_mine():
                return
        if stopwatch() >= self._next_sweep:
            self._sweep()

    def _take_step(self, connection: Connection) -> None:
        """Take the connection's next step; an error ends this connection only."""
        try:
            connection.step(connection)
        except OSError as error:
            self._close(connection)
            logger.debug("%s disconnected: %s", connection.address, error)
        except BaseException:
            self._close(connection)
            logger.exception("the connection from %s failed", connection.address)

    def _accept(self, listener: socket.socket) -> None:
        """Accept a connection; after an error, accept none until one closes or the next sweep."""
        if not self._is_accepting:  # another listener was ready at the same time, and has paused
            return
        try:
            if len(self._connections) >= MAX_CONNECTIONS:
                raise OSError(f"{MAX_CONNECTIONS} are open")
            sock, address = listener.accept()
        except (BlockingIOError, ConnectionError):
            return  # the client is gone again
        except BaseException as error:  # noqa: BLE001 - it is logged
            self._is_accepting = False
            for paused in self._listeners:
                self._selector.unregister(paused)
            self._warn("not accepting new connections for now: %s", error)
            return
        reader = RequestReader(self._parse_head)
        step_aside = self._leadership.step_aside
        connection = Connection(sock, address, reader, step_aside, self._idle_timeout, self._open)
        self._connections.add(connection)
        self._take_step(connection)

    def _resume_accepting(self) -> None:
        if not self._is_accepting:
            self._is_accepting = True
            for listener in self._listeners:
                self._selector.register(listener, EVENT_READ, partial(self._accept, listener))

    def _warn(self, message: str, error: BaseException) -> None:
        """Log an error of each type at most once a minute; an OSError without its traceback."""
        now = stopwatch()
        if now >= self._next_warnings.get(type(error), 0.0):
            self._next_warnings[type(error)] = now + WARNING_INTERVAL
            logger.warning(message, error, exc_info=not isinstance(error, OSError))

    def _sweep(self) -> None:
        """End connections whose deadline has passed, a part of them in each turn."""
        now = stopwatch()
        late = [item for item in self._connections if item.events and now >= item.deadline]
        for connection in late[:SWEEP_SIZE]:
            is_receiving = connection.step == self._receive
            self._schedule(connection, self._time_out if is_receiving else self._close)
        if len(late) <= SWEEP_SIZE:
            self._next_sweep = now + self._sweep_interval
            self._resume_accepting()

    # the steps of a connection

    def _open(self, connection: Connection) -> None:
        connection.socket.setblocking(False)
        with suppress(OSError):  # macOS refuses if the client is gone again
            connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._watch(connection, self._receive, self._idle_timeout)

    def _receive(self, connection: Connection) -> None:
        try:
            data = connection.socket.recv(RECEIVE_SIZE)
        except BlockingIOError:
            return
        reader = connection.reader
        if not data:
            self._serve(connection, reader.cut())
        elif reader.is_idle and (response := self._memo.respond(data)):
            connection.outgoing = response
            self._send(connection)
        else:
            if reader.is_idle:
                connection.since = stopwatch()
            reader.received += data
            self._advance(connection)

    def _advance(self, connection: Connection) -> None:
        """Serve the next request if it has arrived whole."""
        reader = connection.reader
        had_head = reader.head is not None
        if (request := reader.next()) is not None:
            self._serve(connection, request)
            return
        allowance = self._head_timeout
        if reader.head is not None:
            allowance = self._idle_timeout + len(reader.body) / MIN_BODY_RATE
            if not had_head:
                connection.since = stopwatch()
                if reader.head.expects_continue and not reader.body:  # RFC 9110, 10.1.1
                    with suppress(BlockingIOError):  # optional: the client may go on without it
                        connection.socket.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._watch(connection, self._receive, connection.since - stopwatch() + allowance)

    def _time_out(self, connection: Connection) -> None:
        """Refuse a request that arrives too slowly; close an idle connection."""
        message = "the rest of the request body did not arrive in time"
        if connection.reader.head is None:
            message = f"the request's head did not arrive within {self._head_timeout:g} s"
        self._serve(connection, connection.reader.cut(HttpError(408, message)))

    def _serve(self, connection: Connection, request: Request | None) -> None:
        """Answer the request; without one, close the connection.

        A thread that no longer leads afterwards returns the connection to the leader.
        """
        if request is None:
            self._close(connection)
            return
        head, error = request.head, request.error
        connection.drains = error is not None
        if head is None:
            assert error is not None
            line = request.raw_head.partition(b"\r\n")[0]
            logger.info("refused %s: %d %s", excerpt(line), error.status, error.message)
            connection.outgoing = refusal(error, request.raw_head)
            self._send(connection)
            return
        if not self._leadership.begin_request(connection):
            return
        environ = {**self._environ, **head.environ}
        Exchange(connection, head).run(self._app, environ, request)
        connection.step = self._send
        if self._leadership.end_request():
            is_short_lived = connection.closes or head.is_http_1_0
            if REPEAT in environ and head.length == 0 and not is_short_lived:
                self._memo.add(head.raw, bytes(connection.outgoing), environ[REPEAT])
            self._send(connection)
        elif self._leadership.is_running:
            self._schedule(connection, self._send)
            self._wake()
        else:
            connection.send_all(connection.outgoing)
            connection.close()

    def _send(self, connection: Connection) -> None:
        """Send the pending output; then wait for the next request, or close."""
        if connection.outgoing and not connection.flush():
            self._watch(connection, self._send, self._idle_timeout)
        elif connection.drains and not connection.is_resetting:
            with suppress(OSError):
                connection.socket.shutdown(socket.SHUT_WR)
            self._watch(connection, self._drain, DRAIN_TIMEOUT)
        elif connection.closes or connection.is_muted:
            self._close(connection)
        elif connection.reader.received:
            # Do not watch: if the client closes now, its earlier requests must still be served.
            connection.since = stopwatch()
            self._schedule(connection, self._advance)
        else:
            self._watch(connection, self._receive, self._idle_timeout)

    def _drain(self, connection: Connection) -> None:
        with suppress(BlockingIOError):
            if not connection.socket.recv(RECEIVE_SIZE):
                self._close(connection)

    def _close(self, connection: Connection) -> None:
        self._unwatch(connection)
        self._connections.discard(connection)
        self._resume_accepting()
        connection.close()

    def _watch(
        self, connection: Connection, step: Callable[[Connection], None], timeout: float
    ) -> None:
        """Call ``step`` when the socket is ready; end the connection after ``timeout`` seconds."""
        connection.step = step
        connection.deadline = stopwatch() + timeout
        events = EVENT_WRITE if connection.outgoing else EVENT_READ
        if events != connection.events:
            change = self._selector.modify if connection.events else self._selector.register
            change(connection.socket, events, partial(self._take_step, connection))
            connection.events = events

    def _schedule(self, connection: Connection, step: Callable[[Connection], None]) -> None:
        """Call ``step`` in the loop's next turn, without watching the socket."""
        self._unwatch(connection)
        connection.step = step
        self._ready.append(connection)

    def _unwatch(self, connection: Connection) -> None:
        if connection.events:
            connection.events = 0
            self._selector.unregister(connection.socket)

    def _wake(self) -> None:
        with suppress(OSError):  # full: the leader will wake; closed: the leader has ended
            self._wakeup.send(b"\0")


def _listen(host: str, port: int, resources: ExitStack) -> list[socket.socket]:
    """Return a listening socket for each address of ``host``, all on the same port.

    A client may connect to any address of a name, such as ::1 for ``localhost``. Addresses that
    this machine lacks are left out.
    """
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    listeners: list[socket.socket] = []
    for family, _, _, _, address in sorted(set(infos)):
        try:
            listener = socket.create_server(
                (address[0], port, *address[2:]),
                family=family,
                backlog=BACKLOG,
                dualstack_ipv6=family == socket.AF_INET6 and socket.has_dualstack_ipv6(),
            )
        except OSError as error:
            failure = error
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                raise
        else:
            listeners.append(resources.enter_context(listener))
            port = listener.getsockname()[1]
    if not listeners:
        raise failure
    return listeners


def _join(threads: Iterable[Thread], timeout: float) -> None:
    """Wait up to ``timeout`` seconds for the threads to end, except for the current one."""
    deadline = stopwatch() + timeout
    for thread in threads:
        if thread is not current_thread():
            thread.join(max(0.0, deadline - stopwatch()))
