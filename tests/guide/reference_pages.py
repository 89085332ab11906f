"""The guide's reference pages, written from the code that they describe.

After a change of a command, setting, control route or public Python method, run

    python -m tests.guide.reference_pages

and commit the result; a test fails until then.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from mockserver import MockServer, Sandbox
from mockserver.cli import main
from mockserver.settings import flag, rows, variable
from mockserver.web.control.routes import ROUTES

GUIDE = Path(__file__).parents[2] / "mockserver" / "guide"


def cli_page() -> str:
    """Return `cli.md`: commands, settings and exit codes."""
    commands = [f"| `mockserver {name}` | {summary} |" for name, summary in commands_of(main)]
    settings = [
        f"| `{flag(row.name)}` | `{variable(row.name)}` | {default_of(row.default)} | "
        f"{escape(row.metadata['help'])} |"
        for row in rows()
    ]
    return f"""# Command line and settings

```sh
mockserver --help
```

## Commands

| command | what it does |
| --- | --- |
{lines(commands)}

Every command has `--help`.

## Settings

A flag wins over the environment variable, which wins over the default. `serve` and `run` take all of them.

| flag | variable | default | meaning |
| --- | --- | --- | --- |
{lines(settings)}

In a variable, separate several values with spaces. If `MOCKSERVER_URL` is set, `MOCKSERVER_TOKEN` belongs to a client and
is not a setting.

## Exit codes

| code | meaning |
| --- | --- |
| 0 | the server was stopped, or the command succeeded |
| 1 | a check failed, or the command could not do its work |
| 2 | wrong usage |
| 3 | the port is in use |
| 4 | the fixtures are invalid |
| 5 | `check api` found a difference |

`run` exits with the exit code of its command: 128 + N if signal N ended it, 127 if it was not found, 126 if it is not
executable.
"""


def commands_of(group: click.Group, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name and the short help of each command, those of subgroups included."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands_of(command, f"{prefix}{name} ")
        else:
            yield prefix + name, escape(command.get_short_help_str(limit=200))


def default_of(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"`{value}`" if value not in ("", ()) else "none"


def control_page() -> str:
    """Return `control-api.md`: every endpoint of the control API."""
    endpoints = []
    for route in ROUTES:
        path = "/_sandbox" + route.path.replace("<name>", "NAME")
        endpoints.append(f"### `{route.method} {path}`\n\n{sentence(route.about)}\n")
        if route.parameters:
            names = ", ".join(f"`{name}`" for name in route.parameters)
            endpoints.append(f"Query parameters: {names}.\n")
        if route.example is not None:
            endpoints.append(f"```json example\n{json.dumps(route.example)}\n```\n")
    return f"""# Control API

```sh
curl http://127.0.0.1:4242/_sandbox
```

The control API is everything that the real API does not have. It takes and returns JSON, and acts on the sandbox that the
request selects: `?sandbox=NAME`, else `/s/NAME/_sandbox`, else the token, else `default`. `GET /_sandbox` lists these
endpoints, and `/_sandbox/openapi.json` describes them. Errors have the same form as those of `/v1`.

## Endpoints

{"".join(f"{block}{chr(10)}" for block in endpoints)}"""


def python_page() -> str:
    """Return `python-api.md`: every public class and method."""
    groups = {
        name: member.func if isinstance(member, property) else member
        for name, member in public_members(Sandbox)
        if is_group(member)
    }
    sections = [
        section("MockServer", MockServer, exclude=()),
        section("Sandbox", Sandbox, exclude=tuple(groups)),
    ]
    with MockServer() as server, server.sandbox("reference-pages") as sandbox:
        for name in groups:
            sections.append(section(f"sandbox.{name}", type(getattr(sandbox, name)), exclude=()))
    return f"""# Python API

```python
from mockserver import MockServer

with MockServer() as server, server.sandbox("signup") as sandbox:
    assert sandbox.call("GET", "/v1/contacts").status == 200
```

`from mockserver import MockServer, Sandbox, ApiError, Unreachable, FixtureError, create_app` are the public names. The
package is typed: results are `TypedDict`s of `mockserver.client.types`. Every method raises `ApiError` (with `status` and
`message`) if the server refuses, and `Unreachable` if it does not respond.

{chr(10).join(sections)}"""


def is_group(member: Any) -> bool:
    """Return true for an attribute that groups methods, such as `Sandbox.clock`."""
    if not hasattr(member, "func") and not isinstance(member, property):
        return False
    function: Callable[..., Any] = getattr(member, "func", None) or member.fget
    result = inspect.signature(function).return_annotation
    return str(result) not in ("str", "int", "dict[str, str]", "WSGIApplication")


def public_members(owner: type) -> Iterator[tuple[str, Any]]:
    """Yield the public members of a class in the order of their definition, bases last."""
    seen = set()
    for base in owner.__mro__[:-1]:
        for name, member in vars(base).items():
            if not name.startswith("_") and name not in seen and not inspect.isclass(member):
                seen.add(name)
                yield name, member


def section(title: str, owner: type, *, exclude: tuple[str, ...]) -> str:
    """Return the heading, the docstring and the members of a class."""
    parts = [f"## `{title}`\n\n{text_of(owner)}\n"]
    for name, member in public_members(owner):
        if name in exclude or not (inspect.isroutine(member) or isinstance(member, property)):
            continue
        if isinstance(member, property):
            parts.append(f"### `{title}.{name}`\n\n{text_of(member)}\n")
        else:
            signature = str(inspect.signature(member)).replace("(self, ", "(").replace("(self)", "()")
            parts.append(f"### `{name}{re.sub(r' -> .*$', '', signature)}`\n\n{text_of(member)}\n")
    return "\n".join(parts)


def text_of(documented: Any) -> str:
    text = inspect.getdoc(documented) or ""
    return text.replace("``", "`")


def sentence(text: str) -> str:
    text = text[0].upper() + text[1:]
    return text if text.endswith((".", ")")) else text + "."


def escape(text: str) -> str:
    return text.replace("|", "\\|")


def lines(rows: list[str]) -> str:
    return "\n".join(rows)


PAGES = {"cli.md": cli_page, "control-api.md": control_page, "python-api.md": python_page}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (GUIDE / name).write_text(page(), encoding="utf-8")
