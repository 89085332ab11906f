"""`mockserver serve` and `mockserver run`, which start a server, and `mockserver config`."""

from __future__ import annotations

import errno
import gc
import json
import logging
import os
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.core import ParameterSource

from mockserver import __version__
from mockserver.cli import exits
from mockserver.cli.config_file import FILE, TOKENS, config_option
from mockserver.cli.files import Output
from mockserver.cli.log import LogWriter
from mockserver.cli.options import SettingsCommand, setting_options
from mockserver.cli.running import usable_token, variables
from mockserver.errors import REDACTED, hide_secret
from mockserver.settings import Settings, rows, variable

if TYPE_CHECKING:
    from mockserver.server import Server
    from mockserver.web.application import Application

EXITS = "Exit codes: 0 stopped, 1 failed, 2 usage error, 3 port in use, 4 bad fixtures."
READY_TIMEOUT, SAVE_TIMEOUT = 0.5, 5.0
"""Seconds to wait for the reader of a pipe that is the ready file, or the file of the state."""

logger = logging.getLogger("mockserver")


@click.command(cls=SettingsCommand, epilog=EXITS)
@setting_options()
def serve(**options: Any) -> None:
    """Serve the API until SIGINT or SIGTERM.

    Prints one line of JSON to standard output once the server accepts requests. All other output
    goes to standard error.
    """
    exits.exit_on_signals(0)
    _raise_descriptor_limit()
    with running_server(Settings(**options)) as (_, line):
        _announce(line)
        _wait_for_stop_signal()


@click.command(
    cls=SettingsCommand,
    epilog=f"{EXITS} Once COMMAND runs: its exit code; 127 command not found, 126 not executable.",
    # All words after the command's name are its arguments, even without a '--' before it.
    context_settings={"allow_interspersed_args": False},
)
@setting_options(port=0, log_level="warning")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run(command: tuple[str, ...], **options: Any) -> None:
    """Run COMMAND with its own server.

    COMMAND, such as a test suite in any language, finds the server in MOCKSERVER_URL,
    MOCKSERVER_TOKEN and PROTOCOL_API_BASE_URL. It has your terminal's input and output and receives
    your signals. When it ends, all processes that it started are ended too.
    """
    if not command[0]:
        raise click.BadParameter("the name of the command is empty.", param_hint="COMMAND...")
    exits.exit_on_signals()
    settings = Settings(**options)
    is_verbose = settings.log_level in ("debug", "info")
    with running_server(settings, quiet=not is_verbose) as (url, _):
        from mockserver.cli.subprocess_runner import run_command

        environment = variables(url, usable_token(settings, "run"))
        sys.exit(run_command(command, {**os.environ, **environment}))


@click.command()
@config_option()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.pass_context
def config(context: click.Context, config: Path | None, as_json: bool) -> None:
    """Show the settings of `serve` without flags, and where each comes from.

    Tokens and secrets are hidden.
    """
    arguments = ["--config", str(config)] if config else []
    serving = serve.make_context("config", arguments, context.parent)
    settings = Settings(**serving.params)
    report = {}
    for row in rows():
        source = serving.get_parameter_source(row.name)
        origin = "default"
        if source == ParameterSource.ENVIRONMENT:
            origin = f"environment variable {variable(row.name)}"
        elif source == ParameterSource.DEFAULT_MAP:
            origin = f"file {serving.meta[FILE]}"
        value = _hide(row.name, getattr(settings, row.name))
        report[row.name] = {"value": value, "source": origin}
    if as_json:
        click.echo(json.dumps(report, indent=2))
        return
    for name, entry in report.items():
        text = json.dumps(entry["value"], ensure_ascii=False)
        click.echo(f"{name.replace('_', '-'):20}{text:32} {entry['source']}")


def _hide(name: str, value: Any) -> Any:
    """Return a setting's value without tokens and secrets."""
    if isinstance(value, tuple):
        return [_hide(name, item) for item in value]
    if name in TOKENS:
        return value and REDACTED
    return hide_secret(value) if name == "webhook" else value


def _raise_descriptor_limit() -> None:
    """Raise the limit of open files, and so of connections, to the system's maximum."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):  # macOS refuses "unlimited"
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _announce(line: str) -> None:
    """Print the ready line. If it cannot be written, log a warning."""
    try:
        click.echo(line)
    except OSError as error:
        logger.warning("cannot write the ready line to standard output: %s", error.strerror)
        exits.discard(sys.stdout)


def _wait_for_stop_signal() -> NoReturn:
    """Wait until a signal's handler ends the command."""
    import socket

    # The interpreter writes a byte to the socket for each signal. With signal.pause(), the main
    # thread would not wake if another thread received the signal.
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.setblocking(False)
        signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        try:
            while True:
                reader.recv(1)
        finally:
            signal.set_wakeup_fd(-1)


@contextmanager
def running_server(settings: Settings, *, quiet: bool = False) -> Iterator[tuple[str, str]]:
    """Start a server, yield its root URL and its ready line, and stop it. Errors end the command.

    ``quiet`` omits the banner unless it has the warning that other machines can connect.
    """
    log = LogWriter(is_json=settings.log_format == "json")
    logging.basicConfig(handlers=[log], level=settings.log_level.upper())
    ready_path, state_path = settings.ready_file, settings.save_on_exit
    ready_output = Output(Path(ready_path), "ready file") if ready_path else None
    state_output = Output(Path(state_path), "state to") if state_path else None

    gc.disable()  # while loading, which creates no garbage

    import orjson

    from mockserver.seeding.load import FixtureError
    from mockserver.server import Server
    from mockserver.web.app import create_app
    from mockserver.web.request_log import RequestLog

    try:
        app = create_app(settings, log=RequestLog(log.write_request))
    except FixtureError as error:
        exits.fail(exits.INVALID_FIXTURES, f"bad {error.noun}: {error}")
    except ValueError as error:  # settings that contradict each other, or a webhook's target
        exits.fail(exits.USAGE, str(error))
    # The fixtures live as long as the process. Unless they are frozen, the garbage collector
    # traverses a million objects during a request, which takes seconds.
    gc.freeze()
    # Requests leave no cycles behind, so rare collections suffice; Python's default of 700 new
    # objects would take a tenth of every request.
    gc.set_threshold(20_000)
    gc.enable()
    # A thread that computes lets the others run after 1 ms, not 5. A request needs the interpreter
    # several times, and a deletion of 100,000 messages takes a second.
    sys.setswitchinterval(0.001)
    server = Server(
        app,
        settings.host,
        settings.port,
        max_body=settings.max_body,
        max_bodies=settings.max_bodies,
    )
    _start(server)
    ready = {
        "event": "ready",
        "url": server.url,
        "port": server.port,
        "pid": os.getpid(),
        "version": __version__,
        "fixtures": settings.fixtures,
        "seed": settings.seed,
    }
    line = json.dumps(ready)
    try:
        if app.is_exposed or not quiet:
            log.write(_banner(settings, server.url, app))
            log.flush()
        if ready_output:
            _write_ready_file(ready_output, line)
        try:
            yield server.url, line
        finally:
            if ready_output:  # remove the file first, so that no client finds a stopping server
                ready_output.remove()
    finally:
        server.stop()
        app.stop_background_work()
        log.flush()
        if state_output:
            options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
            content = orjson.dumps(app.state(), option=options)
            try:
                state_output.write(content, SAVE_TIMEOUT)
            except OSError as error:
                log.write(f"mockserver: {state_output.error_message(error)}")
                log.flush()
                sys.exit(exits.FAILED)


def _write_ready_file(output: Output, line: str) -> None:
    """Write the ready line; on failure, log a warning. A pipe's reader may still open it later."""
    try:
        output.write(f"{line}\n".encode(), READY_TIMEOUT)
    except OSError as error:
        logger.warning(output.error_message(error))


def _start(server: Server) -> None:
    try:
        server.start()
    except (OSError, ValueError) as error:  # ValueError: the host is not a valid name
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            hint = "choose another with --port, or use --port 0 to pick a free one"
            exits.fail(exits.PORT_IN_USE, f"port {server.port} is in use; {hint}")
        reason = getattr(error, "strerror", None) or error
        address = f"{server.host}:{server.port}"
        exits.fail(exits.USAGE, f"cannot listen on {address}: {reason}; check --host and --port")


def _banner(settings: Settings, url: str, app: Application) -> str:
    """Return the text printed at the start: URLs, settings and a first request to copy."""
    header = shlex.quote(f"Authorization: Bearer {usable_token(settings, 'demo')}")
    first_url = shlex.quote(f"{url}/v1/conversations?limit=3")
    speed = "" if settings.speed == 1 else f" at {settings.speed} times the speed"
    lines = [
        f"mockserver {__version__}: the Protocol API, in memory",
        f"  API        {url}/v1",
        f"  dashboard  {url}/",
        f"  fixtures   {settings.fixtures} (seed {settings.seed}, clock {settings.clock}{speed})",
    ]
    if settings.bots:
        lines.append(f"  bots       {settings.bots}, at {url}/_sandbox/bots/transcript?format=text")
    lines.append(f"  try        curl -H {header} {first_url}")
    if app.is_exposed:
        reach = "other machines can connect by address (by name: --allow-host NAME)"
        lines.append(f"  WARNING    listening on {settings.host}: {reach}")
    if settings.token:
        lines.append("  tokens     only those of --token or MOCKSERVER_TOKEN are accepted")
    if settings.control_token:
        lines.append("  control    /_sandbox needs the token of --control-token")
    elif app.control_tokens and not settings.token:
        lines.append(f"  control    /_sandbox needs the token {app.control_tokens[0]}")
    return "\n".join(lines)
