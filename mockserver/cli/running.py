"""The options that select a running server, the check that it is a mockserver, and `env`."""

import json
import os
import re
import shlex
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from click.core import ParameterSource

from mockserver.cli.exits import FAILED, fail
from mockserver.cli.options import TOKEN, URL, check_pattern
from mockserver.settings import Settings

API_URL = "PROTOCOL_API_BASE_URL"
SANDBOX_NAME = r"[A-Za-z0-9_-]{1,64}"
HEALTH_PATH = "/_sandbox/health"
HEALTH_KEYS = {"status", "version"}
HEALTH_TIMEOUT = 5.0
MAX_HEALTH_SIZE = 10_000  # bytes of a response that are read; a mockserver's is much shorter

SERVER_OPTIONS = (
    click.option(
        "--url",
        envvar=URL,
        show_envvar=True,
        default="http://127.0.0.1:4242",
        show_default=True,
        help="Connect to the server at this root URL.",
    ),
    click.option(
        "--token",
        envvar=TOKEN,
        show_envvar=True,
        multiple=True,
        callback=check_pattern,
        help="Send this token, or the first if several are set. Required if the server was started "
        "with --token.",
    ),
    click.option(
        "--sandbox",
        metavar="NAME",
        help="Use this sandbox: send the token sandbox_NAME. Default: the sandbox of --token.",
    ),
)


def server_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that select a running server and a sandbox."""
    for option in reversed(SERVER_OPTIONS):
        command = option(command)
    return command


@click.command(epilog="Exit codes: 0 printed, 1 no mockserver is running, 2 usage error.")
@server_options
@click.option(
    "--ready-file",
    type=click.Path(path_type=Path),
    help="Read the URL from the file that 'serve --ready-file' writes.",
)
def env(url: str, ready_file: Path | None, token: tuple[str, ...], sandbox: str | None) -> None:
    """Print the environment variables of a running server.

    These are the variables that 'mockserver run' sets, as export commands for a shell:
    eval "$(mockserver env)". If no mockserver is running, nothing is printed to standard output.
    """
    for name, value in variables(*find_server(url, token, sandbox, ready_file)).items():
        click.echo(f"export {name}={shlex.quote(value)}")


def variables(url: str, token: str) -> dict[str, str]:
    """Return the environment variables that give a test suite the server's URL and a token.

    If the environment has a proxy for HTTP, they also exclude the server from it.
    """
    result = {URL: url, TOKEN: token, API_URL: f"{url}/v1"}
    proxies = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
    if any(map(os.environ.get, proxies)):
        host = urlsplit(url).hostname or ""
        for name in ("no_proxy", "NO_PROXY"):  # some clients read only one of them
            hosts = os.environ.get(name) or os.environ.get(name.swapcase(), "")
            excluded = hosts == "*" or host in hosts.split(",")
            result[name] = hosts if excluded else f"{hosts},{host}".lstrip(",")
    return result


def usable_token(settings: Settings, name: str) -> str:
    """Return a token that the server accepts: a configured one, or else one made from ``name``."""
    if settings.token:
        return settings.token[0]
    return f"sandbox_{name}" if settings.require_sandbox else name


def find_server(
    url: str, token: tuple[str, ...], sandbox: str | None, ready_file: Path | None = None
) -> tuple[str, str]:
    """Return the root URL and the token that the options select.

    Ends the command if no mockserver is running at the URL.
    """
    reject_both("url", "ready_file")
    reject_both("token", "sandbox")
    if sandbox is not None and not re.fullmatch(SANDBOX_NAME, sandbox):
        message = f"{sandbox!r} is not a name of 1 to 64 letters, digits, '_' or '-'."
        raise click.BadParameter(message, param_hint="'--sandbox'")
    root = _root_url(url, ready_file)
    health = _check_health(root)
    if health.get("wants_token") and not token:
        problem = "requires one of the tokens it was started with; pass one with --token"
        fail(FAILED, f"the server at {root} {problem}")
    default = "sandbox_demo" if health.get("wants_sandbox") else "demo"
    return root, f"sandbox_{sandbox}" if sandbox else (*token, default)[0]


def reject_both(*names: str) -> None:
    """Raise ``UsageError`` if both options were given as flags.

    A flag overrides the environment variable of the other option.
    """
    context = click.get_current_context()
    if all(context.get_parameter_source(name) == ParameterSource.COMMANDLINE for name in names):
        options = [option for option in context.command.params if option.name in names]
        flags = " or ".join(option.opts[0] for option in options)
        raise click.UsageError(f"Give {flags}, not both.", context)


def _root_url(url: str, path: Path | None) -> str:
    """Return the root URL in the ready file at ``path``, or ``url`` if there is no path."""
    from mockserver.client.transport import parse_root

    if path is None:
        try:
            return parse_root(url)
        except ValueError as error:
            raise click.BadParameter(f"{error}.", param_hint="'--url'") from None
    hint = f"it exists while 'mockserver serve --ready-file {path}' runs"
    try:
        return parse_root(json.loads(path.read_bytes())["url"])
    except OSError as error:
        fail(FAILED, f"cannot read the ready file {path}: {error.strerror}; {hint}")
    except (ValueError, TypeError, KeyError, AttributeError):
        fail(FAILED, f"{path} contains no ready line; {hint}")


def _check_health(root: str) -> dict[str, Any]:
    """Return the health of the server at a root URL. Proxy settings are ignored."""
    from mockserver.http_client import HTTPConnection, HTTPException

    parts = urlsplit(root)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=HEALTH_TIMEOUT)
    try:
        connection.request("GET", HEALTH_PATH)
        response = connection.getresponse()
        body = response.read(MAX_HEALTH_SIZE)
    except (OSError, UnicodeError) as error:  # UnicodeError: the host is not a valid name
        reason = getattr(error, "strerror", None) or error
        hint = "start one: mockserver serve"
        fail(FAILED, f"no mockserver is listening at {root} ({reason}); {hint}")
    except HTTPException:
        fail(FAILED, f"the server at {root} is not a mockserver: its response is not HTTP")
    finally:
        connection.close()
    health = None
    with suppress(ValueError):
        health = json.loads(body)
    if response.status != 200 or not isinstance(health, dict) or not health.keys() >= HEALTH_KEYS:
        answer = f"GET {HEALTH_PATH} returned {response.status}"
        fail(FAILED, f"the server at {root} is not a mockserver: {answer}")
    return health
