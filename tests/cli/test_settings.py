"""Every setting: a flag overrides a variable, which overrides the default."""

from __future__ import annotations

import json
import re
import socket
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.settings import flag, rows, variable
from tests.cli.conftest import TIMEOUT
from tests.cli.setting_effects import CASES, NOW, USER, Run

if TYPE_CHECKING:
    from tests.cli.conftest import Commands

#: Whether flags and variables are set, and the index of the expected effect.
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
    """A server with all settings set in this way."""
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
    control_token = ("flag", "variable", own)[seen]
    yield Run(serving, own, control_token, folder, ports)
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
def test_a_setting_has_its_effect(name: str, way: str, run: Run) -> None:
    assert CASES[name].look(run) == CASES[name].seen[WAYS[way][2]]


def test_every_setting_is_tested() -> None:
    assert list(CASES) == [row.name for row in rows()]


def test_help_lists_flag_variable_and_default_of_settings(commands: Commands) -> None:
    done = commands.invoke("serve", "--help")
    assert (done.code, done.err) == (0, "")
    text = re.sub(r"\s+", " ", done.out)
    for row in rows():
        _, separator, after = text.partition(f" {flag(row.name)} ")
        assert separator, row.name
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
            pass  # in use already, which serves as well
        commands.run("serve").failed(3, "port 4242 is in use")


def test_empty_variables_count_as_absent(commands: Commands) -> None:
    names = [variable(row.name) for row in rows() if row.name != "port"]
    serving = commands.serve(**dict.fromkeys(names, ""))
    assert serving.ready["fixtures"] == "default"
    assert serving("GET", "/v1/contacts", token="any").status == 200


def test_variables_may_have_the_values_of_the_surroundings(commands: Commands) -> None:
    """Kubernetes sets MOCKSERVER_PORT beside a Service named mockserver."""
    process, errors = commands.start(
        *("run", "--", sys.executable, "-m", "mockserver", "env"),
        MOCKSERVER_PORT="tcp://10.0.0.1:4242",
        MOCKSERVER_LOG_LEVEL="INFO",
        MOCKSERVER_CLOCK="Frozen\r",
        MOCKSERVER_REQUIRE_SANDBOX="TRUE",
    )
    output, _ = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0
    assert "export MOCKSERVER_TOKEN=sandbox_run\n" in output
    assert "(seed 0, clock frozen)" in errors.read_text()
