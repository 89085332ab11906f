"""The running server that a command is for, and its sandbox: the options that name them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
from click.core import ParameterSource

from mockserver.cli.exit_codes import FAILED, fail
from mockserver.cli.options import well_formed
from mockserver.cli.variables import TOKEN, URL

if TYPE_CHECKING:
    from mockserver.client.control import ControlApi

ROOT = "the root URL of a server, such as http://127.0.0.1:4242"
NAME = r"[A-Za-z0-9_-]{1,64}"

url_option = click.option(
    "--url",
    envvar=URL,
    show_envvar=True,
    default="http://127.0.0.1:4242",
    show_default=True,
    help="The server's root URL.",
)
token_option = click.option(
    "--token",
    envvar=TOKEN,
    show_envvar=True,
    multiple=True,
    callback=well_formed,
    help="The token to use, the first of several; needed where the server takes only its own.",
)
sandbox_option = click.option(
    "--sandbox", metavar="NAME", help="Use the sandbox NAME: the token sandbox_NAME."
)


class Running(NamedTuple):
    """A mockserver that answers: its root URL, and the token that picks the sandbox."""

    url: str
    token: str


def running(
    url: str, token: tuple[str, ...], sandbox: str | None, ready_file: Path | None = None
) -> Running:
    """The server that the options mean; ends the command where it does not answer."""
    from mockserver.cli import health

    only_one("url", "ready_file")
    only_one("token", "sandbox")
    if sandbox is not None and not re.fullmatch(NAME, sandbox):
        told = f"{sandbox!r} is no name of 1 to 64 letters, digits, '_' or '-'."
        raise click.BadParameter(told, param_hint="'--sandbox'")
    try:
        found = health.announced(ready_file) if ready_file else health.root(url)
        wants = health.check(found)
    except ValueError:
        raise click.BadParameter(f"{url!r} is not {ROOT}.", param_hint="'--url'") from None
    except health.NoServer as error:
        fail(FAILED, str(error))
    if wants.get("wants_token") and not token:
        fail(FAILED, f"the server at {found} takes only its own tokens; name one with --token")
    any_will_do = "sandbox_demo" if wants.get("wants_sandbox") else "demo"
    return Running(found, f"sandbox_{sandbox}" if sandbox else (*token, any_will_do)[0])


@contextmanager
def control(url: str, token: tuple[str, ...], sandbox: str | None) -> Iterator[ControlApi]:
    """The control API of the server that the options mean; what it refuses ends the command."""
    from mockserver.client.control import ControlApi
    from mockserver.client.transport import HttpTransport, Unreachable
    from mockserver.errors import ApiError

    server = running(url, token, sandbox)
    try:
        yield ControlApi(HttpTransport(server.url), server.token)
    except (ApiError, Unreachable) as error:
        fail(FAILED, str(error))


def only_one(*names: str) -> None:
    """Refuse two flags that say the same; a flag goes before the variable of the other."""
    context = click.get_current_context()
    sources = [context.get_parameter_source(name) for name in names]
    if sources == [ParameterSource.COMMANDLINE] * 2:
        one, other = (f"--{name.replace('_', '-')}" for name in names)
        raise click.UsageError(f"Give {one} or {other}, not both.", context)
