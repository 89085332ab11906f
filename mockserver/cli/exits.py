"""Ending a command: exit codes, error messages and signals."""

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable
from math import ceil
from typing import NoReturn, TextIO

import click

FAILED, USAGE, PORT_IN_USE, INVALID_FIXTURES, DRIFT = 1, 2, 3, 4, 5
SIGNAL_BASE = 128  # plus a signal's number: the exit code of a command that the signal ended
POLL_INTERVAL = 0.1
"""Seconds between two polls for a signal. A signal handler cannot set an event to end the wait: the
interrupted wait may hold the lock of the event."""


def fail(code: int, message: str) -> NoReturn:
    """Print an error message and exit with ``code``."""
    try:
        click.echo(f"mockserver: {message}", err=True)
    except OSError:
        discard(sys.stderr)
    sys.exit(code)


def discard(stream: TextIO) -> None:
    """Discard the output that a full or closed stream did not accept.

    Otherwise the interpreter would write it again at exit, and change the exit code.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def stop_signals() -> list[int]:
    """Return the signals that end a command: Ctrl-C, SIGTERM, and the end of the terminal."""
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is None or signal.getsignal(hangup) == signal.SIG_IGN:  # Windows, or nohup
        return [signal.SIGINT, signal.SIGTERM]
    return [signal.SIGINT, signal.SIGTERM, hangup]


def on_stop_signals(handler: Callable[[int, object], object] | signal.Handlers) -> None:
    for number in stop_signals():
        signal.signal(number, handler)


def exit_on_signals(code: int | None = None) -> None:
    """Make the stop signals raise ``SystemExit`` in the main thread.

    The exit code is ``code``, or by default that of a shell. Call this before slow imports, so that
    they can be interrupted too.
    """

    def stop(number: int, _: object) -> NoReturn:
        on_stop_signals(ignore)  # a second signal would interrupt the shutdown
        sys.exit(SIGNAL_BASE + number if code is None else code)

    on_stop_signals(stop)
    if hasattr(signal, "pthread_sigmask"):  # the parent's mask, which is inherited, may block them
        signal.pthread_sigmask(signal.SIG_UNBLOCK, stop_signals())
    # The interpreter removes the handlers at its very end; a signal must not kill it after that.
    atexit.register(on_stop_signals, signal.SIG_IGN)


def ignore(*_: object) -> None:
    """Ignore a signal. Unlike SIG_IGN, child processes do not inherit a handler."""


class StopRequest:
    """A handler of the stop signals for a run of many requests.

    The first signal ends the run after the current request, so that an object that it creates is
    deleted too. A second signal does not wait for the response.
    """

    def __init__(self) -> None:
        self._signal = 0
        self._never = threading.Event()
        on_stop_signals(self._handle)

    def ignore_signals(self) -> None:
        """Ignore signals from now on: they must not interrupt the deletion of objects."""
        on_stop_signals(ignore)
        self._signal = 0

    def wait(self, seconds: float) -> None:
        for _ in range(ceil(seconds / POLL_INTERVAL)):
            self.exit_if_requested()
            self._never.wait(POLL_INTERVAL)

    def exit_if_requested(self) -> None:
        if self._signal:
            sys.exit(SIGNAL_BASE + self._signal)

    def _handle(self, number: int, _: object) -> None:
        if self._signal:
            sys.exit(SIGNAL_BASE + number)
        self._signal = number
