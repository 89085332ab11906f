"""`mockserver run`: a command, and a server for as long as it takes."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from mockserver.cli.exit_codes import BY_SIGNAL, EXITS
from mockserver.cli.options import setting_options
from mockserver.cli.signals import heed_stops
from mockserver.cli.startup import served
from mockserver.cli.variables import usable_token, variables
from mockserver.settings import Settings

CODES = "Once COMMAND runs, its own exit code; 127 if there is no such command, 126 if it is none."


@click.command(
    epilog=f"{EXITS} {CODES}",
    # What follows the command's name is its own, also without a '--' before it.
    context_settings={"allow_interspersed_args": False},
)
@setting_options(port=0, log_level="warning")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run(command: tuple[str, ...], **options: Any) -> None:
    """Run COMMAND with a server of its own.

    A test suite, say, in any language: it finds the server by MOCKSERVER_URL, MOCKSERVER_TOKEN
    and PROTOCOL_API_BASE_URL. Its streams are yours, signals reach it, and nothing that it
    started outlives it.
    """
    if not command[0]:
        raise click.BadParameter("the name of the command is empty.", param_hint="COMMAND...")
    heed_stops(lambda number: BY_SIGNAL + number)
    settings = Settings(**options)
    talkative = settings.log_level in ("debug", "info")
    with served(settings, quiet=not talkative) as (url, _):
        from mockserver.cli.subprocess_runner import outcome

        found = variables(url, usable_token(settings, "run"))
        sys.exit(outcome(command, {**os.environ, **found}))
