"""The command line: thin. Each command is a few lines over the rooms that do the work.

A command is a module of its own name, imported when it is run, or when all are listed. What is
heavy, such as the server, a command imports when it runs: so `--help` and a slip of the pen are
answered at once.
"""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from typing import Any

import click

from mockserver import __version__
from mockserver.cli.exit_codes import FAILED, fail

COMMANDS = (
    *("serve", "run", "env", "simulate", "trigger", "events"),
    *("doctor", "verify", "generate", "openapi", "fidelity", "certify", "selfcheck"),
)

MODULES = {
    "doctor": "check_webhook",
    "verify": "check_api",
    "certify": "check_client",
    "selfcheck": "check_determinism",
}


class Commands(click.Group):
    """The commands, each imported by itself."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = MODULES.get(name, name)
        command: click.Command = getattr(import_module(f"mockserver.cli.{module}"), name)
        return command

    def main(self, *args: Any, **options: Any) -> Any:
        try:
            return super().main(*args, **options)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            # Python would try once more at its end, and tell of it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            fail(FAILED, f"the output could not be written to its end: {error.strerror}")


@click.group(
    cls=Commands, epilog="Begin with 'mockserver serve'; each command has a --help of its own."
)
@click.version_option(__version__, prog_name="mockserver")
def main() -> None:
    """An in-memory, deterministic sandbox of the Protocol messaging API."""
