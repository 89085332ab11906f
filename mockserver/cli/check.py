"""`mockserver check`: check an API, a client, a webhook receiver or this server's determinism."""

from __future__ import annotations

import os
import re
import shlex
import sys
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.checks.client.checks import TASK
from mockserver.cli import SuggestingGroup
from mockserver.cli.exits import DRIFT, FAILED, USAGE, StopRequest, exit_on_signals, fail
from mockserver.cli.files import Output
from mockserver.cli.options import TOKEN, Seconds
from mockserver.cli.running import variables

if TYPE_CHECKING:
    from mockserver.checks.report import Report

STEPS = "\n".join(f"{number}. {step}" for number, step in enumerate(TASK, 1))
CLIENT_HELP = f"""Check how the API client that COMMAND runs handles faults.

COMMAND finds the API in PROTOCOL_API_BASE_URL and its token in MOCKSERVER_TOKEN. It must use the
client under test to:

\b
{STEPS}

The server injects faults into steps 1, 2, 3, 6 and 7. The command's output goes to standard
error.
"""


def prints_report(command: Callable[..., tuple[Report, int]]) -> Callable[..., None]:
    """Decorate a command to print the report and to exit with the code that it returns.

    Adds the options ``--json`` and ``--junit``. A JUnit file that cannot be written is reported
    before the command runs.
    """

    @click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
    @click.option(
        "--junit", type=click.Path(path_type=Path), help="Write a JUnit XML report to this file."
    )
    @wraps(command)
    def run(as_json: bool, junit: Path | None, **options: Any) -> None:
        output = Output(junit, "JUnit report") if junit else None
        report, code = command(**options)
        if output:
            with output.exit_on_error():
                output.write(report.to_junit())
        click.echo(report.to_json() if as_json else report.to_table())
        sys.exit(code)

    return run


def timeout_option(
    default: float,
    maximum: float = 600,
    help: str = "Wait at most this many seconds for each response.",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(
        "--timeout", default=default, show_default=True, type=Seconds(0.1, maximum), help=help
    )


@click.group(cls=SuggestingGroup)
def check() -> None:
    """Check an API, a client, a webhook receiver or this server."""


@check.command(
    "api",
    epilog="Exit codes: 0 no drift, 1 the API did not respond or created objects could not be "
    "deleted, 2 usage error, 5 drift.",
)
@click.argument("url")
@click.option("--token", required=True, envvar=TOKEN, show_envvar=True, help="Send this token.")
@timeout_option(10.0)
@click.option(
    "--only",
    type=click.Choice(["documented", "decided"]),
    help="Check only documented rules, or only those decided by mockserver.",
)
@click.option("--all", "show_all", is_flag=True, help="Show all rows, not only those with drift.")
@prints_report
def check_api(
    url: str, token: str, timeout: float, only: str | None, show_all: bool
) -> tuple[Report, int]:
    """Check that the API at URL keeps the contract.

    URL is the base URL of any server of the Protocol API and ends in /v1: a mockserver, a staging
    system or the real API. The check creates objects named mockserver-check… and deletes them at
    the end, also after Ctrl-C. It does not change other objects.
    """
    from mockserver.checks.api.api_client import ApiClient
    from mockserver.checks.api.checks import all_checks
    from mockserver.checks.api.http import HttpClient, InvalidUrl, parse_base_url
    from mockserver.checks.api.runner import NotAnApi, report, run

    if not re.fullmatch(r"[\x21-\x7e]+", token):
        raise click.BadParameter("must be visible ASCII without spaces.", param_hint="'--token'")
    try:
        base_url = parse_base_url(url)
    except InvalidUrl as error:
        fail(USAGE, str(error))
    stop = StopRequest()
    api = ApiClient(HttpClient(base_url, token, timeout, stop.wait, stop.exit_if_requested))
    try:
        run(api, [check for check in all_checks() if only in (None, check.basis)])
    except NotAnApi as error:
        fail(FAILED, str(error))
    finally:
        stop.ignore_signals()
        not_deleted = api.created.delete_all()
        if not_deleted:
            click.echo("\n  ".join(["mockserver: could not delete:", *not_deleted]), err=True)
    results = [result for result in api.results if only in (None, result.basis)]
    result = report(url, results, not_deleted, show_all=show_all)
    return result, DRIFT if result.failures else FAILED if not_deleted else 0


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
    exit_on_signals()
    from subprocess import DEVNULL

    from mockserver.checks.client.runner import client_run, report
    from mockserver.cli.subprocess_runner import TIMED_OUT, run_command

    with client_run(retry_after) as run:
        environment = {**os.environ, **variables(run.url, run.sandbox.token)}
        code = run_command(command, environment, timeout=timeout, stdout=sys.stderr or DEVNULL)
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
    "--secret", required=True, help="Sign deliveries with this secret; the receiver must know it."
)
@timeout_option(5.0)
@click.option(
    "--seed",
    default="0",
    show_default=True,
    help="Derive event ids from this seed. Change it if the receiver has stored earlier events.",
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
    from mockserver.checks.webhook import runner
    from mockserver.checks.webhook.checks import all_checks
    from mockserver.webhooks.target import TargetNotAllowed

    if not secret:
        raise click.BadParameter("may not be empty.", param_hint="'--secret'")
    try:
        target = runner.receiver_target(url, allow_webhook_host)
        send = runner.DeliverySender(target, timeout, threading.Event().wait)
        results = runner.run(all_checks(secret, seed), send)
    except TargetNotAllowed as error:
        fail(USAGE, str(error))
    except runner.ReceiverUnreachable as error:
        fail(FAILED, f"{error}; start the receiver first")
    result = runner.report(url, results)
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
