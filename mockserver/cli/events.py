"""`mockserver events`: what became of the events of a running server."""

from __future__ import annotations

import json
from urllib.parse import quote

import click

from mockserver.cli.exits import FAILED, fail
from mockserver.cli.running import control, sandbox_option, token_option, url_option

EXITS = "Exit codes: 0 sent, 1 refused, or no mockserver answers, 2 usage."
MOST = 1000


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
    with control(url, token, sandbox) as ask:
        told = ask.list("/deliveries", event=event, webhook=webhook, limit=MOST)
        if not told:
            to = f" to '{webhook}'" if webhook else ""
            fail(FAILED, f"there is no delivery of the event '{event}'{to} in the log")
        # One for each webhook, also where the conductor had it told more than once.
        latest = {each["webhook"]: quote(each["id"], safe="") for each in told}
        again = [ask("POST", f"/deliveries/{each}/redeliver", {}) for each in latest.values()]
    click.echo(json.dumps(again))
