"""Which thread leads: the leader/followers pattern (D. Schmidt et al., 2000).

The leader does the loop's work. A request that may block makes a follower the leader first, and is
finished by its own thread.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from threading import get_ident
from time import monotonic
from typing import NamedTuple

from mockserver import errors
from mockserver.server.connection import Connection

MAX_IDLE_THREADS = 16
"""Followers that are kept for later."""

STALL_TIMEOUT = 0.02
"""Seconds that the leader may spend in one request before the watchdog takes its lead."""

WATCHDOG_REST = 50
"""Intervals of STALL_TIMEOUT without a request after which the watchdog sleeps until the next."""


class Follower(NamedTuple):
    """A thread, and the semaphore on which it waits to lead."""

    thread: threading.Thread
    baton: threading.Semaphore


class Leadership:
    """The threads of a server, one of which leads.

    ``lead`` is the leader's work; it returns as soon as `is_mine()` is false. ``release`` is called
    with the connection whose request goes on without the lead, while nobody leads.
    """

    def __init__(self, lead: Callable[[], None], release: Callable[[Connection], None]) -> None:
        self._lead = lead
        self._release = release
        self._lock = threading.Lock()
        self._is_running = True
        self._leader = 0  # thread identifier; 0 if the server is stopping
        self._current: Connection | None = None  # what the leader serves
        self._requests = 0  # that leaders have begun
        self._aside: dict[int, Connection] = {}  # what other threads serve, by thread identifier
        self._followers: list[Follower] = []
        self._threads: set[threading.Thread] = set()
        self._watchdog_sleeps = False
        self._watchdog_signal = threading.Event()

    def start(self) -> None:
        """Start the first leader, and the watchdog."""
        with self._lock:
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
            self._current = connection
            self._requests += 1
        if self._watchdog_sleeps:
            self._watchdog_signal.set()
        return True

    def end_request(self) -> None:
        """Say that the request is done."""
        with self._lock:
            if self._leader == get_ident():
                self._current = None
            else:
                self._aside.pop(get_ident(), None)

    def step_aside(self) -> None:
        """Let another thread lead if this one does: the caller is about to block.

        Raises `Unavailable` if the system allows no further thread.
        """
        if not self.is_mine():
            return
        with self._lock:
            if self.is_mine():
                try:
                    self._hand_over()
                except RuntimeError as error:
                    message = f"no thread is left for requests that wait ({error})"
                    raise errors.Unavailable(message) from error

    def stop(self) -> dict[int, Connection]:
        """End the lead; return the connections that are being served, by thread identifier."""
        with self._lock:
            self._is_running = False
            if self._current is not None:
                self._aside[self._leader] = self._current
            self._leader = 0
            for follower in self._followers:
                follower.baton.release()
            in_service = dict(self._aside)
        self._watchdog_signal.set()
        return in_service

    def join(self, timeout: float) -> None:
        """Wait until all other threads have ended, for ``timeout`` seconds at most."""
        deadline = monotonic() + timeout
        for thread in list(self._threads):
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - monotonic()))

    def _hand_over(self) -> None:
        ident, connection = self._leader, self._current
        if connection is None:  # not within a request: it will not block
            return
        self._promote()
        self._aside[ident] = connection
        self._current = None

    def _promote(self) -> None:
        """Make a follower the leader; raises RuntimeError if there is none and none can start."""
        if not self._followers:
            baton = threading.Semaphore(0)
            self._followers.append(Follower(self._start_thread(self._follow, baton), baton))
        follower = self._followers.pop()
        if self._current is not None:
            self._release(self._current)
        assert follower.thread.ident is not None
        self._leader = follower.thread.ident
        follower.baton.release()

    def _start_thread(
        self, target: Callable[..., None], *arguments: threading.Semaphore
    ) -> threading.Thread:
        thread = threading.Thread(target=target, args=arguments, name="mockserver", daemon=True)
        thread.start()
        self._threads.add(thread)
        return thread

    def _follow(self, baton: threading.Semaphore) -> None:
        me = threading.current_thread()
        while baton.acquire() and self._is_running:
            self._lead()
            with self._lock:
                if not self._is_running or len(self._followers) >= MAX_IDLE_THREADS:
                    break
                self._followers.append(Follower(me, baton))
        self._threads.discard(me)

    def _watch(self) -> None:
        """Take the lead from a leader that is in one request for longer than STALL_TIMEOUT."""
        seen, rest = -1, 0
        while self._is_running:
            requests = self._requests
            if requests != seen:
                seen, rest = requests, 0
            elif self._current is not None:
                with self._lock, contextlib.suppress(RuntimeError):  # no thread: it keeps the lead
                    if self._requests == seen and self._is_running:
                        self._hand_over()
            else:
                rest += 1
            self._watchdog_sleeps = rest >= WATCHDOG_REST
            if self._watchdog_sleeps and self._requests != seen:
                continue  # a request began before it could see that it must signal
            self._watchdog_signal.wait(None if self._watchdog_sleeps else STALL_TIMEOUT)
            self._watchdog_signal.clear()
        self._threads.discard(threading.current_thread())
