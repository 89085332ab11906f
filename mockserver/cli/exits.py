"""Ending a command: exit codes, error messages and signals."""

import atexit
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

import click

FAILED, USAGE, PORT_IN_USE, INVALID_FIXTURES, DRIFT = 1, 2, 3, 4, 5
SIGNAL_BASE = 128
"""Exit code of a command that a signal ended, minus the signal's number, as in a shell."""
EXITS = "Exit codes: 0 stopped, 1 failed, 2 usage error, 3 port in use, 4 bad fixtures."
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def fail(code: int, message: str) -> NoReturn:
    """End the command with an error message: what is wrong and, if possible, what is right."""
    click.echo(f"mockserver: {message}", err=True)
    sys.exit(code)


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
    # The interpreter's last step is to remove the handlers; a late signal must not kill it then.
    atexit.register(lambda: [signal.signal(number, signal.SIG_IGN) for number in STOP_SIGNALS])


def ignore(*_: object) -> None:
    """Do nothing. Unlike SIG_IGN, a handler is not inherited by child processes."""
