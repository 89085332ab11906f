"""Signals: which ones end a command, and how."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from typing import NoReturn

STOPS = (signal.SIGINT, signal.SIGTERM)


def heed_stops(code: Callable[[int], int]) -> None:
    """End the command at SIGINT and SIGTERM, wherever it is, by way of every ``finally``.

    ``code`` makes an exit code of a signal's number. To be called before the imports that take
    time: a stop in the middle of a start is a stop too.

    An exception, not an event that the main thread waits for: that would be deaf while it reads
    fixtures, and a handler that sets an event can meet the lock of the very wait it interrupts.
    """

    def stop(number: int, _: object) -> NoReturn:
        for each in STOPS:
            signal.signal(each, ignore)  # a second one would break off what there is to do yet
        sys.exit(code(number))

    for each in STOPS:
        signal.signal(each, stop)


def await_stop() -> NoReturn:
    """Wait for the signal whose handler ends the wait.

    Not asleep: where two signals come at once, the system may hand both to another thread, and
    nothing wakes this one. So each is a byte as well, which the interpreter itself sends.
    """
    import socket

    ear, mouth = socket.socketpair()
    with ear, mouth:
        mouth.setblocking(False)
        signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)
        try:
            while True:
                ear.recv(1)
        finally:
            signal.set_wakeup_fd(-1)


def ignore(*_: object) -> None:
    """A handler that does nothing. Unlike SIG_IGN, it does not pass on to what we start."""
