"""The command line: thin. Each command is a few lines over the rooms that do the work."""

from __future__ import annotations

import errno
import gc
import json
import logging
import os
import re
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

import click

from mockserver import __version__
from mockserver.settings import BOUNDS, PATTERNS, Settings, flag, rows, variable

FAILED, USAGE, PORT_IN_USE, BAD_FIXTURES = 1, 2, 3, 4
EXITS = "Exit codes: 0 stopped, 1 a check failed, 2 usage, 3 port in use, 4 bad fixtures."


@click.group(epilog="Begin with 'mockserver serve'; each command has a --help of its own.")
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
            is_flag=row.default is False,
            type=kind,
            default=row.default,
            multiple=repeatable,
            callback=well_formed if row.name in PATTERNS else None,
            envvar=variable(row.name),
            show_envvar=True,
            show_default=bool(row.default),
            help=row.metadata["help"],
        )
        command = option(command)
    return command


def well_formed(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """The value, if it looks as it must."""
    pattern, wanted = PATTERNS[str(option.name)]
    for text in value if isinstance(value, tuple) else (value,):
        if not re.fullmatch(pattern, text):
            raise click.BadParameter(f"{text!r} is not {wanted}.", context, option)
    return value


@main.command(epilog=EXITS)
@setting_options
def serve(**options: Any) -> None:
    """Serve the API until SIGINT or SIGTERM.

    Standard output carries one line of JSON once the server answers; all else goes to standard
    error.
    """
    settings = Settings(**options)
    # Before the imports that take time: a stop in the middle of a start is a stop too.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    logging.basicConfig(stream=sys.stderr, level=settings.log_level.upper(), format="%(message)s")

    from mockserver.server import Server
    from mockserver.web.app import create_app

    with good_fixtures():
        app = create_app(settings)
    # The fixtures stay for as long as the process: without this, a million objects would be gone
    # through by the garbage collector in the middle of requests, for seconds.
    gc.freeze()
    server = Server(app, settings.host, settings.port, max_body=settings.max_body)
    with listening(server):
        click.echo(banner(settings, server.url, app.pipeline), err=True)
        with announced(settings, server.url, server.port):
            while True:
                time.sleep(60)


def stop(*_: object) -> NoReturn:
    """End the command wherever it is, by way of every ``finally``.

    An exception, not an event that the main thread waits for: that would be deaf while it reads
    fixtures, and a handler that sets an event can meet the lock of the very wait it interrupts.
    """
    sys.exit(0)


@contextmanager
def listening(server: Any) -> Iterator[None]:
    """The server, started; a port that cannot be had is an exit that says so."""
    try:
        server.start()
    except (OSError, ValueError) as error:  # ValueError: a host that is no name at all
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            free = "choose another with --port, or let --port 0 find a free one"
            fail(PORT_IN_USE, f"port {server.port} is in use; {free}")
        why = getattr(error, "strerror", None) or error
        fail(USAGE, f"cannot listen on {server.host}:{server.port}: {why}; check --host and --port")
    try:
        yield
    finally:
        server.stop()


@contextmanager
def announced(settings: Settings, url: str, port: int) -> Iterator[None]:
    """Tell machines that the server answers: the one line on standard output, and the file.

    The file goes away first: nobody shall find a server that is about to stop.
    """
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
    file = Path(settings.ready_file) if settings.ready_file else None
    if file:
        write_at_once(file, line + "\n")
    try:
        click.echo(line)
        yield
    finally:
        if file:
            file.unlink(missing_ok=True)


def write_at_once(file: Path, text: str) -> None:
    """Write a file that is seen either whole or not at all."""
    partial = file.parent / f".{file.name}.{os.getpid()}.part"
    try:
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, file)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        fail(USAGE, f"cannot write the ready file {file}: {error.strerror}")


def banner(settings: Settings, url: str, front: Any) -> str:
    """What is served where, and a first request to paste."""
    header = shlex.quote(f"Authorization: Bearer {(*settings.token, 'demo')[0]}")
    first = shlex.quote(f"{url}/v1/conversations?limit=3")
    lines = [
        f"mockserver {__version__}: the Protocol API, in memory",
        f"  API       {url}/v1",
        f"  fixtures  {settings.fixtures} (seed {settings.seed}, clock {settings.clock})",
        f"  try       curl -H {header} {first}",
    ]
    if front.exposed:
        reach = "other machines can reach this by address (by name: --allow-host NAME)"
        lines.append(f"  WARNING   listening on {settings.host}: {reach}")
    if front.control_tokens and not settings.token:
        lines.append(f"  control   /_sandbox needs the token {front.control_tokens[0]}")
    return "\n".join(lines)


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


@main.command(epilog=EXITS)
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
    """Write fixtures of any size.

    A file for 'serve --fixtures', made with Faker. The user is one of the contacts.
    """
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


@main.command(epilog=EXITS)
def selfcheck() -> None:
    """Check that the same requests get the same bytes.

    Runs one scripted session in two new sandboxes, and prints the hash of all answers. It is the
    same hash on every machine, Python version and run: that is the promise.
    """
    from mockserver.selfcheck import fingerprints

    first, second = fingerprints()
    if first != second:
        fail(FAILED, f"two equal sandboxes answered differently: {first} and {second}")
    click.echo(first)
