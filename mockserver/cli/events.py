"""`mockserver events`: what became of the events of a running server."""

from __future__ import annotations

import json

import click

from mockserver.cli.running import control, sandbox_option, token_option, url_option

EXITS = "Exit codes: 0 sent, 1 refused, or no mockserver answers, 2 usage."


@click.group(epilog=EXITS)
def events() -> None:
    """What became of the events of a running server."""


@events.command(epilog=EXITS)
@click.argument("event", metavar="ID")
@click.option("--webhook", metavar="ID", help="To this webhook only.")
@url_option
@token_option
@sandbox_option
def resend(
    event: str, webhook: str | None, url: str, token: tuple[str, ...], sandbox: str | None
) -> None:
    """Send the event ID once more to each webhook that was told of it.

    The deliveries are printed as JSON; each has its id in the log, which tells how they go on.
    """
    wanted = {"event": event} | ({"webhook": webhook} if webhook else {})
    with control(url, token, sandbox) as ask:
        again = ask.request("POST", "/deliveries/redeliver", wanted)["data"]
    click.echo(json.dumps(again))
