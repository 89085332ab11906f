"""`mockserver tail`: follow a sandbox of a running server."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from mockserver.cli import exits
from mockserver.cli.running import find_server, server_options

if TYPE_CHECKING:
    from mockserver.client.control import StreamEvent

FILTERS = ("method", "path", "resource", "operation", "status")


@click.command(
    epilog="Exit codes: 0 the stream ended, 1 an error response or no mockserver running, 2 usage "
    "error."
)
@server_options
@click.option("--json", "is_json", is_flag=True, help="Print each event as a line of JSON.")
@click.option(
    "--filter",
    "filters",
    metavar="NAME=VALUE",
    multiple=True,
    help=f"Show only requests with this {', '.join(FILTERS[:-1])} or {FILTERS[-1]}; a path or an "
    "operation may contain '*'. Repeatable.",
)
@click.option("--all", "is_all", is_flag=True, help="First print the kept requests and deliveries.")
def tail(
    url: str,
    token: tuple[str, ...],
    sandbox: str | None,
    is_json: bool,
    filters: tuple[str, ...],
    is_all: bool,
) -> None:
    """Follow a sandbox: print its requests, events and deliveries as they happen.

    Ends when the sandbox is deleted, the server stops, or the reader of its output is gone.
    """
    exits.exit_on_signals(0)
    query = dict(map(_parse_filter, filters))
    root, sent_token = find_server(url, token, sandbox)

    from mockserver.client.control import ControlApi
    from mockserver.client.transport import RemoteServer, Unreachable
    from mockserver.errors import ApiError

    control = ControlApi(RemoteServer(root), sent_token)
    try:
        for event in control.follow("0.0" if is_all else None, **query):
            text = json.dumps({"event": event.kind, **event.data}) if is_json else _line(event)
            if text:
                click.echo(text)
    except BrokenPipeError:  # the reader of the output is gone
        exits.discard(sys.stdout)
    except (ApiError, Unreachable) as error:
        exits.fail(exits.FAILED, str(error))


def _parse_filter(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or name not in FILTERS:
        from mockserver.errors import did_you_mean

        hint = did_you_mean(name, FILTERS, f"known names: {', '.join(FILTERS)}")
        raise click.BadParameter(f"{text!r} is not NAME=VALUE{hint}.", param_hint="'--filter'")
    return name, value


def _line(event: StreamEvent) -> str:
    """Return an event's line, as the Stripe CLI prints it; empty before the first attempt."""
    from mockserver.client.journal import request_line

    data = event.data
    match event.kind:
        case "request":
            return request_line(data)
        case "event":
            return f"  --> {data['type']} [{data['id']}]"
        case "delivery" if data["attempts"]:
            return (
                f"  <-- [{data['status'] or data['reason']}] POST {data['url']} [{data['event']}]"
            )
        case "missing":
            return f"({data['requests']} requests are missing: the journal no longer has them)"
    return ""
