"""The exit codes of the commands, and ending a command with an error message."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

FAILED, USAGE, PORT_IN_USE, INVALID_FIXTURES, DRIFT = 1, 2, 3, 4, 5
SIGNAL_BASE = 128
"""Exit code of a command that a signal ended, minus the signal's number, as in a shell."""
EXITS = "Exit codes: 0 stopped, 1 failed, 2 usage, 3 port in use, 4 bad fixtures."


def fail(code: int, message: str) -> NoReturn:
    """End the command with an error message: what is wrong and, if possible, what is right."""
    click.echo(f"mockserver: {message}", err=True)
    sys.exit(code)
