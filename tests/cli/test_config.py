"""The config file: settings below flags and variables, and above the defaults."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Commands, Done


def write(commands: Commands, text: str, name: str = "mockserver.toml") -> Path:
    path = commands.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def shown(done: Done) -> dict[str, Any]:
    assert done.code == 0, done
    report: dict[str, Any] = json.loads(done.out)
    return report


def test_flag_over_variable_over_file_over_default(commands: Commands) -> None:
    write(commands, 'seed = "file"\nfixtures = "empty"\nlog-level = "error"\nport = 1\n')
    ready = commands.serve("--fixtures", "default", MOCKSERVER_SEED="variable").ready
    assert (ready["fixtures"], ready["seed"]) == ("default", "variable")


def test_serve_uses_the_file(commands: Commands) -> None:
    write(commands, 'seed = "team"\nrequire_sandbox = true\nallow-host = ["a.test", "b.test"]\n')
    serving = commands.serve()
    assert serving.ready["seed"] == "team"
    assert serving("GET", "/v1/contacts", token="demo").status == 400


def test_run_uses_the_file(commands: Commands) -> None:
    write(commands, 'token = ["abc"]\n')
    done = commands.run("run", "sh", "-c", "echo $MOCKSERVER_TOKEN")
    assert done.out == "abc\n", done


def test_config_shows_values_and_their_sources(commands: Commands) -> None:
    path = write(commands, 'webhook_timeout = 2\nallow-host = ["a.test"]\n')
    report = shown(commands.invoke("config", "--json", MOCKSERVER_SEED="s"))
    assert report["webhook_timeout"] == {"value": 2, "source": f"file {path}"}
    assert report["allow_host"] == {"value": ["a.test"], "source": f"file {path}"}
    assert report["seed"] == {"value": "s", "source": "environment variable MOCKSERVER_SEED"}
    assert report["clock"] == {"value": "step", "source": "default"}
    line = commands.invoke("config").out.splitlines()[16]
    assert line.split() == ["webhook-timeout", "2", "file", str(path)]


@pytest.mark.parametrize("output", [(), ("--json",)])
def test_config_hides_secrets(commands: Commands, output: tuple[str, ...]) -> None:
    write(
        commands,
        'token = ["s3cret"]\ncontrol-token = "s3cret"\n'
        'webhook = ["http://127.0.0.1:9/hook;secret=s3cret"]\n',
    )
    done = commands.invoke("config", *output)
    assert done.code == 0
    assert "/hook" in done.out
    assert "s3cret" not in done.out


def test_the_nearest_file_is_used(commands: Commands) -> None:
    write(commands, '[tool.mockserver]\nseed = "pyproject"\n', "pyproject.toml")
    write(commands, "[tool.other]\n", "inner/pyproject.toml")
    inner = Commands(commands.folder / "inner", ExitStack())
    assert shown(inner.invoke("config", "--json"))["seed"]["value"] == "pyproject"
    write(commands, 'seed = "toml"\n')
    assert shown(inner.invoke("config", "--json"))["seed"]["value"] == "toml"
    write(commands, '[tool.mockserver]\nseed = "inner"\n', "inner/pyproject.toml")
    assert shown(inner.invoke("config", "--json"))["seed"]["value"] == "inner"


def test_config_names_a_file(commands: Commands) -> None:
    write(commands, 'seed = "near"\n')
    write(commands, 'seed = "named"\n', "other.toml")
    report = shown(commands.invoke("config", "--json", "--config", "other.toml"))
    assert report["seed"]["value"] == "named"
    assert commands.serve("--config", "other.toml").ready["seed"] == "named"
    commands.invoke("serve", "--config", "absent.toml").failed(2, "'absent.toml' does not exist")


def test_a_path_is_relative_to_the_file(commands: Commands) -> None:
    write(commands, 'fixtures = "own.json"\nready-file = "r"\nbots = "office"\n', "sub/m.toml")
    report = shown(commands.invoke("config", "--json", "--config", "sub/m.toml"))
    folder = commands.folder / "sub"
    assert report["fixtures"]["value"] == str(folder / "own.json")
    assert report["ready_file"]["value"] == str(folder / "r")
    assert report["bots"]["value"] == "office"
    assert report["save_on_exit"]["value"] == ""


def test_a_clients_token_does_not_hide_the_files(commands: Commands) -> None:
    path = write(commands, 'token = ["abc"]\n')
    variables = {"MOCKSERVER_URL": "http://127.0.0.1:1", "MOCKSERVER_TOKEN": "client"}
    report = shown(commands.invoke("config", "--json", **variables))
    assert report["token"]["source"] == f"file {path}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("webhook-timout = 2", "unknown setting 'webhook-timout'; did you mean 'webhook-timeout'?"),
        ("max_body = 1\nmax-body = 2", "'max-body' is set twice; remove one."),
        ('port = "4242"', "'4242' is not an integer."),
        ("port = true", "True is not an integer."),
        ("seed = 1", "1 is not a string."),
        ("require-sandbox = 1", "1 is not true or false."),
        ('allow-host = "a.test"', "'a.test' is not an array of strings."),
        ("allow-host = [1]", "[1] is not an array of strings."),
        ('token = "s"', "the value is not an array of strings."),
        ("webhook-timeout = 0", "'webhook-timeout' in"),
        ("webhook-timeout = 0", "0 is not in the range 1<=x<=600."),
        ('clock = "slow"', "'slow' is not one of 'step', 'frozen', 'real'."),
        ('latency = "x"', "'x' is not a delay in milliseconds, such as 250"),
        ("port = ", "Invalid value (at"),
    ],
    ids=str,
)
@pytest.mark.parametrize("command", ["serve", "config"])
def test_an_invalid_file_is_a_usage_error(
    commands: Commands, command: str, text: str, message: str
) -> None:
    path = write(commands, text)
    commands.invoke(command).failed(2, str(path), message)


def test_a_pyproject_needs_the_table(commands: Commands) -> None:
    path = write(commands, "[project]\n", "pyproject.toml")
    shown(commands.invoke("config", "--json"))
    message = "pyproject.toml has no table [tool.mockserver]"
    commands.invoke("config", "--config", path).failed(2, message)
    write(commands, "[tool]\nmockserver = 3\n", "pyproject.toml")
    commands.invoke("config").failed(2, str(path), "'mockserver' is not a table")
