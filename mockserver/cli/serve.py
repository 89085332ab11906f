"""`mockserver serve`: the server, until it is told to stop."""

from __future__ import annotations

from typing import Any

import click

from mockserver.cli.exit_codes import EXITS
from mockserver.cli.options import setting_options
from mockserver.cli.signals import await_stop, heed_stops
from mockserver.cli.startup import served
from mockserver.settings import Settings


@click.command(epilog=EXITS)
@setting_options()
def serve(**options: Any) -> None:
    """Serve the API until SIGINT or SIGTERM.

    Standard output carries one line of JSON once the server answers; all else goes to standard
    error.
    """
    heed_stops(lambda number: 0)
    with served(Settings(**options)) as (_, line):
        click.echo(line)
        await_stop()
