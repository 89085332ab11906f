"""`mockserver env`: the variables of a running server, for a shell."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from mockserver.cli.running import running, sandbox_option, token_option, url_option
from mockserver.cli.variables import variables

EXITS = "Exit codes: 0 printed, 1 no mockserver answers, 2 usage."


@click.command(epilog=EXITS)
@url_option
@click.option("--ready-file", type=click.Path(path_type=Path), help="Its ready file, for the URL.")
@token_option
@sandbox_option
def env(url: str, ready_file: Path | None, token: tuple[str, ...], sandbox: str | None) -> None:
    """Print the variables of a running server, as export lines.

    They are those that 'mockserver run' sets: eval "$(mockserver env)". Nothing goes to standard
    output unless a mockserver answers.
    """
    found = running(url, token, sandbox, ready_file)
    for name, value in variables(found.url, found.token).items():
        click.echo(f"export {name}={shlex.quote(value)}")
