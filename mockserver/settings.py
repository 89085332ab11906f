"""The server's settings: name, default and help text of each.

The flag and the environment variable of a setting are derived from its name.
"""

from dataclasses import Field, dataclass, field, fields
from typing import Any

MEGABYTE = 1024 * 1024
STATE_PATH = "/_sandbox/state"
MAX_STATE = 1024 * MEGABYTE  # bytes of an imported state; an export has all files in base64
REPEATABLE = "Repeatable; separate several values in the environment variable with spaces."


def _setting(default: Any, help_text: str, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"help": help_text, "choices": choices})


#: Minimum and maximum of numeric settings; None: no maximum.
BOUNDS: dict[str, tuple[int, int | None]] = {
    "port": (0, 65535),
    "max_body": (1, None),
    "max_sandboxes": (1, None),
    "webhook_timeout": (1, 600),
    "speed": (1, 100_000),
}

#: Regular expression of a text setting, and a description of the valid values for error messages.
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
        r"([0-9]{1,9}(,[0-9]{1,9}){0,19})?",
        "seconds separated by commas, such as 5,300,1800",
    ),
    "allow_webhook_host": (r"[^\s/]+", "a name or an address"),
    "token": (r"[\x21-\x7e]+", "a token of ASCII characters without spaces"),
    "control_token": (r"[\x21-\x7e]*", "a token of ASCII characters without spaces"),
    "allow_host": (r"[^\s/]+", "a name or an address, as in a Host header"),
}


@dataclass(frozen=True)
class Settings:
    """The settings of a server.

    A flag overrides an environment variable, which overrides the config file and the default.
    """

    host: str = _setting(
        "127.0.0.1",
        "Listen on this address. Other machines can connect unless it is a loopback address.",
    )
    port: int = _setting(4242, "Listen on this port; 0 picks a free one and reports it.")
    fixtures: str = _setting(
        "default", "Load these objects at the start: 'default', 'empty' or a JSON file."
    )
    seed: str = _setting(
        "0", "Derive the ids of new objects from this text: the same seed gives the same ids."
    )
    clock: str = _setting(
        "step",
        "Set the clock's mode. step: it advances a second with each change; frozen: it stands "
        "still; real: it shows the machine's time.",
        choices=("step", "frozen", "real"),
    )
    speed: int = _setting(1, "Run the clock at this multiple of real time, if its mode is real.")
    bots: str = _setting(
        "",
        "Run the simulated contacts of this script: 'office', 'support-queue' or a JSON file. "
        "Default: no bots.",
    )
    token: tuple[str, ...] = _setting(
        (), f"Accept only this token. {REPEATABLE} Default: any token."
    )
    control_token: str = _setting(
        "",
        "Accept only this token in the control API, /_sandbox. Default: those of the API or, "
        "if other machines can connect and the API accepts any token, a random one.",
    )
    assets: str = _setting(
        "documented",
        "Set where the URLs of avatars and files lead. documented: to the real API's host; local: "
        "to this server.",
        choices=("documented", "local"),
    )
    latency: str = _setting(
        "",
        "Delay every request by this many milliseconds: 250, 100-500 (a range) or "
        "lognormal:90:0.4 (median and sigma). Default: no delay.",
    )
    max_body: int = _setting(25 * MEGABYTE, "Refuse request bodies of more than this many bytes.")
    max_sandboxes: int = _setting(
        1000, "Allow at most this many sandboxes. A request that would exceed the limit gets a 503."
    )
    require_sandbox: bool = _setting(
        False, "Refuse (400) requests that select no sandbox, instead of using 'default'."
    )
    allow_host: tuple[str, ...] = _setting(
        (), f"Accept this name in the Host header, besides localhost. {REPEATABLE}"
    )
    webhook: tuple[str, ...] = _setting(
        (),
        "Register a webhook in every sandbox: a URL, or "
        f"'URL;events=message.*,contact.created;secret=S;name=N'. {REPEATABLE}",
    )
    webhook_timeout: int = _setting(5, "Limit each webhook delivery attempt to this many seconds.")
    webhook_retries: str = _setting(
        "5,300,1800,7200,18000,36000",
        "Retry a failed delivery this many seconds after its event, on the sandbox's clock. An "
        "empty list turns retries off.",
    )
    allow_webhook_host: tuple[str, ...] = _setting(
        (), f"Allow webhook deliveries to this host, besides this machine. {REPEATABLE}"
    )
    standard_webhooks: bool = _setting(
        False,
        "Add the headers of the Standard Webhooks specification, which the real API does not send.",
    )
    ready_file: str = _setting(
        "", "Write a line of JSON with the server's URL to this file, which is deleted at exit."
    )
    save_on_exit: str = _setting(
        "", "Write the state of the sandbox 'default' to this file at exit, as fixtures."
    )
    log_level: str = _setting(
        "info",
        "Write log messages of this level and above to standard error. debug: with the bodies of "
        "requests and responses.",
        choices=("debug", "info", "warning", "error"),
    )
    log_format: str = _setting(
        "text",
        "Write log messages as lines of text, or of JSON.",
        choices=("text", "json"),
    )

    @property
    def max_bodies(self) -> dict[str, int]:
        """The maximum length of a body, in bytes, for each path that has its own limit."""
        return {STATE_PATH: max(self.max_body, MAX_STATE)}


def rows() -> tuple[Field[Any], ...]:
    """Return the settings as dataclass fields, with ``help`` and ``choices`` as metadata."""
    return fields(Settings)


def flag(name: str) -> str:
    """Return the flag of a setting, such as ``--max-body``."""
    return "--" + name.replace("_", "-")


def variable(name: str) -> str:
    """Return the environment variable of a setting, such as ``MOCKSERVER_MAX_BODY``."""
    return f"MOCKSERVER_{name.upper()}"
