"""`mockserver openapi`: the contract, for what generates clients and judges servers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click

from mockserver.cli.exit_codes import USAGE, fail

EXITS = "Exit codes: 0 printed, 2 usage."


def root_url(context: click.Context, option: click.Parameter, value: str) -> str:
    """The URL, if a client could call it."""
    if not re.fullmatch(r"https?://[^/?#\s]+(/[^?#\s]*)?", value):
        told = f"{value!r} is not a server's root URL, such as http://127.0.0.1:4242."
        raise click.BadParameter(told, context, option)
    return value


@click.command(epilog=EXITS)
@click.option("--control", is_flag=True, help="That of the control API, /_sandbox.")
@click.option(
    "--url",
    default="http://127.0.0.1:4242",
    show_default=True,
    callback=root_url,
    help="Where the server is that it shall name.",
)
@click.option("--strict", is_flag=True, help="Answers may have no attributes but today's.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; standard output, if not given.",
)
def openapi(control: bool, url: str, strict: bool, output: Path | None) -> None:
    """Print the OpenAPI 3.1 document of the Protocol API.

    It is the one that a server has at /openapi.json. With --strict, objects that are answered
    are closed to further attributes, for what judges a server; clients must bear them.
    """
    if control and strict:
        raise click.UsageError("--strict is for the Protocol API; leave out --control.")
    from mockserver.contract.openapi.document import document
    from mockserver.web.control.routes import build_openapi

    shown = build_openapi(url) if control else document(url, strict=strict)
    text = json.dumps(shown, indent=1, ensure_ascii=False).encode() + b"\n"
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_bytes(text)
    except OSError as error:
        fail(USAGE, f"cannot write {output}: {error.strerror}")
