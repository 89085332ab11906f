"""`mockserver certify`: whether a client, in any language, is ready for a bad day."""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path

import click

from mockserver.checks.client.fault_script import TASK
from mockserver.cli.exit_codes import BY_SIGNAL, FAILED
from mockserver.cli.files import Output
from mockserver.cli.options import Seconds
from mockserver.cli.signals import heed_stops
from mockserver.cli.variables import variables

EXITS = (
    "Exit codes: 0 all points, 1 points were lost, 2 usage; 127 if there is no such command, 126 "
    "if it is none."
)
STEPS = "\n".join(f"{number}. {step}" for number, step in enumerate(TASK, 1))
HELP = f"""Score the client that COMMAND runs, by a sandbox in which things go wrong.

COMMAND finds the API by PROTOCOL_API_BASE_URL and its token by MOCKSERVER_TOKEN. With the client
that is to be scored, it shall:

\b
{STEPS}

Each step but the fourth meets one thing that goes wrong. What the command prints goes to standard
error.
"""
NO_COMMAND = (126, 127)


@click.command(epilog=EXITS, help=HELP, context_settings={"allow_interspersed_args": False})
@click.option(
    "--retry-after",
    default=1,
    show_default=True,
    type=click.IntRange(1, 60),
    help="Seconds that the 429 asks the client to wait.",
)
@click.option(
    "--timeout",
    default=120.0,
    show_default=True,
    type=Seconds(0.1, 3600),
    help="Seconds after which the command is ended.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON in place of the table.")
@click.option(
    "--junit",
    type=click.Path(path_type=Path),
    help="Write a report for CI to this file, in JUnit's XML.",
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def certify(
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
        if code in NO_COMMAND:
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
