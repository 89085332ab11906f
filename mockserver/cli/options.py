"""The settings as command-line options, grouped in the help."""

import os
import re
from collections.abc import Callable
from math import isnan
from typing import Any

import click

from mockserver.cli.config_file import config_option, load
from mockserver.errors import hide_secret
from mockserver.settings import BOUNDS, PATTERNS, flag, rows, variable

URL, TOKEN = "MOCKSERVER_URL", "MOCKSERVER_TOKEN"

#: Headings in the help, and the settings below each.
GROUPS = {
    "Data": ("fixtures", "seed", "clock", "speed", "bots", "assets", "save_on_exit"),
    "Server": (
        *("host", "port", "allow_host", "max_body", "latency"),
        *("ready_file", "log_level", "log_format"),
    ),
    "Sandboxes and tokens": ("token", "control_token", "require_sandbox", "max_sandboxes"),
    "Webhooks": (
        "webhook",
        "webhook_timeout",
        "webhook_retries",
        "allow_webhook_host",
        "standard_webhooks",
    ),
}


class SettingsCommand(click.Command):
    """A command whose help lists the settings under headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        records = {option.name: option.get_help_record(ctx) for option in options}
        groups = {
            heading: [records.pop(name) for name in names] for heading, names in GROUPS.items()
        }
        for heading, lines in {**groups, "Other options": [*records.values()]}.items():
            with formatter.section(heading):
                formatter.write_dl([line for line in lines if line])


class SettingOption(click.Option):
    """An option for a setting, which ignores a variable that is not meant for it."""

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        if self.name == "token" and URL in os.environ:
            return None  # 'run' or 'env' has set both, for a client
        value = super().resolve_envvar_value(ctx)
        if value:
            value = value.rstrip("\r")  # from a file with Windows line endings
        # Kubernetes sets MOCKSERVER_PORT=tcp://10.0.0.1:4242 for a Service of that name.
        is_service = value and self.name == "port" and re.match("(tcp|udp|sctp)://", value)
        return None if is_service else value


class Seconds(click.FloatRange):
    """A number of seconds in a range. NaN, which ``FloatRange`` accepts, is an error."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        seconds = super().convert(value, param, ctx)
        if isnan(seconds):
            self.fail(f"{value!r} is not a number of seconds.", param, ctx)
        return seconds


def setting_options(**defaults: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds an option for each setting; ``defaults`` overrides some."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for row in reversed(rows()):
            default = defaults.get(row.name, row.default)
            repeatable = isinstance(default, tuple)
            kind: Any = str if repeatable else type(default)
            if row.metadata["choices"]:
                kind = click.Choice(row.metadata["choices"], case_sensitive=False)
            elif row.name in BOUNDS:
                kind = click.IntRange(*BOUNDS[row.name])
            add_option = click.option(
                flag(row.name),
                cls=SettingOption,
                is_flag=default is False,
                type=kind,
                default=default,
                multiple=repeatable,
                callback=check_pattern if row.name in PATTERNS else None,
                envvar=variable(row.name),
                show_envvar=True,
                show_default=default is not False and default not in ("", ()),
                help=row.metadata["help"],
            )
            command = add_option(command)
        # Read before the other options, as it sets their defaults.
        return config_option(is_eager=True, expose_value=False, callback=load)(command)

    return decorate


def check_pattern(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """Return ``value``; raise ``BadParameter`` unless it matches the pattern of its setting."""
    pattern, expected = PATTERNS[str(option.name)]
    for text in value if isinstance(value, tuple) else (value,):
        if not re.fullmatch(pattern, text):
            raise click.BadParameter(f"{hide_secret(text)!r} is not {expected}.", context, option)
    return value
