"""The guide's reference pages, written from the code that they describe.

After a change of a command, setting, control route or public Python method, run

    python -m tests.guide.reference_pages

and commit the result; a test fails until then.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from mockserver import MockServer, Sandbox
from mockserver.cli import main
from mockserver.client.control import SandboxClient
from mockserver.settings import flag, rows, variable
from mockserver.web.control.routes import ROUTES

GUIDE = Path(__file__).parents[2] / "mockserver" / "guide"

CLI = """# Command line and settings

```sh
mockserver --help
```

## Commands

| command | what it does |
| --- | --- |
{commands}

Every command has `--help`.

## Settings

A flag overrides the environment variable, which overrides the config file, which overrides the
default. `serve` and `run` accept all settings.

| flag | variable | default | meaning |
| --- | --- | --- | --- |
{settings}

In a variable, separate several values with spaces. If `MOCKSERVER_URL` is set, `MOCKSERVER_TOKEN`
belongs to a client and is not a setting.

## Keep settings in a file

```toml
# mockserver.toml
seed = "team"
webhook-timeout = 2
allow-host = ["mock.test", "mock.internal"]
```

`serve` and `run` read the nearest `mockserver.toml`, or `pyproject.toml` with a table
`[tool.mockserver]`, in the working directory and its parents; `--config FILE` names another file.
The keys are the names of the flags. Paths are relative to the file. The pytest plugin and
`MockServer` do not read it.

Show each setting of `serve` and where it comes from:

```sh
mockserver config
```

## Exit codes

| code | meaning |
| --- | --- |
| 0 | the server was stopped, or the command succeeded |
| 1 | a check failed, or the command could not do its work |
| 2 | usage error |
| 3 | the port is in use |
| 4 | the fixtures are invalid |
| 5 | `check api` found a difference |

`run` exits with the exit code of its command: 128 + N if signal N ended it, 127 if it was not
found, 126 if it is not executable.

## Complete words with Tab

Add the line of your shell to its start file:

```text
eval "$(_MOCKSERVER_COMPLETE=bash_source mockserver)"          # ~/.bashrc
eval "$(_MOCKSERVER_COMPLETE=zsh_source mockserver)"           # ~/.zshrc
_MOCKSERVER_COMPLETE=fish_source mockserver | source           # ~/.config/fish/config.fish
```
"""

CONTROL = """# Control API

```sh
curl http://127.0.0.1:4242/_sandbox
```

The control API is everything that the real API does not have. It takes and returns JSON. It acts on
the sandbox that the request selects: by `?sandbox=NAME`, else by the token, else `default`.
`GET /_sandbox` lists these endpoints, and `/_sandbox/openapi.json` describes them. Errors have the
same form as in `/v1`.

{endpoints}"""

PYTHON = """# Python API

```python
from mockserver import MockServer

with MockServer() as server, server.sandbox("signup") as sandbox:
    assert sandbox.call("GET", "/v1/contacts").status == 200
```

The public names are `MockServer`, `Sandbox`, `ApiError`, `Unreachable`, `FixtureError` and
`create_app`. Every method raises `ApiError` (with `status` and `message`) if the server answers
with an error, and `Unreachable` if it does not answer.

{sections}"""


def cli_page() -> str:
    """Return `cli.md`: commands, settings and exit codes."""
    commands = [f"| `mockserver {name}` | {summary} |" for name, summary in commands_of(main)]
    settings = [
        f"| `{flag(row.name)}` | `{variable(row.name)}` | {default_of(row.default)} | "
        f"{escape(row.metadata['help'])} |"
        for row in rows()
    ]
    return CLI.format(commands="\n".join(commands), settings="\n".join(settings))


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
        path = "/_sandbox" + re.sub(r"<(?:\w+:)?(\w+)>", lambda name: name[1].upper(), route.path)
        endpoints.append(f"## `{route.method} {path}`\n\n{text_of(route.view)}\n")
        if route.query:
            names = ", ".join(f"`{name}`" for name in route.query)
            endpoints.append(f"Query parameters: {names}.\n")
        if route.example is not None:
            endpoints.append(f"```json example\n{json.dumps(route.example)}\n```\n")
    return CONTROL.format(endpoints="\n".join(endpoints))


def python_page() -> str:
    """Return `python-api.md`: every public class and method."""
    sections = [section("MockServer", MockServer), section("Sandbox", Sandbox)]
    with MockServer() as server, server.sandbox("reference-pages") as sandbox:
        for name, group in vars(sandbox).items():
            if isinstance(group, SandboxClient):
                sections.append(section(f"sandbox.{name}", type(group)))
    return PYTHON.format(sections="\n".join(sections))


def public_members(owner: type) -> Iterator[tuple[str, Any]]:
    """Yield the public members of a class in the order of their definition."""
    for name, member in vars(owner).items():
        if not name.startswith("_"):
            yield name, member


def section(title: str, owner: type) -> str:
    """Return the heading, the docstring and the members of a class."""
    parts = [f"## `{title}`\n\n{text_of(owner)}\n"]
    for name, member in public_members(owner):
        if isinstance(member, property):
            parts.append(f"### `{title}.{name}`\n\n{text_of(member)}\n")
        elif inspect.isroutine(member):
            signature = re.sub(r"^\(self(, )?", "(", str(inspect.signature(member)))
            signature = re.sub(r" -> .*$|, \*\*unknown: 'Never'", "", signature)
            signature = re.sub(r": '([^']*)'", r": \1", signature)
            parts.append(f"### `{title}.{name}{signature}`\n\n{text_of(member)}\n")
    return "\n".join(parts)


def text_of(documented: Any) -> str:
    """Return a docstring as Markdown."""
    return (inspect.getdoc(documented) or "").replace("``", "`")


def escape(text: str) -> str:
    return text.replace("|", "\\|")


PAGES = {"cli.md": cli_page, "control-api.md": control_page, "python-api.md": python_page}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (GUIDE / name).write_text(page(), encoding="utf-8")
