"""The settings: one row each, from which flag, environment variable and README table follow."""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields
from typing import Any

MEGABYTE = 1024 * 1024


def _row(default: Any, help_text: str, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"help": help_text, "choices": choices})


#: The least and most of the settings that are numbers.
BOUNDS: dict[str, tuple[int, int | None]] = {
    "port": (0, 65535),
    "max_body": (1, None),
    "max_sandboxes": (1, None),
    "webhook_timeout": (1, 600),
    "speed": (1, 100_000),
}

#: What the settings that are texts must look like, where not any text will do.
PATTERNS: dict[str, tuple[str, str]] = {
    "host": (r"[^\s/]+", "a name or an address"),
    "seed": (r"[^\ud800-\udfff]*", "valid Unicode"),
    "latency": (
        r"|[0-9]{1,6}(-[0-9]{1,6})?|lognormal:[0-9]{1,6}:[0-9](\.[0-9]+)?(:[0-9]{1,6})?",
        "a delay in milliseconds, such as 250, 100-500 or lognormal:90:0.4",
    ),
    "webhook": (
        r"[Hh][Tt][Tt][Pp][Ss]?://[^\s;]+(;(events|secret|name)=[^\s;]+)*",
        "a webhook, such as http://127.0.0.1:9000/hook;events=message.*;secret=S",
    ),
    "webhook_retries": (
        r"(\d{1,9}(,\d{1,9}){0,19})?",
        "seconds with commas between, such as 5,300,1800",
    ),
    "allow_webhook_host": (r"[^\s/]+", "a name or an address"),
    "token": (r"[\x21-\x7e]+", "a token: ASCII characters, and no space"),
    "allow_host": (r"[^\s/]+", "a name or an address, as in a Host header"),
}


@dataclass(frozen=True)
class Settings:
    """How a server is run. Flag over environment variable over default."""

    host: str = _row("127.0.0.1", "Address to listen on; another than loopback only when asked.")
    port: int = _row(4242, "Port to listen on; 0 picks a free one and reports it.")
    fixtures: str = _row("default", "Seed data: a name (default, empty) or a JSON file.")
    seed: str = _row("0", "Seed of all new ids: the same seed, the same ids.")
    clock: str = _row(
        "step",
        "step: one second a change; frozen: stands still; real: the machine's time.",
        choices=("step", "frozen", "real"),
    )
    speed: int = _row(1, "Seconds that the clock lets pass in one; only a real one can.")
    bots: str = _row(
        "", "Run simulated contacts: a script's name (office, support-queue) or JSON file."
    )
    token: tuple[str, ...] = _row(
        (), "Take only this token; repeat for more (in the variable: spaces between). Default: any."
    )
    assets: str = _row(
        "documented",
        "Where asset URLs point: the documented host, or (local) this server.",
        choices=("documented", "local"),
    )
    latency: str = _row(
        "", "Let each request wait: 250, 100-500 or lognormal:90:0.4, in milliseconds."
    )
    max_body: int = _row(25 * MEGABYTE, "Largest request body, in bytes.")
    max_sandboxes: int = _row(1000, "Most sandboxes at once; one more is answered with 503.")
    require_sandbox: bool = _row(
        False, "Refuse (400) a call that would fall into the sandbox 'default'."
    )
    allow_host: tuple[str, ...] = _row(
        (),
        "Take this name in the Host header too; repeat for more (in the variable: spaces between).",
    )
    webhook: tuple[str, ...] = _row(
        (),
        "A webhook for every sandbox: 'URL;events=message.*,contact.created;secret=S;name=N', all "
        "but the URL may be left out; repeat for more (in the variable: spaces between).",
    )
    webhook_timeout: int = _row(5, "Seconds that an attempt to deliver may take.")
    webhook_retries: str = _row(
        "5,300,1800,7200,18000,36000",
        "When a failed delivery is tried again: seconds after its event, on the sandbox's clock.",
    )
    allow_webhook_host: tuple[str, ...] = _row(
        (),
        "Deliver to this host too, not only to this machine; repeat for more (in the variable: "
        "spaces between).",
    )
    standard_webhooks: bool = _row(
        False, "Send the headers of Standard Webhooks too, which the real API does not."
    )
    ready_file: str = _row("", "Write the ready line to this file too, atomically.")
    save_on_exit: str = _row(
        "", "At the end, write the state of the sandbox 'default' to this file, as fixtures."
    )
    log_level: str = _row(
        "info",
        "What goes to standard error.",
        choices=("debug", "info", "warning", "error"),
    )


def rows() -> tuple[Field[Any], ...]:
    """The settings as dataclass fields: name, default, and ``help``, ``choices`` as metadata."""
    return fields(Settings)


def flag(name: str) -> str:
    """The command line's name of a setting."""
    return "--" + name.replace("_", "-")


def variable(name: str) -> str:
    """The environment's name of a setting."""
    return f"MOCKSERVER_{name.upper()}"
