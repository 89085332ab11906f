"""`mockserver doctor`: whether your side of the API is ready for production."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

import click

from mockserver.cli.exit_codes import FAILED, USAGE, fail
from mockserver.cli.files import Output
from mockserver.cli.options import Seconds

EXITS = "Exit codes: 0 no findings, 1 findings, or nobody answers, 2 usage."


@click.group()
def doctor() -> None:
    """Examine what you have built for the API."""


@doctor.command(epilog=EXITS)
@click.argument("url")
@click.option("--secret", required=True, help="The webhook's secret, as the receiver knows it.")
@click.option(
    "--timeout",
    default=5.0,
    show_default=True,
    type=Seconds(0.1, 600),
    help="Seconds to wait for each answer.",
)
@click.option(
    "--seed",
    default="0",
    show_default=True,
    help="The same seed, the same events; another for a receiver that keeps what it has seen.",
)
@click.option(
    "--allow-webhook-host",
    metavar="HOST",
    multiple=True,
    help="A host to send to beside this machine; repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON in place of the table.")
@click.option(
    "--junit",
    type=click.Path(path_type=Path),
    help="Write a report for CI to this file, in JUnit's XML.",
)
def webhook(
    url: str,
    secret: str,
    timeout: float,
    seed: str,
    allow_webhook_host: tuple[str, ...],
    as_json: bool,
    junit: Path | None,
) -> None:
    """Examine the receiver of webhooks at URL.

    Sends it what production will one day send: good, forged, twice, out of order, unknown, large
    and slow; and tells what it answered that it should not have, with the fix.
    """
    from mockserver.checks.webhook import report
    from mockserver.checks.webhook.checks import checks
    from mockserver.checks.webhook.http import HttpClient, Unreachable
    from mockserver.checks.webhook.runner import examine
    from mockserver.checks.webhook.target import Refused, target

    if not secret:
        raise click.BadParameter("may not be empty.", param_hint="'--secret'")
    output = Output(junit, "JUnit report") if junit else None
    if output:
        output.check()
    try:
        wire = HttpClient(target(url, allow_webhook_host), timeout, threading.Event().wait)
        results = examine(checks(secret, seed), wire)
    except Refused as error:
        fail(USAGE, str(error))
    except Unreachable as error:
        fail(FAILED, f"{error}; start the receiver first")
    if output:
        output.write(report.junit(url, results))
    told = report.document(url, results)
    click.echo(json.dumps(told, indent=2) if as_json else report.table(url, results))
    sys.exit(FAILED if told["findings"] else 0)
