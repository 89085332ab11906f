"""`mockserver check api`, and the options and output that all checks share."""

from __future__ import annotations

import re
import signal
import sys
import threading
from collections.abc import Callable
from functools import wraps
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.exits import DRIFT, FAILED, SIGNAL_BASE, STOP_SIGNALS, USAGE, fail, ignore
from mockserver.cli.files import Output
from mockserver.cli.options import TOKEN, Seconds

if TYPE_CHECKING:
    from mockserver.checks.report import Report

EXIT_CODES = (
    "Exit codes: 0 no drift, 1 the API did not respond or created objects could not be deleted, "
    "2 usage error, 5 drift."
)
POLL_INTERVAL = 0.1
"""Seconds between two polls for a signal. A handler cannot set an event to end the wait: the
interrupted wait may hold the lock of the event."""


def prints_report(command: Callable[..., tuple[Report, int]]) -> Callable[..., None]:
    """Print the report that the command returns, and end with the exit code it returns.

    Adds the options ``--json`` and ``--junit``. Before the command runs, a JUnit file that is not
    writable is an error.
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
            output.write(report.to_junit())
        click.echo(report.to_json() if as_json else report.to_table())
        sys.exit(code)

    return run


def timeout_option(
    default: float,
    maximum: float = 600,
    help: str = "Wait at most this many seconds for each response.",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option ``--timeout``, in seconds."""
    return click.option(
        "--timeout", default=default, show_default=True, type=Seconds(0.1, maximum), help=help
    )


@click.command("api", epilog=EXIT_CODES)
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


class StopRequest:
    """A request to stop the run: Ctrl-C, SIGTERM or the end of the terminal.

    It handles these signals from its creation on. The first one ends the run between two requests,
    so that whatever the current one creates is known and deleted. A second signal does not wait for
    the response.
    """

    def __init__(self) -> None:
        self._signal = 0
        self._never = threading.Event()
        self._signals: list[int] = [*STOP_SIGNALS]
        hangup = getattr(signal, "SIGHUP", None)
        if hangup and signal.getsignal(hangup) != signal.SIG_IGN:  # nohup ignores it
            self._signals.append(hangup)
        for number in self._signals:
            signal.signal(number, self._handle)

    def ignore_signals(self) -> None:
        """Ignore signals from now on, so that cleaning up is not interrupted."""
        for number in self._signals:
            signal.signal(number, ignore)
        self._signal = 0

    def wait(self, seconds: float) -> None:
        """Wait; exit if there is a signal meanwhile."""
        for _ in range(ceil(seconds / POLL_INTERVAL)):
            self.exit_if_requested()
            self._never.wait(POLL_INTERVAL)

    def exit_if_requested(self) -> None:
        """Exit if there was a signal."""
        if self._signal:
            sys.exit(SIGNAL_BASE + self._signal)

    def _handle(self, number: int, _: object) -> None:
        if self._signal:
            sys.exit(SIGNAL_BASE + number)
        self._signal = number
