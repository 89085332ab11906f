"""Which thread leads: the leader/followers pattern (D. Schmidt et al., 2000).

The leader does the loop's work. A request that may block makes a follower the leader first, and is
finished by its own thread.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Container
from threading import get_ident
from time import monotonic

from mockserver import errors
from mockserver.server.connection import Connection

MAX_IDLE_THREADS = 16  # followers that are kept for later
STALL_TIMEOUT = 0.02  # seconds in one request after which the watchdog takes the lead
WATCHDOG_REST = 50  # intervals without a request after which the watchdog sleeps until the next


class Leadership:
    """The threads of a server, one of which leads.

    ``lead`` is the leader's work, which returns as soon as `is_mine()` is false. ``release`` is
    called with the connection whose request continues without the lead, while no thread leads.
    """

    def __init__(self, lead: Callable[[], None], release: Callable[[Connection], None]) -> None:
        self.is_running = True
        self._lead = lead
        self._release = release
        self._lock = threading.Lock()
        self._baton = threading.Semaphore(0)  # followers wait for it
        self._idle = 0  # followers for which no baton was released
        self._leader = 0  # thread identifier; 0 until a follower has taken the baton
        self._in_service: dict[int, Connection] = {}  # by thread identifier
        self._requests = 0  # that leaders have begun
        self._threads: set[threading.Thread] = set()
        self._watchdog_sleeps = False
        self._watchdog_signal = threading.Event()

    def start(self) -> None:
        """Start the first leader, and the watchdog; raises RuntimeError if no thread can start."""
        self._promote()
        self._start_thread(self._watch)

    def is_mine(self) -> bool:
        """Return true in the thread that leads."""
        return self._leader == get_ident()

    def begin_request(self, connection: Connection) -> bool:
        """Say that the leader serves a request now; false if the server is stopping."""
        with self._lock:
            if self._leader != get_ident():
                return False
            self._in_service[self._leader] = connection
            self._requests += 1
        if self._watchdog_sleeps:
            self._watchdog_signal.set()
        return True

    def end_request(self) -> bool:
        """Mark the request as done; return true if its thread still leads."""
        with self._lock:
            del self._in_service[get_ident()]
            return self._leader == get_ident()

    def step_aside(self) -> None:
        """Let another thread lead if this one does: the caller is about to block.

        Raises `Unavailable` if the system allows no further thread.
        """
        if self.is_mine():
            try:
                self._hand_over(get_ident(), self._requests)
            except RuntimeError as error:
                message = f"no thread is left for requests that wait ({error})"
                raise errors.Unavailable(message) from error

    def stop(self) -> dict[int, Connection]:
        """Stop leading; return the connections in service, by thread identifier."""
        with self._lock:
            self.is_running = False
            self._leader = 0
            self._baton.release(self._idle + 1)
            self._watchdog_signal.set()
            return dict(self._in_service)

    def join(self, timeout: float, busy: Container[int | None] = ()) -> None:
        """Wait until the other threads have ended, except ``busy``; for ``timeout`` seconds."""
        deadline = monotonic() + timeout
        for thread in list(self._threads):
            if thread is not threading.current_thread() and thread.ident not in busy:
                thread.join(max(0.0, deadline - monotonic()))

    def _hand_over(self, leader: int, requests: int) -> None:
        """Let a follower lead in place of ``leader``, if it is still in the latest request."""
        with self._lock:
            connection = self._in_service.get(leader)
            if connection and leader == self._leader and requests == self._requests:
                self._promote(connection)

    def _promote(self, connection: Connection | None = None) -> None:
        """Give the baton to a follower, started if need be; release what the leader serves.

        Raises RuntimeError, before it changes anything, if no thread can start.
        """
        if self._idle:
            self._idle -= 1
        else:
            self._start_thread(self._follow)
        if connection is not None:
            self._release(connection)
        self._leader = 0
        self._baton.release()

    def _start_thread(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name="mockserver", daemon=True)
        thread.start()
        self._threads.add(thread)

    def _follow(self) -> None:
        is_needed = True
        while is_needed:
            self._baton.acquire()
            with self._lock:
                if not self.is_running:
                    break
                self._leader = get_ident()
            self._lead()
            with self._lock:
                is_needed = self.is_running and self._idle < MAX_IDLE_THREADS
                self._idle += is_needed
        self._threads.discard(threading.current_thread())

    def _watch(self) -> None:
        """Take the lead from a leader that is in one request for longer than STALL_TIMEOUT."""
        seen = rest = 0
        while self.is_running:
            requests = self._requests
            if requests != seen:
                seen, rest = requests, 0
            elif self._leader in self._in_service:
                with contextlib.suppress(RuntimeError):  # no thread: it keeps the lead
                    self._hand_over(self._leader, requests)
            else:
                rest += 1
            self._watchdog_sleeps = rest >= WATCHDOG_REST
            if self._watchdog_sleeps and self._requests != seen:
                continue  # a request began before it could see that it must signal
            self._watchdog_signal.wait(None if self._watchdog_sleeps else STALL_TIMEOUT)
            self._watchdog_signal.clear()
        self._threads.discard(threading.current_thread())
