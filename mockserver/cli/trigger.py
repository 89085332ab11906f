"""`mockserver trigger`: an event on demand, in a running server."""

from __future__ import annotations

import json
from typing import Any, Never

import click

from mockserver.cli.running import control, sandbox_option, token_option, url_option

EXITS = "Exit codes: 0 sent, 1 refused, or no mockserver answers, 2 usage."


def pairs(
    context: click.Context, option: click.Parameter, texts: tuple[str, ...]
) -> dict[str, Any]:
    """Names and values; a value is JSON where it parses, else the text as it is."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals:
            told = f"{text!r} is not NAME=VALUE, as in message=Hello or is_muted=true."
            raise click.BadParameter(told, context, option)
        try:
            found[name] = json.loads(value, parse_constant=_no_json)
        except (ValueError, RecursionError):
            found[name] = value
    return found


def _no_json(name: str) -> Never:
    """NaN and Infinity are taken by Python, and by nobody else."""
    raise ValueError(name)


@click.command(epilog=EXITS)
@click.argument("event", metavar="TYPE")
@click.option(
    "--override",
    metavar="NAME=VALUE",
    multiple=True,
    callback=pairs,
    help="An attribute of the payload; VALUE is JSON where it parses, else text. Repeatable.",
)
@url_option
@token_option
@sandbox_option
def trigger(
    event: str, override: dict[str, Any], url: str, token: tuple[str, ...], sandbox: str | None
) -> None:
    """Send an event of TYPE, such as message.created, to all webhooks that listen.

    Nothing happens but that. Its payload is the latest object of its kind. The event is printed
    as JSON.
    """
    with control(url, token, sandbox) as ask:
        sent = ask.request("POST", "/webhooks/trigger", {"type": event, "override": override})
    click.echo(json.dumps(sent))
