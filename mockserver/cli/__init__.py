"""The command line: thin. Each command is a few lines over the rooms that do the work.

A command is a module of its own name. What is heavy, such as the server, a command imports when
it runs: so `--help` and a slip of the pen are answered at once.
"""

from __future__ import annotations

import click

from mockserver import __version__
from mockserver.cli import (
    doctor,
    env,
    events,
    generate,
    run,
    selfcheck,
    serve,
    simulate,
    trigger,
)


@click.group(epilog="Begin with 'mockserver serve'; each command has a --help of its own.")
@click.version_option(__version__, prog_name="mockserver")
def main() -> None:
    """An in-memory, deterministic sandbox of the Protocol messaging API."""


COMMANDS = (
    *(serve.serve, run.run, env.env, simulate.simulate, trigger.trigger, events.events),
    *(doctor.doctor, generate.generate, selfcheck.selfcheck),
)
for each in COMMANDS:
    main.add_command(each)
