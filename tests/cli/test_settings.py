"""Every setting, by flag and by variable, seen from outside: flag over variable over default."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.core.ids import Ids
from mockserver.settings import flag, rows, variable

if TYPE_CHECKING:
    from tests.cli.conftest import Commands, Serving

USER = "inEIRvzjC6YLMX3o"
KEVIN = "VYmwyVrujkXIjvEf"
NOW = 705106800


@dataclass(frozen=True)
class Run:
    """A server whose settings are all set in one way, and a token that it takes."""

    serving: Serving
    own: str
    folder: Path
    #: The ports that the flag and the variable name.
    ports: tuple[int, int]


def name_of_port(run: Run) -> str:
    named = dict(zip(run.ports, ("by flag", "by variable"), strict=True))
    return named.get(run.serving.ready["port"], "any")


def oldest_contact(run: Run) -> str:
    return run.serving.ids("/v1/contacts", token=run.own)[-1]


def first_new_id(run: Run) -> tuple[str, str]:
    made = run.serving("POST", "/v1/attachments", token=run.own, body={"file": "a.txt"})
    return run.serving.ready["seed"], made.json["id"]


def new_id(seed: str) -> tuple[str, str]:
    """The seed, and the first new id that follows from it."""
    return seed, Ids(seed).new("attachment")


def pace(run: Run) -> str:
    made = run.serving("POST", "/v1/groups", token=run.own, body={"name": "Wet bandits"})
    seconds = made.json["created_at"] - NOW
    if seconds == 0:
        return "frozen"
    return "step" if seconds < 100 else "real"


def tokens_taken(run: Run) -> list[str]:
    tokens = ["sandbox_flag1", "sandbox_variable1", "other"]
    get = partial(run.serving, "GET", "/v1/groups")
    return [token for token in tokens if get(token=token).status != 401]


def home_of_assets(run: Run) -> str:
    shown = run.serving("GET", f"/v1/contacts/{USER}", token=run.own).json
    ours = f"{run.serving.url}/_assets/".lower()
    return "local" if shown["avatar_url"].lower().startswith(ours) else "documented"


def most_bytes(run: Run) -> int:
    with run.serving.connect() as sock:
        head = f"POST /v1/contacts HTTP/1.1\r\nHost: {run.serving.host}\r\nContent-Length: {10**15}"
        sock.sendall(f"{head}\r\nAuthorization: Bearer {run.own}\r\n\r\n".encode())
        refusal = sock.makefile("rb").read().decode()
    assert refusal.startswith("HTTP/1.1 413 ")
    return int(re.findall(r"limit of (\d+) bytes", refusal)[0])


def most_sandboxes(run: Run) -> int:
    """How many there are once one more is refused."""
    prefix = run.own.rstrip("1")
    for number in range(1, 1002):
        answer = run.serving("GET", f"/v1/contacts/{USER}", token=f"{prefix}{number}")
        if answer.status == 503:
            return int(re.findall(r"there are (\d+) sandboxes", answer.message)[0])
    raise AssertionError("there is no bound")


def hosts_taken(run: Run) -> list[str]:
    names = ["flag.test", "variable.test"]
    get = partial(run.serving, "GET", "/_sandbox/health")
    return [name for name in names if get(headers={"Host": name}).status == 200]


def ready_files(run: Run) -> list[str]:
    folder = run.folder
    files = [folder / "flag.ready", folder / "variable.ready"]
    return [file.name for file in files if file.exists() and file.read_text() == run.serving.line]


def place_of_state(run: Run) -> str:
    """Where the state will go; that it does is seen in the tests of it."""
    overview = run.serving("GET", "/_sandbox", token=run.own).json
    return str(overview["settings"]["save_on_exit"])


def logs_requests(run: Run) -> bool:
    run.serving("GET", "/v1/messages/logs-requests", token=run.own)
    return "/v1/messages/logs-requests" in run.serving.stderr


@dataclass(frozen=True)
class Case:
    """A setting's values, and what is seen of them from outside, or how each looks there."""

    look: Callable[[Run], Any]
    by_flag: tuple[str, ...]
    by_variable: str
    #: What ``look`` sees by flag, by variable, by default.
    seen: tuple[Any, Any, Any]


def falls_into_default(run: Run) -> int:
    answer = run.serving("GET", "/s/default/v1/groups", token=run.own)
    return int(answer.status)


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
    "clock": Case(pace, ("frozen",), "real", ("frozen", "real", "step")),
    "token": Case(
        tokens_taken,
        ("sandbox_flag1", "sandbox_flag2", "sandbox_flag3"),
        "sandbox_variable1 sandbox_variable2 sandbox_variable3",
        (["sandbox_flag1"], ["sandbox_variable1"], ["sandbox_flag1", "sandbox_variable1", "other"]),
    ),
    "assets": Case(home_of_assets, ("documented",), "local", ("documented", "local", "documented")),
    "max_body": Case(most_bytes, ("1000",), "2000", (1000, 2000, 25 * 1024 * 1024)),
    "max_sandboxes": Case(most_sandboxes, ("2",), "3", (2, 3, 1000)),
    "require_sandbox": Case(falls_into_default, ("",), "false", (400, 200, 200)),
    "allow_host": Case(
        hosts_taken, ("flag.test",), "variable.test", (["flag.test"], ["variable.test"], [])
    ),
    "ready_file": Case(
        ready_files,
        ("flag.ready",),
        "variable.ready",
        (["flag.ready"], ["variable.ready"], []),
    ),
    "save_on_exit": Case(
        place_of_state,
        ("flag.json",),
        "variable.json",
        ("flag.json", "variable.json", ""),
    ),
    "log_level": Case(logs_requests, ("debug",), "warning", (True, False, True)),
}

#: Which of the two ways are taken, and so which is seen.
WAYS = {
    "flags": (True, False, 0),
    "variables": (False, True, 1),
    "neither": (False, False, 2),
    "flags over variables": (True, True, 0),
}


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def run(way: str, shared_commands: Commands, free_ports: Iterator[int]) -> Iterator[Run]:
    """A server whose settings are all set in this way."""
    ports = (next(free_ports), next(free_ports))
    by_flag, by_variable, seen = WAYS[way]
    flags: list[object] = []
    variables: dict[str, str] = {}
    for name, case in CASES.items():
        if by_flag:
            for value in case.by_flag:
                flags += [flag(name), *filter(None, [value.replace("PORT", str(ports[0]))])]
        if by_variable:
            variables[variable(name)] = case.by_variable.replace("PORT", str(ports[1]))
    folder = shared_commands.folder
    (folder / "own.json").write_text(json.dumps(own_fixtures()), encoding="utf-8")
    serving = shared_commands.serve(*flags, **variables)
    own = ("sandbox_flag1", "sandbox_variable1", "sandbox_own1")[seen]
    yield Run(serving, own, folder, ports)
    serving.stop()


def own_fixtures() -> dict[str, Any]:
    contact = {
        "id": "FirstFirstFirst1",
        "username": "First",
        "phone_number": "1",
        "avatar_url": None,
        "created_at": 1,
    }
    avatar = "https://assets.protocol.chat/avatars/linnie.jpg"
    user = {**contact, "id": USER, "username": "Linnie", "avatar_url": avatar}
    return {"version": 1, "now": NOW, "user": USER, "contacts": [contact, user]}


@pytest.mark.parametrize("name", CASES)
def test_a_setting_does_what_it_says(name: str, way: str, run: Run) -> None:
    assert CASES[name].look(run) == CASES[name].seen[WAYS[way][2]]


def test_every_setting_is_tried() -> None:
    assert list(CASES) == [row.name for row in rows()]


def test_help_names_the_flag_the_variable_and_the_default_of_each(commands: Commands) -> None:
    done = commands.run("serve", "--help")
    assert (done.code, done.err) == (0, "")
    shown = re.sub(r"\s+", " ", done.out)
    for row in rows():
        _, found, after = shown.partition(f" {flag(row.name)} ")
        assert found, row.name
        entry = after.split(" --")[0]
        assert f"env var: {variable(row.name)}" in entry
        if row.default:
            assert f"default: {row.default}" in entry


def test_the_default_port_is_4242(commands: Commands) -> None:
    with socket.socket() as sock:
        try:
            sock.bind(("127.0.0.1", 4242))
            sock.listen()
        except OSError:
            pass  # somebody listens there already, which serves as well
        commands.run("serve").failed(3, "port 4242 is in use")


def test_empty_variables_count_as_absent(commands: Commands) -> None:
    names = [variable(row.name) for row in rows() if row.name != "port"]
    serving = commands.serve(**dict.fromkeys(names, ""))
    assert serving.ready["fixtures"] == "default"
    assert serving("GET", "/v1/contacts", token="any").status == 200
