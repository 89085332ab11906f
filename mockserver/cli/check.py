"""`mockserver check`: check an API, a client, a webhook receiver or this server's determinism."""

from __future__ import annotations

import os
import shlex
import sys
import threading
from typing import TYPE_CHECKING

import click

from mockserver.checks.client.checks import TASK
from mockserver.cli import SuggestingGroup
from mockserver.cli.check_api import check_api, prints_report, timeout_option
from mockserver.cli.exits import FAILED, SIGNAL_BASE, USAGE, exit_on_stop_signals, fail
from mockserver.cli.running import variables

if TYPE_CHECKING:
    from mockserver.checks.report import Report

STEPS = "\n".join(f"{number}. {step}" for number, step in enumerate(TASK, 1))
CLIENT_HELP = f"""Check how the API client that COMMAND runs copes with faults.

COMMAND finds the API in PROTOCOL_API_BASE_URL and its token in MOCKSERVER_TOKEN. It must use the
client under test to:

\b
{STEPS}

The server injects faults into steps 1, 2, 3, 6 and 7. The command's output goes to standard
error.
"""


@click.group(cls=SuggestingGroup)
def check() -> None:
    """Check an API, a client, a webhook receiver or this server."""


check.add_command(check_api)


@check.command(
    "client",
    help=CLIENT_HELP,
    epilog="Exit codes: 0 all checks passed, 1 a check failed, 2 usage error, 126 the command is "
    "not executable, 127 it was not found.",
    context_settings={"allow_interspersed_args": False},
)
@click.option(
    "--retry-after",
    default=1,
    show_default=True,
    type=click.IntRange(1, 60),
    help="Send this Retry-After with the 429 response, in seconds.",
)
@timeout_option(120.0, 3600, help="End the command after this many seconds.")
@prints_report
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def check_client(retry_after: int, timeout: float, command: tuple[str, ...]) -> tuple[Report, int]:
    if not command[0]:
        raise click.BadParameter("the name of the command is empty.", param_hint="COMMAND...")
    exit_on_stop_signals(lambda number: SIGNAL_BASE + number)
    from mockserver.checks.client.runner import client_run, report
    from mockserver.cli.subprocess_runner import TIMED_OUT, run_command

    with client_run(retry_after) as run:
        environment = {**os.environ, **variables(run.url, run.sandbox.token)}
        code = run_command(command, environment, timeout=timeout, stdout=sys.stderr)
        if code in (126, 127):  # not executable, or not found
            sys.exit(code)
        results = run.results()
    exit_status = f"exited with status {code}" if code else ""
    if code == TIMED_OUT:
        exit_status = f"timed out after {timeout:g} s"
    result = report(shlex.join(command), exit_status, results)
    return result, FAILED if result.failures else 0


@check.command(
    "webhook",
    epilog="Exit codes: 0 no findings, 1 findings or an unreachable receiver, 2 usage error.",
)
@click.argument("url")
@click.option(
    "--secret", required=True, help="Sign deliveries with this secret, which the receiver knows."
)
@timeout_option(5.0)
@click.option(
    "--seed",
    default="0",
    show_default=True,
    help="Derive event ids from this seed. Change it if the receiver remembers earlier events.",
)
@click.option(
    "--allow-webhook-host",
    metavar="HOST",
    multiple=True,
    help="Allow sending to this host as well as to this machine; repeatable.",
)
@prints_report
def check_webhook(
    url: str, secret: str, timeout: float, seed: str, allow_webhook_host: tuple[str, ...]
) -> tuple[Report, int]:
    """Check the webhook receiver at URL.

    Sends valid, forged, duplicate, out-of-order, unknown, large and slow deliveries, and reports
    each wrong response with its fix.
    """
    from mockserver.checks.webhook.checks import all_checks
    from mockserver.checks.webhook.runner import (
        DeliverySender,
        ReceiverUnreachable,
        receiver_target,
        report,
        run,
    )
    from mockserver.webhooks.target import TargetNotAllowed

    if not secret:
        raise click.BadParameter("may not be empty.", param_hint="'--secret'")
    try:
        target = receiver_target(url, allow_webhook_host)
        send = DeliverySender(target, timeout, threading.Event().wait)
        results = run(all_checks(secret, seed), send)
    except TargetNotAllowed as error:
        fail(USAGE, str(error))
    except ReceiverUnreachable as error:
        fail(FAILED, f"{error}; start the receiver first")
    result = report(url, results)
    return result, FAILED if result.failures else 0


@check.command(
    "determinism", epilog="Exit codes: 0 equal responses, 1 different responses, 2 usage error."
)
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
