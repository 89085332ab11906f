"""The config file of `serve` and `run`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mockserver.errors import unknown_name
from mockserver.settings import flag, rows

PYPROJECT = "pyproject.toml"
TOKENS = ("token", "control_token")
PATHS = ("fixtures", "bots", "ready_file", "save_on_exit")
TYPES = {
    str: "a string",
    int: "an integer",
    bool: "true or false",
    tuple: "an array of strings",
}
FILE = "mockserver.config_file"
"""Key of the config file's path in the metadata of click's context."""


def config_option(**attributes: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds ``--config``; without it, the nearest file is used."""
    return click.option(
        "--config",
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Read settings from this TOML file. Default: the nearest mockserver.toml, or "
        "pyproject.toml with [tool.mockserver], in the working directory and its parents.",
        **attributes,
    )


def load(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Make the settings of the config file the defaults of the command's options."""
    if context.resilient_parsing:  # completing words
        return
    if path:
        table = _read(path)
        if table is None:
            raise click.UsageError(f"{path} has no table [tool.mockserver].", context)
    else:
        path, table = _find()
    if path and table is not None:
        path = path.absolute()
        context.default_map = _settings(context, path, table)
        context.meta[FILE] = str(path)


def _find() -> tuple[Path | None, dict[str, Any] | None]:
    """Return the nearest config file and its settings."""
    try:
        folder = Path.cwd()
    except FileNotFoundError:  # the working directory was deleted
        return None, None
    for parent in (folder, *folder.parents):
        for path in (parent / "mockserver.toml", parent / PYPROJECT):
            table = _read(path) if path.is_file() else None
            if table is not None:
                return path, table
    return None, None


def _read(path: Path) -> dict[str, Any] | None:
    """Return the settings in a file; None if it is a pyproject.toml without a table for them."""
    import tomllib

    try:
        document: Any = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise click.UsageError(f"cannot read {path}: {reason}") from None
    if path.name == PYPROJECT:
        for key in ("tool", "mockserver"):
            document = document.get(key)
            if document is None:
                return None
            if not isinstance(document, dict):
                raise click.UsageError(f"{path}: '{key}' is not a table; write [tool.mockserver].")
    return dict(document)


def _settings(context: click.Context, path: Path, table: dict[str, Any]) -> dict[str, Any]:
    """Return the valid settings of a table; raise ``UsageError`` if one is invalid."""
    options = {option.name: option for option in context.command.params}
    defaults = {row.name: row.default for row in rows()}
    settings: dict[str, Any] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in defaults:
            known = [flag(known).removeprefix("--") for known in defaults]
            raise click.UsageError(f"{path}: {unknown_name('setting', key, known)}", context)
        if name in settings:
            raise click.UsageError(f"{path}: '{key}' is set twice; remove one.", context)
        hint = f"'{key}' in {path}"
        kind = type(defaults[name])
        is_array = isinstance(value, list) and all(isinstance(item, str) for item in value)
        if not (is_array if kind is tuple else type(value) is kind):
            shown = "the value" if name in (*TOKENS, "webhook") else repr(value)
            message = f"{shown} is not {TYPES[kind]}."
            raise click.BadParameter(message, context, param_hint=hint)
        try:
            options[name].process_value(context, value)
        except click.BadParameter as error:
            raise click.BadParameter(error.message, context, param_hint=hint) from None
        settings[name] = str(path.parent / value) if _is_path(name, value) else value
    return settings


def _is_path(name: str, value: str) -> bool:
    """Return whether a setting's value is a file, not '' or the name of shipped content."""
    if name not in PATHS or not value:
        return False
    from mockserver.bots.script_format import NAMES as SCRIPTS
    from mockserver.seeding.load import NAMES as FIXTURES

    return value not in {"fixtures": FIXTURES, "bots": SCRIPTS}.get(name, ())
