"""`mockserver check api`: whether what answers at a URL keeps the contract."""

from __future__ import annotations

import json
import re
import signal
import sys
import threading
from math import ceil
from pathlib import Path

import click

from mockserver.cli.exit_codes import BY_SIGNAL, DRIFT, FAILED, USAGE, fail
from mockserver.cli.files import Output
from mockserver.cli.options import Seconds
from mockserver.cli.signals import STOPS, ignore
from mockserver.cli.variables import TOKEN

EXITS = (
    "Exit codes: 0 no drift, 1 no API that answers, or something is left that was made, 2 usage, "
    "5 drift."
)
SLICE = 0.1
"""Seconds of a wait in which no signal is heeded: an event that ends it cannot be set in a signal's
handler, which can meet the lock of the very wait that it interrupts."""


@click.command("api", epilog=EXITS)
@click.argument("url")
@click.option("--token", required=True, envvar=TOKEN, show_envvar=True, help="The token to use.")
@click.option(
    "--timeout",
    default=10.0,
    show_default=True,
    type=Seconds(0.1, 600),
    help="Seconds to wait for each answer.",
)
@click.option(
    "--only",
    type=click.Choice(["documented", "decided"]),
    help="Only what the documentation says, or only what mockserver has decided.",
)
@click.option("--all", "every", is_flag=True, help="Show every row, not only those with drift.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON in place of the table.")
@click.option(
    "--junit",
    type=click.Path(path_type=Path),
    help="Write a report for CI to this file, in JUnit's XML.",
)
def api(
    url: str,
    token: str,
    timeout: float,
    only: str | None,
    every: bool,
    as_json: bool,
    junit: Path | None,
) -> None:
    """Check that the API at URL keeps the contract.

    URL is any base URL of the Protocol API, the one that ends in /v1: a mockserver, a staging
    system, the real one. All is tried on objects that are made for it, named mockserver-check…,
    and deleted again, also after Ctrl-C; no others are touched.
    """
    from mockserver.checks.api import report
    from mockserver.checks.api.address import BadAddress, address
    from mockserver.checks.api.checks.registry import checks
    from mockserver.checks.api.cleanup import CreatedObjects
    from mockserver.checks.api.http import HttpClient
    from mockserver.checks.api.rows import Rows
    from mockserver.checks.api.runner import NoApi, Verification

    if not re.fullmatch(r"[\x21-\x7e]+", token):
        wanted = "a token is visible ASCII without spaces, and not empty."
        raise click.BadParameter(wanted, param_hint="'--token'")
    output = Output(junit, "JUnit report") if junit else None
    if output:
        output.check()
    stop = Stop()
    try:
        wire = HttpClient(address(url), token, timeout, stop.pause, stop.heed)
    except BadAddress as error:
        fail(USAGE, str(error))
    workspace = CreatedObjects(wire)
    found = Verification(wire, Rows(), workspace)
    broken = ""
    stop.listen()
    try:
        found.run([each for each in checks() if only in (None, each.basis)])
    except NoApi as error:
        broken = str(error)
    finally:
        stop.mute()
        left = workspace.clear()
        if left:
            click.echo("\n  ".join(["mockserver: could not be deleted:", *left]), err=True)
    if broken:
        fail(FAILED, broken)
    rows = [row for row in found.rows if only in (None, row.basis)]
    if output:
        output.write(report.junit(url, rows))
    told = report.document(url, rows, left)
    click.echo(json.dumps(told, indent=2) if as_json else report.table(url, rows, every=every))
    sys.exit(DRIFT if told["drift"] else FAILED if left else 0)


class Stop:
    """Ctrl-C, SIGTERM and the end of the terminal: the first is heeded between two requests, so
    that whatever the one under way makes is known, and deleted; a second one does not wait for its
    answer."""

    def __init__(self) -> None:
        self._number = 0
        self._muted = False
        self._never = threading.Event()
        self._ends: list[int] = [*STOPS]
        hangup = getattr(signal, "SIGHUP", None)
        if hangup and signal.getsignal(hangup) != signal.SIG_IGN:  # which it is under nohup
            self._ends.append(hangup)

    def listen(self) -> None:
        for each in self._ends:
            signal.signal(each, self._hear)

    def mute(self) -> None:
        """Clear away in peace: from here on no signal is heard."""
        self._muted = True
        for each in self._ends:
            signal.signal(each, ignore)

    def pause(self, seconds: float) -> None:
        """Wait; a signal ends that."""
        for _ in range(ceil(seconds / SLICE)):
            self.heed()
            self._never.wait(SLICE)

    def heed(self) -> None:
        """End the command if it was told to end."""
        if self._number and not self._muted:
            sys.exit(BY_SIGNAL + self._number)

    def _hear(self, number: int, _: object) -> None:
        if self._number:
            sys.exit(BY_SIGNAL + number)
        self._number = number
