"""The choice of the leading thread: the leader/followers pattern (D. Schmidt et al., 2000).

The leader does the loop's work and serves requests. Before a request blocks, a follower becomes the
leader, and the request is finished by its own thread.
"""

import threading
from collections.abc import Callable, Container
from threading import Thread, current_thread

from mockserver.errors import Unavailable
from mockserver.server.connection import Connection
from mockserver.storage.clock import stopwatch

MAX_IDLE_THREADS = 16  # followers that are kept for later; to start one costs 0.2 ms
STALL_TIMEOUT = 0.01  # seconds in one request after which the watchdog lets another thread lead


class Leadership:
    """The threads of a server, one of which leads.

    ``lead`` is the leader's work, which returns as soon as `is_mine()` is false. ``release`` is
    called with the connection whose request continues without the lead, while no thread leads.
    """

    def __init__(self, lead: Callable[[], None], release: Callable[[Connection], None]) -> None:
        self._lead = lead
        self._release = release
        self._lock = threading.Lock()
        self._baton = threading.Semaphore(0)  # followers wait for it
        self._idle = 0  # waiting followers, less the released batons
        self._leader: Thread | None = None  # none until a follower has taken the baton
        self._threads: set[Thread] = set()
        self._in_service: dict[Thread | None, Connection] = {}
        self._requests = 0  # number of requests begun so far
        self._has_begun = threading.Event()  # set by each request, cleared by the watchdog
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start the watchdog and the first leader; raises RuntimeError if no thread can start."""
        self._start_thread(self._watch)
        try:
            self._promote()
        except RuntimeError:
            self.stop()
            self.join(STALL_TIMEOUT)
            raise

    @property
    def is_running(self) -> bool:
        """True until the server stops."""
        return not self._stopping.is_set()

    def is_mine(self) -> bool:
        """Return true if the current thread is the leader."""
        return self._leader is current_thread()

    def begin_request(self, connection: Connection) -> bool:
        """Record that the leader serves a request; return false if the server is stopping."""
        with self._lock:
            if not self.is_mine():
                return False
            self._in_service[self._leader] = connection
            self._requests += 1
        if not self._has_begun.is_set():
            self._has_begun.set()
        return True

    def end_request(self) -> bool:
        """Mark the request as done; return true if its thread still leads."""
        with self._lock:
            del self._in_service[current_thread()]
            return self.is_mine()

    def step_aside(self) -> None:
        """Let another thread lead if this one does: the caller is about to block.

        Raises `Unavailable` if the system allows no further thread.
        """
        if self.is_mine():
            try:
                self._hand_over(self._leader, self._requests)
            except RuntimeError as error:
                message = f"cannot start a thread for a waiting request ({error})"
                raise Unavailable(message) from error

    def stop(self) -> dict[Thread | None, Connection]:
        """Stop leading; return the connections in service, by thread."""
        with self._lock:
            self._leader = None
            self._stopping.set()
            self._baton.release(self._idle + 1)
            self._has_begun.set()
            return dict(self._in_service)

    def join(self, timeout: float, busy: Container[Thread | None] = ()) -> None:
        """Wait up to ``timeout`` seconds for the other threads, except ``busy``, to end."""
        deadline = stopwatch() + timeout
        for thread in self._threads.difference({current_thread()}):
            if thread not in busy:
                thread.join(max(0.0, deadline - stopwatch()))

    def _hand_over(self, leader: Thread | None, requests: int) -> None:
        """Let a new thread lead in place of ``leader``, if it still serves the same request.

        Raises RuntimeError, before it changes anything, if no thread can start.
        """
        with self._lock:
            connection = self._in_service.get(leader)
            if connection and leader is self._leader and requests == self._requests:
                self._promote(connection)

    def _promote(self, connection: Connection | None = None) -> None:
        """Pass the baton to a follower, started if needed; release the leader's connection."""
        if self._idle:
            self._idle -= 1
        else:
            self._start_thread(self._follow)
        if connection is not None:
            self._release(connection)
        self._leader = None
        self._baton.release()

    def _start_thread(self, target: Callable[[], None]) -> None:
        thread = Thread(target=target, name="mockserver", daemon=True)
        thread.start()
        self._threads.add(thread)

    def _follow(self) -> None:
        is_needed = True
        while is_needed:
            self._baton.acquire()
            with self._lock:
                if not self.is_running:
                    break
                self._leader = current_thread()
            self._lead()
            with self._lock:
                is_needed = self.is_running and self._idle < MAX_IDLE_THREADS
                self._idle += is_needed
        self._threads.discard(current_thread())

    def _watch(self) -> None:
        """Let another thread lead when the leader is in one request for over STALL_TIMEOUT."""
        while self.is_running:
            self._has_begun.wait()
            self._has_begun.clear()
            leader, requests = self._leader, self._requests
            if not self._stopping.wait(STALL_TIMEOUT):
                try:
                    self._hand_over(leader, requests)
                except RuntimeError:
                    self._has_begun.set()  # no thread can start now, so it tries again
        self._threads.discard(current_thread())
