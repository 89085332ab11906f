"""The command line: thin. Each command is a few lines over the rooms that do the work."""

from __future__ import annotations

import errno
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from mockserver import __version__
from mockserver.settings import BOUNDS, Settings, flag, rows, variable

FAILED, USAGE, PORT_IN_USE, BAD_FIXTURES = 1, 2, 3, 4
EXITS = "Exit codes: 0 stopped, 1 a check failed, 2 usage, 3 port in use, 4 bad fixtures."


@click.group(epilog=EXITS)
@click.version_option(__version__, prog_name="mockserver")
def main() -> None:
    """An in-memory, deterministic sandbox of the Protocol messaging API."""


def setting_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """A flag for each setting, with its environment variable and its default."""
    for row in reversed(rows()):
        repeatable = isinstance(row.default, tuple)
        kind: Any = str if repeatable else type(row.default)
        if row.metadata["choices"]:
            kind = click.Choice(row.metadata["choices"])
        elif row.name in BOUNDS:
            kind = click.IntRange(*BOUNDS[row.name])
        option = click.option(
            flag(row.name),
            type=kind,
            default=row.default,
            multiple=repeatable,
            envvar=variable(row.name),
            show_envvar=True,
            show_default=bool(row.default),
            help=row.metadata["help"],
        )
        command = option(command)
    return command


@main.command(epilog=EXITS)
@setting_options
def serve(**options: Any) -> None:
    """Serve the API until SIGINT or SIGTERM.

    Standard output carries one line of JSON once the server answers; all else goes to standard
    error.
    """
    settings = Settings(**options)
    # Before the imports that take time: a stop in the middle of a start is a stop too.
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    logging.basicConfig(stream=sys.stderr, level=settings.log_level.upper(), format="%(message)s")

    from mockserver.server import Server
    from mockserver.web.app import create_app

    with good_fixtures():
        app = create_app(settings)
    server = Server(app, settings.host, settings.port, max_body=settings.max_body)
    try:
        server.start()
    except OSError as error:
        refuse_to_listen(settings, error)
    try:
        click.echo(banner(settings, server.url, app.extensions["mockserver"]), err=True)
        announce(settings, server.url, server.port)
        # In slices, since on Windows a wait without end is deaf to Ctrl-C.
        while not stopping.wait(1):
            pass
    finally:
        server.stop()
        if settings.ready_file:
            Path(settings.ready_file).unlink(missing_ok=True)


def announce(settings: Settings, url: str, port: int) -> None:
    """Tell machines that the server answers: the one line on standard output, and the file."""
    ready = {
        "event": "ready",
        "url": url,
        "port": port,
        "pid": os.getpid(),
        "version": __version__,
        "fixtures": settings.fixtures,
        "seed": settings.seed,
    }
    line = json.dumps(ready)
    if settings.ready_file:
        target = Path(settings.ready_file)
        partial = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            partial.write_text(line + "\n", encoding="utf-8")
            os.replace(partial, target)
        except OSError as error:
            fail(USAGE, f"cannot write the ready file {target}: {error.strerror}")
    click.echo(line)


def banner(settings: Settings, url: str, front: Any) -> str:
    """What is served where, and a first request to paste."""
    token = settings.token[0] if settings.token else "sandbox_demo"
    lines = [
        f"mockserver {__version__}: the Protocol API, in memory",
        f"  API       {url}/v1",
        f"  fixtures  {settings.fixtures} (seed {settings.seed}, clock {settings.clock})",
        f"  try       curl -H 'Authorization: Bearer {token}' '{url}/v1/conversations?limit=3'",
    ]
    if front.exposed:
        lines.append(f"  WARNING   listening on {settings.host}: other machines can reach this")
    if front.control_tokens and not settings.token:
        lines.append(f"  control   /_sandbox needs the token {front.control_tokens[0]}")
    return "\n".join(lines)


def refuse_to_listen(settings: Settings, error: OSError) -> NoReturn:
    if error.errno == errno.EADDRINUSE:
        fail(PORT_IN_USE, f"port {settings.port} is in use; take another, or --port 0 for any free")
    fail(USAGE, f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}")


@contextmanager
def good_fixtures() -> Iterator[None]:
    """Turn bad fixtures into an exit that tells every problem."""
    from mockserver.seeding.load import BadFixtures

    try:
        yield
    except BadFixtures as error:
        fail(BAD_FIXTURES, f"bad fixtures: {error}")


def fail(code: int, message: str) -> NoReturn:
    click.echo(f"mockserver: {message}", err=True)
    sys.exit(code)


@main.command()
@click.option("--contacts", default=100, show_default=True, type=click.IntRange(1))
@click.option("--conversations", default=120, show_default=True, type=click.IntRange(0))
@click.option("--groups", default=10, show_default=True, type=click.IntRange(0))
@click.option("--messages", default=2000, show_default=True, type=click.IntRange(0))
@click.option("--attachments", default=100, show_default=True, type=click.IntRange(0))
@click.option("--seed", default="0", show_default=True, help="The same seed, the same document.")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.",
)
def generate(seed: str, output: Path, **numbers: int) -> None:
    """Write fixtures of any size, made with Faker, as a file for --fixtures."""
    from mockserver.seeding.generate import Counts, write

    counts = Counts(**numbers)
    try:
        counts.check()
        with click.progressbar(length=counts.steps, label=str(output), file=sys.stderr) as bar:
            write(output, counts, seed, bar.update)
    except ValueError as error:
        fail(USAGE, str(error))
    except OSError as error:
        fail(USAGE, f"cannot write {output}: {error.strerror}")


@main.command()
def selfcheck() -> None:
    """Run one scripted session in two new sandboxes, and print the hash of all answers' bytes.

    The same hash on every machine, Python version and run: that is the promise.
    """
    from mockserver.selfcheck import fingerprints

    first, second = fingerprints()
    if first != second:
        fail(FAILED, f"two equal sandboxes answered differently: {first} and {second}")
    click.echo(first)
