"""`mockserver run`: the environment, streams and exit code of the command."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import TIMEOUT, command

if TYPE_CHECKING:
    from tests.cli.conftest import Commands

ASK = """
import os, urllib.request
url = os.environ["PROTOCOL_API_BASE_URL"] + "/contacts"
request = urllib.request.Request(url, headers={"Authorization": "Bearer sandbox_other"})
print(urllib.request.urlopen(request).status)
"""
NAMES = ("MOCKSERVER_URL", "MOCKSERVER_TOKEN", "PROTOCOL_API_BASE_URL")
#: Prints the variables, and the response at each of the two URLs.
TELL = """
import json, os, urllib.request
result = {name: os.environ[name] for name in %r}
url, token, api = result.values()
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
for path in (f"{url}/_sandbox/health", f"{api}/contacts?limit=1"):
    request = urllib.request.Request(path, headers={"Authorization": f"Bearer {token}"})
    with direct.open(request) as answer:
        result[path.removeprefix(url)] = json.load(answer)
print(json.dumps(result))
"""


def run_printed(commands: Commands, *flags: object, **variables: str) -> dict[str, Any]:
    """Return what a command under ``run`` prints."""
    words = ("run", *flags, "--", sys.executable, "-c", TELL % (NAMES,))
    done = commands.run(*words, **variables)
    assert (done.code, done.err) == (0, ""), done
    printed: dict[str, Any] = json.loads(done.out)
    return printed


def test_the_command_finds_the_server(commands: Commands) -> None:
    printed = run_printed(commands)
    url = printed["MOCKSERVER_URL"]
    assert url.startswith("http://127.0.0.1:")
    assert printed["PROTOCOL_API_BASE_URL"] == f"{url}/v1"
    assert printed["MOCKSERVER_TOKEN"] == "run"
    assert printed["/_sandbox/health"]["status"] == "ok"
    assert len(printed["/v1/contacts?limit=1"]["data"]) == 1


def test_nested_runs_have_their_own_servers(commands: Commands) -> None:
    script = f'echo $MOCKSERVER_URL; exec {command()} run -- sh -c "echo \\$MOCKSERVER_URL"'
    done = commands.run("run", "--", "sh", "-c", script)
    assert done.code == 0, done
    assert len(set(done.out.split())) == 2


@pytest.mark.parametrize(
    ("flags", "token"),
    [
        (("--token", "first", "--token", "second"), "first"),
        (("--require-sandbox",), "sandbox_run"),
        (("--require-sandbox", "--token", "sandbox_mine"), "sandbox_mine"),
    ],
    ids=" ".join,
)
def test_the_token_is_accepted_by_the_server(
    commands: Commands, flags: tuple[str, ...], token: str
) -> None:
    assert run_printed(commands, *flags)["MOCKSERVER_TOKEN"] == token


def test_the_options_of_serve_are_those_of_run(commands: Commands, free_ports: Any) -> None:
    port = str(next(free_ports))
    file = commands.folder / "ready.json"
    words = ("--fixtures", "empty", "--ready-file", file, "--", "cat", file)
    done = commands.run("run", *words, MOCKSERVER_PORT=port, MOCKSERVER_SEED="7")
    ready = json.loads(done.out)
    assert (ready["event"], ready["port"], ready["seed"]) == ("ready", int(port), "7")
    assert ready["fixtures"] == "empty"
    assert not file.exists()


def test_invalid_settings_prevent_the_command(commands: Commands) -> None:
    ran = commands.folder / "ran"
    for code, flags in ((2, ("--seed", "1", "--clock", "x")), (4, ("--fixtures", "no.json"))):
        commands.run("run", *flags, "--", "touch", ran).failed(code)
    assert not ran.exists()


@pytest.mark.parametrize("code", [0, 1, 7, 255])
def test_the_exit_code_is_that_of_the_command(commands: Commands, code: int) -> None:
    done = commands.run("run", "--", "sh", "-c", f"exit {code}")
    assert (done.code, done.out, done.err) == (code, "", "")


@pytest.mark.parametrize("number", [1, 2, 6, 9, 15])
def test_a_command_ended_by_a_signal_has_a_shells_exit_code(
    commands: Commands, number: int
) -> None:
    assert commands.run("run", "--", "sh", "-c", f"kill -{number} $$").code == 128 + number


def test_a_missing_command_is_exit_code_127(commands: Commands) -> None:
    for name in ("no-such-command", "./no/such/file"):
        done = commands.run("run", "--", name, "--version")
        done.failed(127, f"mockserver: cannot run {name}: No such file or directory\n")
        assert len(done.err.splitlines()) == 1


def test_a_non_executable_file_is_exit_code_126(commands: Commands) -> None:
    plain = commands.folder / "plain"
    plain.write_text("#!/bin/sh\n")
    for path in (plain, commands.folder):
        done = commands.run("run", "--", path)
        done.failed(126, f"mockserver: cannot run {path}: Permission denied\n")
        assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("arguments", [(), ("--",), ("--seed", "7", "--"), ("--", "")], ids=str)
def test_no_command_is_exit_code_2(commands: Commands, arguments: tuple[str, ...]) -> None:
    commands.run("run", *arguments).failed(2, "COMMAND...")


def test_words_after_the_command_belong_to_it(commands: Commands) -> None:
    show = "import sys; print(sys.argv[1:])"
    words = ["--port", "x", "--", "--help", "", "a b", "--"]
    for before in ((), ("--",), ("--seed", "7", "--")):
        done = commands.run("run", *before, sys.executable, "-c", show, *words)
        assert (done.code, done.out) == (0, f"{words}\n")


def test_the_command_inherits_the_streams(commands: Commands) -> None:
    script = "cat; echo problem >&2; cat <&3"
    file = commands.folder / "given"
    file.write_text("and a file of the shell's\n")
    shell = f"{command()} run -- sh -c '{script}' 3<{file}"
    done = subprocess.run(
        ["sh", "-c", shell], input="typed\n", capture_output=True, text=True, timeout=TIMEOUT
    )
    assert (done.returncode, done.stderr) == (0, "problem\n")
    assert done.stdout == "typed\nand a file of the shell's\n"


def test_the_command_has_the_default_signal_handlers(commands: Commands) -> None:
    # Python ignores SIGPIPE, which the command must not inherit.
    done = commands.run("run", "--", "sh", "-c", "yes | head -n 1; kill -PIPE $$; echo alive")
    assert (done.code, done.out) == (128 + 13, "y\n")


def test_run_logs_requests_at_level_info(commands: Commands) -> None:
    words = ("--log-level", "info", "--", sys.executable, "-c", TELL % (NAMES,))
    done = commands.run("run", *words)
    assert "GET /v1/contacts?limit=1 200 " in done.err
    assert "  API        http://127.0.0.1:" in done.err
    assert "  dashboard  http://127.0.0.1:" in done.err
    assert list(json.loads(done.out))[:3] == list(NAMES)


def test_a_nested_server_accepts_any_token(commands: Commands) -> None:
    """MOCKSERVER_TOKEN is for the command's clients, not for servers that it starts."""
    inner = (command(), "run", "--", sys.executable, "-c", ASK)
    done = commands.run("run", "--", *inner)
    assert (done.code, done.out) == (0, "200\n"), done
