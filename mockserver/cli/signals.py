"""Ending a command when it gets a signal."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from typing import NoReturn

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def exit_on_stop_signals(exit_code: Callable[[int], int]) -> None:
    """Exit at SIGINT and SIGTERM from wherever the command is, running every ``finally``.

    ``exit_code`` maps a signal's number to an exit code. Call it before imports that take time, so
    that the start can be interrupted too.

    It raises ``SystemExit`` rather than setting an event: the main thread could not wait for an
    event while it reads fixtures, and a handler that sets an event can deadlock on the lock of the
    wait it interrupts.
    """

    def stop(number: int, _: object) -> NoReturn:
        for stop_signal in STOP_SIGNALS:
            signal.signal(stop_signal, ignore)  # a second signal would interrupt the shutdown
        sys.exit(exit_code(number))

    for stop_signal in STOP_SIGNALS:
        signal.signal(stop_signal, stop)


def wait_for_stop_signal() -> NoReturn:
    """Wait until the handler of a signal ends the command.

    It waits for a byte that the interpreter writes for each signal. With signal.pause() it could
    wait forever: the system may deliver two simultaneous signals to another thread, and then
    nothing wakes the main thread.
    """
    import socket

    reader, writer = socket.socketpair()
    with reader, writer:
        writer.setblocking(False)
        signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        try:
            while True:
                reader.recv(1)
        finally:
            signal.set_wakeup_fd(-1)


def ignore(*_: object) -> None:
    """Do nothing. Unlike SIG_IGN, a handler is not inherited by child processes."""
