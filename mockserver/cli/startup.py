"""From settings to a server that answers, and in order to the end."""

from __future__ import annotations

import errno
import gc
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.cli.banner import banner, ready_file, ready_line
from mockserver.cli.exit_codes import BAD_FIXTURES, FAILED, PORT_IN_USE, USAGE, fail
from mockserver.cli.files import Output

if TYPE_CHECKING:
    from mockserver.server import Server
    from mockserver.settings import Settings
    from mockserver.web.application import Application


@contextmanager
def served(settings: Settings, *, quiet: bool = False) -> Iterator[tuple[str, str]]:
    """A server that answers: its root URL, and its ready line. What cannot be is an exit.

    ``quiet`` leaves out the banner, unless other machines can call: that must be seen.
    """
    logging.basicConfig(stream=sys.stderr, level=settings.log_level.upper(), format="%(message)s")
    ready = output(settings.ready_file, "ready file")
    saved = output(settings.save_on_exit, "state to")

    from mockserver.server import Server
    from mockserver.web.app import create_app

    with good_settings():
        app = create_app(settings)
    # The fixtures stay for as long as the process: without this, a million objects would be gone
    # through by the garbage collector in the middle of requests, for seconds.
    gc.freeze()
    server = Server(app, settings.host, settings.port, max_body=settings.max_body)
    start(server)
    try:
        if app.is_exposed or not quiet:
            click.echo(banner(settings, server.url, app), err=True)
        line = ready_line(settings, server.url, server.port)
        with ready_file(ready, line):
            yield server.url, line
    finally:
        server.stop()
        app.stop_background_work()
        if saved:
            saved.write(state(app), FAILED)


def output(name: str, noun: str) -> Output | None:
    """The file of a setting, if it has one; one that cannot be written is told before the start."""
    if not name:
        return None
    file = Output(Path(name), noun)
    file.check()
    return file


@contextmanager
def good_settings() -> Iterator[None]:
    """Turn bad fixtures or a bad script, webhooks that lead nowhere and a speed without a clock
    to run at it into an exit that tells every problem."""
    from mockserver.seeding.load import FixtureError

    try:
        yield
    except FixtureError as error:
        fail(BAD_FIXTURES, f"bad {error.noun}: {error}")
    except ValueError as error:  # of --webhook: how it looks is checked before, what it means now
        fail(USAGE, str(error))


def start(server: Server) -> None:
    """Start the server; a port that cannot be had is an exit that says so."""
    try:
        server.start()
    except (OSError, ValueError) as error:  # ValueError: a host that is no name at all
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            free = "choose another with --port, or let --port 0 find a free one"
            fail(PORT_IN_USE, f"port {server.port} is in use; {free}")
        why = getattr(error, "strerror", None) or error
        fail(USAGE, f"cannot listen on {server.host}:{server.port}: {why}; check --host and --port")


def state(app: Application) -> bytes:
    """The sandbox 'default' as the text of fixtures."""
    import orjson

    return orjson.dumps(app.state(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
