"""The choice of the leading thread: the leader/followers pattern (D. Schmidt et al., 2000).

The leader does the loop's work and serves requests. Before a request blocks, a follower becomes the
leader, and the request is finished by its own thread.
"""

import threading
from collections.abc import Callable
from threading import Thread, current_thread

from mockserver.errors import Unavailable
from mockserver.server.connection import Connection

MAX_IDLE_THREADS = 16  # followers that are kept for later; to start one costs 0.2 ms
STALL_TIMEOUT = 0.01  # seconds in one request after which the watchdog lets another thread lead


class Leadership:
    """The threads of a server, one of which leads.

    ``lead`` does the leader's work, and returns as soon as `is_mine()` is false. ``release`` is
    called with the connection whose request takes too long, just before another thread leads.
    """

    def __init__(self, lead: Callable[[], None], release: Callable[[Connection], None]) -> None:
        self.threads: set[Thread] = set()
        self._lead = lead
        self._release = release
        self._lock = threading.Lock()
        self._baton = threading.Semaphore(1)  # followers wait for it
        self._idle = 0  # waiting followers, less the released batons
        self._leader: Thread | None = None  # none until a follower has taken the baton
        self._in_service: dict[Thread, Connection] = {}
        self._requests = 0  # number of requests begun so far
        self._has_begun = threading.Event()  # set by each request, cleared by the watchdog
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start the first leader and the watchdog; raises RuntimeError if no thread can start."""
        self._start_thread(self._follow)
        self._start_thread(self._watch)

    @property
    def is_running(self) -> bool:
        """True until the server stops."""
        return not self._stopping.is_set()

    def is_mine(self) -> bool:
        """Return true if the current thread is the leader."""
        return self._leader is current_thread()

    def begin_request(self, connection: Connection) -> bool:
        """Record that the leader serves a request; return false if the server is stopping."""
        thread = current_thread()
        with self._lock:
            if self._leader is not thread:
                return False
            self._in_service[thread] = connection
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
                self._hand_over(self._requests)
            except RuntimeError as error:
                message = f"cannot start a thread for a waiting request ({error})"
                raise Unavailable(message) from error

    def stop(self) -> dict[Thread, Connection]:
        """Stop leading; return the connections in service, by thread."""
        with self._lock:
            self._leader = None
            self._stopping.set()
            self._baton.release(self._idle + 1)
            self._has_begun.set()
            return dict(self._in_service)

    def _hand_over(self, requests: int) -> None:
        """Let another thread lead if the leader still serves the last of so many requests.

        Raises RuntimeError, before it changes anything, if no thread can start.
        """
        with self._lock:
            connection = self._in_service.get(self._leader) if self._leader else None
            if connection and requests == self._requests:
                if self._idle:
                    self._idle -= 1
                else:
                    self._start_thread(self._follow)
                self._release(connection)
                self._leader = None
                self._baton.release()

    def _start_thread(self, target: Callable[[], None]) -> None:
        thread = Thread(target=target, name="mockserver", daemon=True)
        thread.start()
        self.threads.add(thread)

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
        self.threads.discard(current_thread())

    def _watch(self) -> None:
        """Let another thread lead when the leader is in one request for over STALL_TIMEOUT."""
        while self.is_running:
            self._has_begun.wait()
            self._has_begun.clear()
            requests = self._requests
            if not self._stopping.wait(STALL_TIMEOUT):
                try:
                    self._hand_over(requests)
                except Exception:  # noqa: BLE001 - no thread can start now, so it tries again
                    self._has_begun.set()
        self.threads.discard(current_thread())
