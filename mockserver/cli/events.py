"""`mockserver trigger` and `mockserver events`: send events of a running server."""

from __future__ import annotations

import json
from typing import Any, Never

import click

from mockserver.cli.running import control_api, sandbox_option, token_option, url_option

EXITS = "Exit codes: 0 sent, 1 an error response or no mockserver running, 2 usage."


def parse_pairs(
    context: click.Context, option: click.Parameter, texts: tuple[str, ...]
) -> dict[str, Any]:
    """Return names and values; a value is parsed as JSON if it is valid, else it is text."""
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals:
            message = f"{text!r} is not NAME=VALUE, as in message=Hello or is_muted=true."
            raise click.BadParameter(message, context, option)
        try:
            pairs[name] = json.loads(value, parse_constant=_reject_constant)
        except (ValueError, RecursionError):
            pairs[name] = value
    return pairs


def _reject_constant(name: str) -> Never:
    """Raise ``ValueError``: NaN and Infinity are not JSON, although Python parses them."""
    raise ValueError(name)


@click.command(epilog=EXITS)
@click.argument("event", metavar="TYPE")
@click.option(
    "--override",
    metavar="NAME=VALUE",
    multiple=True,
    callback=parse_pairs,
    help="Set an attribute of the payload; VALUE is JSON if it is valid, else text. Repeatable.",
)
@url_option
@token_option
@sandbox_option
def trigger(
    event: str, override: dict[str, Any], url: str, token: tuple[str, ...], sandbox: str | None
) -> None:
    """Send an event of TYPE, such as message.created, to all matching webhooks.

    No data changes. The payload is the latest object of its kind. Prints the event as JSON.
    """
    with control_api(url, token, sandbox) as api:
        body = {"type": event, "override": override}
        click.echo(json.dumps(api.request("POST", "/webhooks/trigger", body)))


@click.group(epilog=EXITS)
def events() -> None:
    """Manage the events of a running server."""


@events.command(epilog=EXITS)
@click.argument("event", metavar="ID")
@click.option("--webhook", metavar="ID", help="Send it to this webhook only.")
@url_option
@token_option
@sandbox_option
def resend(
    event: str, webhook: str | None, url: str, token: tuple[str, ...], sandbox: str | None
) -> None:
    """Send the event ID again to each webhook that it was sent to.

    Prints the deliveries as JSON; GET /_sandbox/deliveries/ID shows how each ends.
    """
    body = {"event": event} | ({"webhook": webhook} if webhook else {})
    with control_api(url, token, sandbox) as api:
        click.echo(json.dumps(api.request("POST", "/deliveries/redeliver", body)["data"]))
