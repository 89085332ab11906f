"""The threads that serve connections: as many as there are requests under way."""

from __future__ import annotations

import contextlib
import logging
import queue
import socket
import threading
import time

from cheroot.server import HTTPServer

from mockserver.server.connection import Connection

MOST_THREADS = 1536
"""Bound on the threads of a server: 512 delays, as many long polls, and as many slow clients."""

IDLE_THREADS = 16
"""How many threads without work are kept for the next requests."""

PATIENCE = 0.1
"""Seconds that a stop gives requests under way to end, before and after their sockets close."""

logger = logging.getLogger("mockserver")


class ThreadPool:
    """A pool that cheroot's server puts its connections into.

    A thread is made whenever a connection finds none free. So whoever waits, be it a parked
    request or a client that sends its request byte by byte, only takes a thread, and the
    next connection gets another. (cheroot's own pool is of a fixed size, its threads keep
    the process alive, and an error in one of them stops the server.)
    """

    def __init__(self, server: HTTPServer) -> None:
        self._server = server
        self._queue: queue.SimpleQueue[Connection | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._working: dict[threading.Thread, Connection | None] = {}
        self._free = 0  # threads without work, less the connections that wait for a thread

    def put(self, connection: Connection) -> None:
        """Have a connection's next request served."""
        with self._lock:
            self._free -= 1
            if self._free < 0 and len(self._working) < MOST_THREADS:
                # Where the system has no more threads, the connection waits its turn.
                with contextlib.suppress(RuntimeError):
                    self._grow()
        self._queue.put(connection)

    def stop(self) -> None:
        """End all threads: those that read or write at once, the others if they end in time.

        What outlives it is a daemon thread in a handler that neither ends nor watches
        `WaitSlots.wait`; its connection is shut down.
        """
        with contextlib.suppress(queue.Empty):
            while waiting := self._queue.get_nowait():
                waiting.close()
        with self._lock:
            threads = list(self._working)
        for _ in threads:
            self._queue.put(None)
        # A handler may stop its own server; its answer still goes out.
        threads = [thread for thread in threads if thread is not _me()]
        # First no more bytes in, which lets a handler answer; then none out either.
        for direction in (socket.SHUT_RD, socket.SHUT_RDWR):
            self._shut_down(threads, direction)
            deadline = time.monotonic() + PATIENCE
            for thread in threads:
                thread.join(max(0.0, deadline - time.monotonic()))

    def _grow(self) -> None:
        thread = threading.Thread(target=self._work, name="mockserver-request", daemon=True)
        thread.start()
        self._working[thread] = None
        self._free += 1

    def _work(self) -> None:
        while (connection := self._queue.get()) is not None:
            with self._lock:
                self._working[_me()] = connection
            self._serve(connection)
            with self._lock:
                self._working[_me()] = None
                if self._free >= IDLE_THREADS:
                    break
                self._free += 1
        with self._lock:
            del self._working[_me()]

    def _serve(self, connection: Connection) -> None:
        try:
            if connection.communicate():
                self._server.put_conn(connection)
                return
        except Exception:
            logger.exception("a connection failed")
        connection.close()

    def _shut_down(self, threads: list[threading.Thread], direction: int) -> None:
        for thread in threads:
            if connection := self._working.get(thread):
                with contextlib.suppress(OSError):
                    connection.socket.shutdown(direction)


def _me() -> threading.Thread:
    return threading.current_thread()
