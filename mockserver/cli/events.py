"""`mockserver trigger` and `mockserver events`: make a running server send events."""

from __future__ import annotations

import json
from typing import Any

import click

from mockserver.cli import SuggestingGroup
from mockserver.cli.running import EXITS, post, server_options


def parse_pairs(
    context: click.Context, option: click.Parameter, texts: tuple[str, ...]
) -> dict[str, Any]:
    """Parse NAME=VALUE pairs; a value that is not valid JSON is a string."""
    from mockserver.schema.strict_json import parse_json

    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals:
            message = f"{text!r} is not NAME=VALUE, as in message=Hello or is_muted=true."
            raise click.BadParameter(message, context, option)
        try:
            pairs[name] = parse_json(value.encode())
        except ValueError:
            pairs[name] = value
    return pairs


@click.command(epilog=EXITS)
@click.argument("event", metavar="TYPE")
@click.option(
    "--override",
    metavar="NAME=VALUE",
    multiple=True,
    callback=parse_pairs,
    help="Set an attribute of the payload. VALUE is parsed as JSON if possible; otherwise it is "
    "text. Repeatable.",
)
@server_options
def trigger(event: str, override: dict[str, Any], **server: Any) -> None:
    """Send an event of TYPE to all matching webhooks.

    TYPE is an event type such as message.created. No data changes: the payload is the latest object
    of its kind. Prints the event as JSON.
    """
    body = {"type": event, "override": override}
    click.echo(json.dumps(post("/webhooks/trigger", body, **server)))


@click.group(cls=SuggestingGroup, epilog=EXITS)
def events() -> None:
    """Resend events of a running server."""


@events.command(epilog=EXITS)
@click.argument("event", metavar="ID")
@click.option("--webhook", metavar="ID", help="Send the event to this webhook only.")
@server_options
def resend(event: str, webhook: str | None, **server: Any) -> None:
    """Send the event ID again to every webhook that it was sent to.

    Prints the new deliveries as JSON; GET /_sandbox/deliveries/ID returns the result of each.
    """
    body = {"event": event} | ({"webhook": webhook} if webhook else {})
    click.echo(json.dumps(post("/deliveries/redeliver", body, **server)["data"]))
