"""The exit codes, and the one way to an exit that tells why."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

FAILED, USAGE, PORT_IN_USE, BAD_FIXTURES, DRIFT = 1, 2, 3, 4, 5
EXITS = "Exit codes: 0 stopped, 1 a check failed, 2 usage, 3 port in use, 4 bad fixtures."
#: Added to the number of a signal: the exit code of what that signal ended, as a shell tells it.
BY_SIGNAL = 128


def fail(code: int, message: str) -> NoReturn:
    """End the command; ``message`` says what is wrong and, where it can, what would be right."""
    click.echo(f"mockserver: {message}", err=True)
    sys.exit(code)
