"""The server's settings: name, type and default of each. ``settings.toml`` has the help texts.

The flag and the environment variable of a setting are derived from its name.
"""

from __future__ import annotations

import tomllib
from dataclasses import Field, dataclass, fields
from importlib.resources import files
from typing import Any

_TABLE: dict[str, dict[str, Any]] = tomllib.loads(
    (files(__package__) / "settings.toml").read_text("utf-8")
)
HELP: dict[str, str] = {name: row["help"] for name, row in _TABLE.items()}
#: The valid values of a setting that has only a few.
CHOICES: dict[str, list[str]] = {
    name: row["choices"] for name, row in _TABLE.items() if "choices" in row
}
#: Minimum and maximum of numeric settings.
BOUNDS: dict[str, tuple[int, int | None]] = {
    name: (row["minimum"], row.get("maximum")) for name, row in _TABLE.items() if "minimum" in row
}
#: Regular expression of a text setting, and its description for error messages.
PATTERNS: dict[str, tuple[str, str]] = {
    name: (row["pattern"], row["expected"]) for name, row in _TABLE.items() if "pattern" in row
}


@dataclass(frozen=True)
class Settings:
    """The settings of a server.

    A flag overrides an environment variable, which overrides the default.
    """

    host: str = "127.0.0.1"
    port: int = 4242
    fixtures: str = "default"
    seed: str = "0"
    clock: str = "step"
    speed: int = 1
    bots: str = ""
    token: tuple[str, ...] = ()
    assets: str = "documented"
    latency: str = ""
    max_body: int = 25 * 1024 * 1024
    max_sandboxes: int = 1000
    require_sandbox: bool = False
    allow_host: tuple[str, ...] = ()
    webhook: tuple[str, ...] = ()
    webhook_timeout: int = 5
    webhook_retries: str = "5,300,1800,7200,18000,36000"
    allow_webhook_host: tuple[str, ...] = ()
    standard_webhooks: bool = False
    ready_file: str = ""
    save_on_exit: str = ""
    log_level: str = "info"


def rows() -> tuple[Field[Any], ...]:
    """Return the settings as dataclass fields."""
    return fields(Settings)


def flag(name: str) -> str:
    """Return the flag of a setting, such as ``--max-body``."""
    return "--" + name.replace("_", "-")


def variable(name: str) -> str:
    """Return the environment variable of a setting, such as ``MOCKSERVER_MAX_BODY``."""
    return f"MOCKSERVER_{name.upper()}"
