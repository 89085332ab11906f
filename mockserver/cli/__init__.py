"""The command line. Each command is a thin layer over the package that does the work.

A command's module is imported when the command is used or listed. The server and other slow
modules are imported when a command runs, so that ``--help`` and usage errors are fast.
"""

import errno
import os
import sys
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from io import TextIOWrapper
from typing import Any

import click

from mockserver import __version__
from mockserver.cli.exits import FAILED, discard, fail

#: Standard output is full or over a quota, its terminal is gone, or it does not block.
UNWRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EAGAIN)
#: The module of each command.
COMMANDS = {
    "check": "check",
    "config": "serve",
    "env": "running",
    "events": "actions",
    "fidelity": "documents",
    "generate": "documents",
    "openapi": "documents",
    "run": "serve",
    "serve": "serve",
    "simulate": "actions",
    "tail": "tail",
    "trigger": "actions",
}


class SuggestingGroup(click.Group):
    """A group that suggests a similar command for an unknown name, as click 8.5 does."""

    def resolve_command(
        self, context: click.Context, words: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        names = self.list_commands(context)
        similar = get_close_matches(words[0], names, 1)
        if similar and words[0] not in names:
            context.fail(f"No such command {words[0]!r}. Did you mean {similar[0]!r}?")
        return super().resolve_command(context, words)


class Commands(SuggestingGroup):
    """A group that imports a command's module when the command is used."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = import_module(f"mockserver.cli.{COMMANDS[name]}")
        command: click.Command = getattr(module, name)
        return command

    def main(self, *args: Any, **options: Any) -> Any:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # as Python sets it for stderr
            # Node.js may pass a pipe that does not block. Python would write only a part into it.
            with suppress(OSError, AttributeError):  # not a file, or Windows
                os.set_blocking(sys.stdout.fileno(), True)
        try:
            return super().main(*args, **options)
        except OSError as error:
            if error.errno not in UNWRITTEN:
                raise
            discard(sys.stdout)
            fail(FAILED, f"cannot write all of the output: {error.strerror}")


@click.group(cls=Commands, epilog="Start with 'mockserver serve'. Each command has its own --help.")
@click.version_option(__version__, prog_name="mockserver")
def main() -> None:
    """An in-memory, deterministic sandbox of the Protocol messaging API."""
