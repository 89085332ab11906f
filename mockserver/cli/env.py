"""`mockserver env`: the variables of a running server, for a shell."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
from click.core import ParameterSource

from mockserver.cli.exits import FAILED, fail
from mockserver.cli.options import well_formed
from mockserver.cli.variables import TOKEN, URL, variables

EXITS = "Exit codes: 0 printed, 1 no mockserver answers, 2 usage."
ROOT = "the root URL of a server, such as http://127.0.0.1:4242"
NAME = r"[A-Za-z0-9_-]{1,64}"


@click.command(epilog=EXITS)
@click.option(
    "--url",
    envvar=URL,
    show_envvar=True,
    default="http://127.0.0.1:4242",
    show_default=True,
    help="The server's root URL.",
)
@click.option("--ready-file", type=click.Path(path_type=Path), help="Its ready file, for the URL.")
@click.option(
    "--token",
    envvar=TOKEN,
    show_envvar=True,
    multiple=True,
    callback=well_formed,
    help="The token to use, the first of several; needed where the server takes only its own.",
)
@click.option("--sandbox", metavar="NAME", help="Use the sandbox NAME: the token sandbox_NAME.")
@click.pass_context
def env(
    context: click.Context,
    url: str,
    ready_file: Path | None,
    token: tuple[str, ...],
    sandbox: str | None,
) -> None:
    """Print the variables of a running server, as export lines.

    They are those that 'mockserver run' sets: eval "$(mockserver env)". Nothing goes to standard
    output unless a mockserver answers.
    """
    from mockserver.cli import health

    _only_one(context, "url", "ready_file")
    _only_one(context, "token", "sandbox")
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
    chosen = f"sandbox_{sandbox}" if sandbox else (*token, any_will_do)[0]
    for name, value in variables(found, chosen).items():
        click.echo(f"export {name}={shlex.quote(value)}")


def _only_one(context: click.Context, *names: str) -> None:
    """Refuse two flags that say the same; a flag goes before the variable of the other."""
    sources = [context.get_parameter_source(name) for name in names]
    if sources == [ParameterSource.COMMANDLINE] * 2:
        one, other = (f"--{name.replace('_', '-')}" for name in names)
        raise click.UsageError(f"Give {one} or {other}, not both.", context)
