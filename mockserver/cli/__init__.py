"""The command line: thin. Each command is a few lines over the rooms that do the work.

A command is a module of its own name, imported when it is run, or when all are listed. What is
heavy, such as the server, a command imports when it runs: so `--help` and a slip of the pen are
answered at once.
"""

from __future__ import annotations

import errno
import os
import sys
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from mockserver import __version__
from mockserver.cli.exit_codes import FAILED, fail

COMMANDS = (
    *("serve", "run", "env", "simulate", "trigger", "events"),
    *("check", "generate", "openapi", "fidelity"),
)


class Commands(click.Group):
    """A group that imports each command's module when the command is used."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"mockserver.cli.{name}"), name)
        return command

    def resolve_command(
        self, context: click.Context, words: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        suggest_command(self, context, words[0])
        return super().resolve_command(context, words)

    def main(self, *args: Any, **options: Any) -> Any:
        try:
            return super().main(*args, **options)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            # Python would try once more at its end, and tell of it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            fail(FAILED, f"the output could not be written to its end: {error.strerror}")


def suggest_command(group: click.Group, context: click.Context, name: str) -> None:
    """End with a usage error that suggests a similar command, if ``name`` is not a command."""
    names = group.list_commands(context)
    similar = get_close_matches(name, names, 1)
    if similar and name not in names:
        context.fail(f"No such command {name!r}. Did you mean {similar[0]!r}?")


@click.group(
    cls=Commands, epilog="Begin with 'mockserver serve'; each command has a --help of its own."
)
@click.version_option(__version__, prog_name="mockserver")
def main() -> None:
    """An in-memory, deterministic sandbox of the Protocol messaging API."""
