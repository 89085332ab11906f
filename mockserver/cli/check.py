"""`mockserver check`: check an API, a client, a webhook receiver or this server's determinism."""

from __future__ import annotations

import json
import os
import shlex
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mockserver.checks.client.fault_script import TASK
from mockserver.cli import suggest_command
from mockserver.cli.check_api import api
from mockserver.cli.exit_codes import BY_SIGNAL, EXITS, FAILED, USAGE, fail
from mockserver.cli.files import Output
from mockserver.cli.options import Seconds
from mockserver.cli.signals import heed_stops
from mockserver.cli.variables import variables

STEPS = "\n".join(f"{number}. {step}" for number, step in enumerate(TASK, 1))
CLIENT_HELP = f"""Check how the API client that COMMAND runs copes with faults.

COMMAND finds the API in PROTOCOL_API_BASE_URL and its token in MOCKSERVER_TOKEN. It must use the
client under test to:

\b
{STEPS}

The server injects one kind of fault into each step except step 4. The command's output goes to
standard error.
"""
CANNOT_RUN = (126, 127)
"""Exit codes of a command that is not executable or was not found."""


class CheckCommands(click.Group):
    """A group that suggests a similar command when a name is misspelled."""

    def resolve_command(
        self, context: click.Context, words: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        suggest_command(self, context, words[0])
        return super().resolve_command(context, words)


@click.group(cls=CheckCommands)
def check() -> None:
    """Check an API, a client, a webhook receiver or this server."""


check.add_command(api)


def report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--json`` and ``--junit``."""
    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
    junit = click.option(
        "--junit", type=click.Path(path_type=Path), help="Write a JUnit XML report to this file."
    )
    return as_json(junit(command))


@check.command(
    "client",
    help=CLIENT_HELP,
    epilog="Exit codes: 0 all checks passed, 1 a check failed, 2 usage, 126 the command is not "
    "executable, 127 it was not found.",
    context_settings={"allow_interspersed_args": False},
)
@click.option(
    "--retry-after",
    default=1,
    show_default=True,
    type=click.IntRange(1, 60),
    help="Retry-After of the 429 response, in seconds.",
)
@click.option(
    "--timeout",
    default=120.0,
    show_default=True,
    type=Seconds(0.1, 3600),
    help="End the command after this many seconds.",
)
@report_options
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def check_client(
    retry_after: int, timeout: float, as_json: bool, junit: Path | None, command: tuple[str, ...]
) -> None:
    if not command[0]:
        raise click.BadParameter("the name of the command is empty.", param_hint="COMMAND...")
    heed_stops(lambda number: BY_SIGNAL + number)
    output = Output(junit, "JUnit report") if junit else None
    if output:
        output.check()
    from mockserver.checks.client import report
    from mockserver.checks.client.runner import Exam
    from mockserver.cli.subprocess_runner import TIMED_OUT, outcome

    with Exam(retry_after) as exam:
        found = variables(exam.url, exam.token)
        code = outcome(command, {**os.environ, **found}, seconds=timeout, out=sys.stderr)
        if code in CANNOT_RUN:
            sys.exit(code)
        scores = exam.scores()
    ending = f"ended with {code}" if code else ""
    if code == TIMED_OUT:
        ending = f"was ended after {timeout:g} s"
    name = shlex.join(command)
    if output:
        output.write(report.junit(name, scores))
    if as_json:
        click.echo(json.dumps(report.document(name, ending, scores), indent=2))
    else:
        click.echo(report.table(name, ending, scores))
    sys.exit(FAILED if report.made(scores) < len(scores) else 0)


@check.command(
    "webhook", epilog="Exit codes: 0 no findings, 1 findings or an unreachable receiver, 2 usage."
)
@click.argument("url")
@click.option("--secret", required=True, help="Signing secret that the receiver knows.")
@click.option(
    "--timeout",
    default=5.0,
    show_default=True,
    type=Seconds(0.1, 600),
    help="Wait at most this many seconds for each response.",
)
@click.option(
    "--seed",
    default="0",
    show_default=True,
    help="Seed of the event ids. Use another one if the receiver remembers earlier events.",
)
@click.option(
    "--allow-webhook-host",
    metavar="HOST",
    multiple=True,
    help="Allow sending to this host as well as to this machine; repeatable.",
)
@report_options
def check_webhook(
    url: str,
    secret: str,
    timeout: float,
    seed: str,
    allow_webhook_host: tuple[str, ...],
    as_json: bool,
    junit: Path | None,
) -> None:
    """Check the webhook receiver at URL.

    Sends valid, forged, duplicate, out-of-order, unknown, large and slow deliveries, and reports
    each wrong response with its fix.
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


@check.command("determinism", epilog=EXITS)
def check_determinism() -> None:
    """Check that equal requests get byte-identical responses.

    Runs one scripted session in two new sandboxes and prints the SHA-256 hash of all responses.
    The hash is the same on every machine, Python version and run.
    """
    from mockserver.checks.determinism import fingerprints

    first, second = fingerprints()
    if first != second:
        fail(FAILED, f"two equal sandboxes gave different responses: {first} and {second}")
    click.echo(first)
