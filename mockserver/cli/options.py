"""The settings as options of a command."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from math import isnan
from typing import Any

import click
from click.core import ParameterSource

from mockserver.cli.variables import URL
from mockserver.errors import hide_secret
from mockserver.settings import BOUNDS, PATTERNS, flag, rows, variable


class Seconds(click.FloatRange):
    """A number of seconds, which nan is not: it is in every range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        seconds = super().convert(value, param, ctx)
        if isnan(seconds):
            self.fail(f"{value!r} is no number of seconds.", param, ctx)
        return seconds


def setting_options(**defaults: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A flag for each setting, with its environment variable and its default.

    ``defaults`` are those in which the command differs from the settings.
    """

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for row in reversed(rows()):
            default = defaults.get(row.name, row.default)
            repeatable = isinstance(default, tuple)
            kind: Any = str if repeatable else type(default)
            if row.metadata["choices"]:
                kind = click.Choice(row.metadata["choices"])
            elif row.name in BOUNDS:
                kind = click.IntRange(*BOUNDS[row.name])
            option = click.option(
                flag(row.name),
                is_flag=default is False,
                type=kind,
                default=default,
                multiple=repeatable,
                callback=CALLBACKS.get(row.name, well_formed) if row.name in PATTERNS else None,
                envvar=variable(row.name),
                show_envvar=True,
                show_default=default is not False and default not in ("", ()),
                help=row.metadata["help"],
            )
            command = option(command)
        return command

    return add


def own_tokens(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """The tokens to take, if they look as they must.

    Where the variable of a URL is set too, as 'run' and 'env' do, the token's is a client's.
    """
    by_variable = context.get_parameter_source("token") == ParameterSource.ENVIRONMENT
    return () if by_variable and URL in os.environ else well_formed(context, option, value)


def well_formed(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """The value, if it looks as it must."""
    pattern, wanted = PATTERNS[str(option.name)]
    for text in value if isinstance(value, tuple) else (value,):
        if not re.fullmatch(pattern, text):
            raise click.BadParameter(f"{hide_secret(text)!r} is not {wanted}.", context, option)
    return value


CALLBACKS = {"token": own_tokens}
