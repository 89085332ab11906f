"""`mockserver run`: what the command finds, and what becomes of its streams and its exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import GIVE_UP, command

if TYPE_CHECKING:
    from tests.cli.conftest import Commands

ASK = """
import os, urllib.request
url = os.environ["PROTOCOL_API_BASE_URL"] + "/contacts"
request = urllib.request.Request(url, headers={"Authorization": "Bearer sandbox_other"})
print(urllib.request.urlopen(request).status)
"""
NAMES = ("MOCKSERVER_URL", "MOCKSERVER_TOKEN", "PROTOCOL_API_BASE_URL")
#: Tells the variables, and what a list at each of the two URLs is answered with.
TELL = """
import json, os, urllib.request
found = {name: os.environ[name] for name in %r}
url, token, api = found.values()
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
for path in (f"{url}/_sandbox/health", f"{api}/contacts?limit=1"):
    request = urllib.request.Request(path, headers={"Authorization": f"Bearer {token}"})
    with direct.open(request) as answer:
        found[path.removeprefix(url)] = json.load(answer)
print(json.dumps(found))
"""


def told(commands: Commands, *flags: object, **variables: str) -> dict[str, Any]:
    """What a command under ``run`` finds."""
    words = ("run", *flags, "--", sys.executable, "-c", TELL % (NAMES,))
    done = commands.run(*words, **variables)
    assert (done.code, done.err) == (0, ""), done
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_the_command_finds_a_server_that_answers(commands: Commands) -> None:
    found = told(commands)
    url = found["MOCKSERVER_URL"]
    assert url.startswith("http://127.0.0.1:")
    assert found["PROTOCOL_API_BASE_URL"] == f"{url}/v1"
    assert found["MOCKSERVER_TOKEN"] == "run"
    assert found["/_sandbox/health"]["status"] == "ok"
    assert len(found["/v1/contacts?limit=1"]["data"]) == 1


def test_two_at_once_have_servers_of_their_own(commands: Commands) -> None:
    outer = ("run", "--", command(), "run", "--", "sh", "-c")
    done = commands.run(*outer, "echo $MOCKSERVER_URL", MOCKSERVER_PORT="0")
    inner = commands.run("run", "--", "sh", "-c", f'test "$MOCKSERVER_URL" != {done.out.strip()}')
    assert (done.code, inner.code) == (0, 0)


@pytest.mark.parametrize(
    ("flags", "token"),
    [
        (("--token", "first", "--token", "second"), "first"),
        (("--require-sandbox",), "sandbox_run"),
        (("--require-sandbox", "--token", "sandbox_mine"), "sandbox_mine"),
    ],
    ids=" ".join,
)
def test_the_token_is_one_that_the_server_takes(
    commands: Commands, flags: tuple[str, ...], token: str
) -> None:
    assert told(commands, *flags)["MOCKSERVER_TOKEN"] == token


def test_the_options_of_serve_are_those_of_run(commands: Commands, free_ports: Any) -> None:
    port = str(next(free_ports))
    file = commands.folder / "ready.json"
    words = ("--fixtures", "empty", "--ready-file", file, "--", "cat", file)
    done = commands.run("run", *words, MOCKSERVER_PORT=port, MOCKSERVER_SEED="7")
    ready = json.loads(done.out)
    assert (ready["event"], ready["port"], ready["seed"]) == ("ready", int(port), "7")
    assert ready["fixtures"] == "empty"
    assert not file.exists()


def test_what_a_start_refuses_keeps_the_command_from_running(commands: Commands) -> None:
    ran = commands.folder / "ran"
    for code, flags in ((2, ("--seed", "1", "--clock", "x")), (4, ("--fixtures", "no.json"))):
        commands.run("run", *flags, "--", "touch", ran).failed(code)
    assert not ran.exists()


@pytest.mark.parametrize("code", [0, 1, 7, 255])
def test_the_exit_code_is_that_of_the_command(commands: Commands, code: int) -> None:
    done = commands.run("run", "--", "sh", "-c", f"exit {code}")
    assert (done.code, done.out, done.err) == (code, "", "")


@pytest.mark.parametrize("number", [1, 2, 6, 9, 15])
def test_a_command_that_a_signal_ended_is_told_as_a_shell_does(
    commands: Commands, number: int
) -> None:
    assert commands.run("run", "--", "sh", "-c", f"kill -{number} $$").code == 128 + number


def test_a_command_that_does_not_exist_is_exit_code_127(commands: Commands) -> None:
    for name in ("no-such-command", "./no/such/file"):
        done = commands.run("run", "--", name, "--version")
        done.failed(127, f"mockserver: cannot run {name}: No such file or directory\n")
        assert len(done.err.splitlines()) == 1


def test_a_file_that_is_no_command_is_exit_code_126(commands: Commands) -> None:
    plain = commands.folder / "plain"
    plain.write_text("#!/bin/sh\n")
    for path in (plain, commands.folder):
        done = commands.run("run", "--", path)
        done.failed(126, f"mockserver: cannot run {path}: Permission denied\n")
        assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("arguments", [(), ("--",), ("--seed", "7", "--"), ("--", "")], ids=str)
def test_no_command_is_exit_code_2(commands: Commands, arguments: tuple[str, ...]) -> None:
    commands.run("run", *arguments).failed(2, "COMMAND...")


def test_what_follows_the_command_is_its_own(commands: Commands) -> None:
    show = "import sys; print(sys.argv[1:])"
    words = ["--port", "x", "--", "--help", "", "a b", "--"]
    for before in ((), ("--",), ("--seed", "7", "--")):
        done = commands.run("run", *before, sys.executable, "-c", show, *words)
        assert (done.code, done.out) == (0, f"{words}\n")


def test_its_streams_are_the_commands(commands: Commands) -> None:
    script = "cat; echo problem >&2; cat <&3"
    given = commands.folder / "given"
    given.write_text("and a file of the shell's\n")
    shell = f"{command()} run -- sh -c '{script}' 3<{given}"
    done = subprocess.run(
        ["sh", "-c", shell], input="typed\n", capture_output=True, text=True, timeout=GIVE_UP
    )
    assert (done.returncode, done.stderr) == (0, "problem\n")
    assert done.stdout == "typed\nand a file of the shell's\n"


def test_the_command_has_the_signals_of_any_command(commands: Commands) -> None:
    # The interpreter ignores SIGPIPE, and what is ignored would stay so in the command.
    done = commands.run("run", "--", "sh", "-c", "yes | head -n 1; kill -PIPE $$; echo alive")
    assert (done.code, done.out) == (128 + 13, "y\n")


def test_requests_are_logged_when_asked_for(commands: Commands) -> None:
    words = ("--log-level", "info", "--", sys.executable, "-c", TELL % (NAMES,))
    done = commands.run("run", *words)
    assert "GET /v1/contacts 200 " in done.err
    assert "  API       http://127.0.0.1:" in done.err
    assert "  look      http://127.0.0.1:" in done.err
    assert list(json.loads(done.out))[:3] == list(NAMES)


def test_a_server_within_the_command_takes_any_token(commands: Commands) -> None:
    """MOCKSERVER_TOKEN is what the command's clients use; its own servers have no such wish."""
    inner = (command(), "run", "--", sys.executable, "-c", ASK)
    done = commands.run("run", "--", *inner)
    assert (done.code, done.out) == (0, "200\n"), done
