"""The visible effect of each setting."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.storage.ids import IdGenerator

if TYPE_CHECKING:
    from tests.cli.conftest import Serving

USER = "inEIRvzjC6YLMX3o"
KEVIN = "VYmwyVrujkXIjvEf"
NOW = 705106800
#: A URL without a server.
NOBODY = "http://127.0.0.1:1"


@dataclass(frozen=True)
class Run:
    """A server with all settings set in one way, and the tokens that it accepts."""

    serving: Serving
    own: str
    control_token: str
    folder: Path
    #: The ports that the flag and the variable name.
    ports: tuple[int, int]


def name_of_port(run: Run) -> str:
    named = dict(zip(run.ports, ("by flag", "by variable"), strict=True))
    return named.get(run.serving.ready["port"], "any")


def oldest_contact(run: Run) -> str:
    return run.serving.ids("/v1/contacts", token=run.own)[-1]


def first_new_id(run: Run) -> tuple[str, str]:
    attachment = run.serving("POST", "/v1/attachments", token=run.own, body={"file": "a.txt"})
    return run.serving.ready["seed"], attachment.json["id"]


def new_id(seed: str) -> tuple[str, str]:
    """Return the seed and the first new id derived from it."""
    return seed, IdGenerator(seed).new("attachment")


def clock_mode(run: Run) -> str:
    group = run.serving("POST", "/v1/groups", token=run.own, body={"name": "Wet bandits"})
    seconds = group.json["created_at"] - NOW
    if seconds == 0:
        return "frozen"
    return "step" if seconds < 100 else "real"


def speed(run: Run) -> Any:
    """Return the speed of the clock, or None if it is not a real clock."""
    return control(run, "GET", "/clock").json.get("speed")


def running_bots(run: Run) -> Any:
    """Return the name of the running script, or None."""
    response = control(run, "GET", "/bots")
    return response.json["script"] if response.status == 200 else None


def accepted_tokens(run: Run) -> list[str]:
    tokens = ["sandbox_flag1", "sandbox_variable1", "other"]
    get = partial(run.serving, "GET", "/v1/groups")
    return [token for token in tokens if get(token=token).status != 401]


def control_without_token(run: Run) -> int:
    """Return the status of a control request without the control token."""
    return int(run.serving("GET", "/_sandbox", token=run.own).status)


def asset_host(run: Run) -> str:
    user = run.serving("GET", f"/v1/contacts/{USER}", token=run.own).json
    local_prefix = f"{run.serving.url}/_assets/".lower()
    return "local" if user["avatar_url"].lower().startswith(local_prefix) else "documented"


def latency(run: Run) -> Any:
    """Return the delay in a request's journal entry."""
    run.serving("GET", "/v1/groups", token=run.own)
    name = run.own.removeprefix("sandbox_")
    listed = run.serving("GET", f"/_sandbox/requests?sandbox={name}", token=run.control_token).json[
        "data"
    ]
    match listed[-1]["faults"]:
        case [{"fixedDelayMilliseconds": delay}]:
            return delay
        case [{"lower": lower, "upper": upper}]:
            return [lower, upper]
    return None


def max_body(run: Run) -> int:
    with run.serving.connect() as sock:
        head = f"POST /v1/contacts HTTP/1.1\r\nHost: {run.serving.host}\r\nContent-Length: {10**15}"
        sock.sendall(f"{head}\r\nAuthorization: Bearer {run.own}\r\n\r\n".encode())
        refusal = sock.makefile("rb").read().decode()
    assert refusal.startswith("HTTP/1.1 413 ")
    return int(re.findall(r"limit of (\d+) bytes", refusal)[0])


def max_sandboxes(run: Run) -> int:
    """Return the number of sandboxes when the next one is rejected."""
    prefix = run.own.rstrip("1")
    with closing(run.serving.connection()) as connection:
        for number in range(1, 1002):
            headers = {"Authorization": f"Bearer {prefix}{number}"}
            connection.request("GET", f"/v1/contacts/{USER}", headers=headers)
            response = connection.getresponse()
            body = response.read().decode()
            if response.status == 503:
                return int(re.findall(r"there are already (\d+) sandboxes", body)[0])
    raise AssertionError("there is no limit")


def accepted_hosts(run: Run) -> list[str]:
    names = ["flag.test", "variable.test"]
    get = partial(run.serving, "GET", "/_sandbox", token=run.control_token)
    return [name for name in names if get(headers={"Host": name}).status == 200]


def ready_files(run: Run) -> list[str]:
    folder = run.folder
    files = [folder / "flag.ready", folder / "variable.ready"]
    return [file.name for file in files if file.exists() and file.read_text() == run.serving.line]


def state_file(run: Run) -> str:
    """Return the file of the state. test_save_on_exit.py tests that it is written."""
    overview = run.serving("GET", "/_sandbox", token=run.control_token).json
    return str(overview["settings"]["save_on_exit"])


def log_level(run: Run) -> str:
    """Return the level. test_start.py tests that it applies, when the server has ended."""
    overview = run.serving("GET", "/_sandbox", token=run.control_token).json
    return str(overview["settings"]["log_level"])


def logs_json(run: Run) -> bool:
    return run.serving.stderr.startswith('{"time": ')


def control(run: Run, method: str, path: str, body: Any = None) -> Any:
    """Call the control API for the sandbox of our token, after creating it by a first call."""
    run.serving("GET", "/v1/groups", token=run.own)
    name = run.own.removeprefix("sandbox_")
    return run.serving(
        method, f"/_sandbox{path}?sandbox={name}", token=run.control_token, body=body
    )


def webhooks(run: Run) -> list[tuple[str, list[str], str]]:
    listed = control(run, "GET", "/webhooks").json["data"]
    return [(item["url"], item["events"], item["secret"]) for item in listed if item["enabled"]]


def webhook_timeout(run: Run) -> int:
    """Return the timeout of an attempt. The tests of deliveries test that it applies."""
    overview = run.serving("GET", "/_sandbox", token=run.control_token).json
    return int(overview["settings"]["webhook_timeout"])


def attempted(run: Run) -> Any:
    """Return an attempted delivery to a URL without a server."""
    created = control(run, "POST", "/webhooks", {"url": NOBODY, "events": ["group.*"]})
    webhook = created.json["id"]
    run.serving("POST", "/v1/groups", token=run.own, body={"name": "Wet bandits"})
    wait = {"match": {"webhook": webhook}, "timeout": 60}
    [delivery] = control(run, "POST", "/webhooks/wait", wait).json["data"]
    control(run, "DELETE", f"/webhooks/{webhook}")
    return control(run, "GET", f"/deliveries/{delivery['id']}").json


def first_retry(run: Run) -> int:
    """Return the seconds from an event to the first retry of its delivery."""
    delivery = attempted(run)
    return int(delivery["due"] - delivery["at"])


def sends_standard_headers(run: Run) -> bool:
    return "webhook-id" in attempted(run)["attempts"][0]["request"]["headers"]


def webhook_accepted_hosts(run: Run) -> list[str]:
    hosts = ["192.0.2.1", "192.0.2.2"]  # RFC 5737: reserved for documentation
    created = {
        host: control(run, "POST", "/webhooks", {"url": f"http://{host}/", "enabled": False})
        for host in hosts
    }
    return [host for host in hosts if created[host].status == 201]


@dataclass(frozen=True)
class Case:
    """Two values of a setting, and their visible effects."""

    look: Callable[[Run], Any]
    by_flag: tuple[str, ...]
    by_variable: str
    #: The result of ``look`` with the flag, with the variable, and by default.
    seen: tuple[Any, Any, Any]


def default_sandbox_status(run: Run) -> int:
    response = run.serving("GET", "/s/default/v1/groups", token=run.own)
    return int(response.status)


CASES = {
    "host": Case(
        lambda run: run.serving.host,
        ("localhost",),
        "LocalHost",
        ("localhost", "LocalHost", "127.0.0.1"),
    ),
    "port": Case(name_of_port, ("PORT",), "PORT", ("by flag", "by variable", "any")),
    "fixtures": Case(oldest_contact, ("empty",), "own.json", (USER, "FirstFirstFirst1", KEVIN)),
    "seed": Case(
        first_new_id,
        ("seven",),
        "8",
        (new_id("seven"), new_id("8"), new_id("0")),
    ),
    "clock": Case(clock_mode, ("real",), "frozen", ("real", "frozen", "step")),
    "speed": Case(speed, ("2",), "1", (2, None, None)),
    "bots": Case(running_bots, ("office",), "support-queue", ("office", "support-queue", None)),
    "token": Case(
        accepted_tokens,
        ("sandbox_flag1", "sandbox_flag2", "sandbox_flag3"),
        "sandbox_variable1 sandbox_variable2 sandbox_variable3",
        (["sandbox_flag1"], ["sandbox_variable1"], ["sandbox_flag1", "sandbox_variable1", "other"]),
    ),
    "control_token": Case(control_without_token, ("flag",), "variable", (401, 401, 200)),
    "assets": Case(asset_host, ("documented",), "local", ("documented", "local", "documented")),
    "latency": Case(latency, ("1",), "2-3", (1, [2, 3], None)),
    "max_body": Case(max_body, ("1000",), "2000", (1000, 2000, 25 * 1024 * 1024)),
    "max_sandboxes": Case(max_sandboxes, ("2",), "3", (2, 3, 1000)),
    "require_sandbox": Case(default_sandbox_status, ("",), "false", (400, 200, 200)),
    "allow_host": Case(
        accepted_hosts, ("flag.test",), "variable.test", (["flag.test"], ["variable.test"], [])
    ),
    "webhook": Case(
        webhooks,
        (
            f"{NOBODY}/flag;events=group.deleted,contact.*;secret=a-secret-by-flag",
            f"{NOBODY}/second;secret=2",
        ),
        f"{NOBODY}/variable;secret=a-secret-by-variable {NOBODY}/another;secret=1",
        (
            [
                (f"{NOBODY}/flag", ["group.deleted", "contact.*"], "…flag"),
                (f"{NOBODY}/second", ["*"], "…"),
            ],
            [(f"{NOBODY}/variable", ["*"], "…able"), (f"{NOBODY}/another", ["*"], "…")],
            [],
        ),
    ),
    "webhook_timeout": Case(webhook_timeout, ("7",), "8", (7, 8, 5)),
    "webhook_retries": Case(first_retry, ("70,700",), "80", (70, 80, 5)),
    "allow_webhook_host": Case(
        webhook_accepted_hosts, ("192.0.2.1",), "192.0.2.2", (["192.0.2.1"], ["192.0.2.2"], [])
    ),
    "standard_webhooks": Case(sends_standard_headers, ("",), "false", (True, False, False)),
    "ready_file": Case(
        ready_files,
        ("flag.ready",),
        "variable.ready",
        (["flag.ready"], ["variable.ready"], []),
    ),
    "save_on_exit": Case(
        state_file,
        ("flag.json",),
        "variable.json",
        ("flag.json", "variable.json", ""),
    ),
    "log_level": Case(log_level, ("debug",), "warning", ("debug", "warning", "info")),
    "log_format": Case(logs_json, ("json",), "text", (True, False, False)),
}
