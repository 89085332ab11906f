"""Errors at the start: one line, the documented exit code, no traceback."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.bots.script_format import shipped
from mockserver.seeding.load import read

if TYPE_CHECKING:
    from tests.cli.conftest import Commands


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("serve", "--prot", "1"), "--port"),
        (("serve", "--port", "http"), "'http' is not a valid integer range."),
        (("serve", "--port", "65536"), "65536 is not in the range 0<=x<=65535."),
        (("serve", "--max-body", "0"), "0 is not in the range x>=1."),
        (("serve", "--max-sandboxes", "-1"), "-1 is not in the range x>=1."),
        (("serve", "--speed", "0"), "0 is not in the range 1<=x<=100000."),
        (("serve", "--clock", "slow"), "'slow' is not one of 'step', 'frozen', 'real'."),
        (("serve", "--assets", "here"), "'here' is not one of 'documented', 'local'."),
        (("serve", "--token", ""), "'' is not a token of ASCII characters without spaces."),
        (("serve", "--token", "ok", "--token", "a b"), "'a b' is not a token"),
        (("serve", "--allow-host", "http://mock"), "'http://mock' is not a name or an address"),
        (
            ("serve", "--webhook", "here"),
            "'here' is not a webhook, such as http://127.0.0.1:9000/h",
        ),
        (("serve", "--webhook", "http://[::1]/;event=*"), "is not a webhook, such as"),
        (("serve", "--webhook-timeout", "0"), "0 is not in the range 1<=x<=600."),
        (("serve", "--webhook-retries", "5s"), "'5s' is not seconds separated by commas, such"),
        (("serve", "--allow-webhook-host", "http://h"), "'http://h' is not a name or an address"),
        (("serve", "--host", ""), "'' is not a name or an address."),
        (("serve", "--seed", "\udcff"), "is not valid Unicode."),
        (("serve", "fixtures.json"), "unexpected extra argument (fixtures.json)"),
        (("generate",), "Missing option '-o' / '--output'."),
        (("serv",), "No such command 'serv'. Did you mean 'serve'?"),
        (("check", "webhok"), "No such command 'webhok'. Did you mean 'webhook'?"),
        (("check", "nothing"), "No such command 'nothing'."),
    ],
    ids=str,
)
def test_wrong_usage_is_exit_code_2(commands: Commands, arguments: Any, message: str) -> None:
    done = commands.invoke(*arguments).failed(2, message)
    assert done.err.startswith("Usage: mockserver ")
    assert "--help" in done.err


def test_a_wrong_variable_is_named(commands: Commands) -> None:
    commands.run("serve", MOCKSERVER_PORT="http").failed(2, "MOCKSERVER_PORT", "'http'")


@pytest.mark.parametrize(
    ("host", "message"),
    [
        ("no-such-host.invalid", "cannot listen on no-such-host.invalid:0: "),
        ("192.0.2.1", "cannot listen on 192.0.2.1:0: "),  # RFC 5737: reserved for documentation
        ("a" * 64, "label too long"),
    ],
)
def test_a_foreign_host_is_exit_code_2(commands: Commands, host: str, message: str) -> None:
    done = commands.run("serve", "--port", 0, "--host", host)
    done.failed(2, "mockserver: ", message, "; check --host and --port\n")
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("webhook", "message"),
    [
        (
            "http://192.0.2.1/hook",
            "not this machine; to deliver there, start the server with --allow-webh",
        ),
        ("http://no-such-host.invalid/", "the host 'no-such-host.invalid' cannot be resolved"),
        ("http://127.0.0.1:99999/", "url: must be an http or https URL"),
        (
            "http://127.0.0.1/;events=mesage.*",
            "unknown event type 'mesage.*'; did you mean 'messag",
        ),
    ],
)
def test_an_invalid_webhook_is_exit_code_2_and_hides_its_secret(
    commands: Commands, webhook: str, message: str
) -> None:
    done = commands.run("serve", "--port", 0, "--webhook", f"{webhook};secret=hush")
    done.failed(2, f"mockserver: webhook '{webhook};secret=…': ", message)
    assert len(done.err.splitlines()) == 1


def test_a_port_in_use_is_exit_code_3(commands: Commands) -> None:
    owner = commands.serve("--ready-file", "ready.json")
    done = commands.run("serve", "--port", owner.port, "--ready-file", "ready.json")
    done.failed(3, f"mockserver: port {owner.port} is in use; ", "--port 0")
    assert len(done.err.splitlines()) == 1
    assert owner("GET", "/v1/contacts").status == 200
    assert (commands.folder / "ready.json").read_text() == owner.line


def test_missing_fixtures_are_exit_code_4(commands: Commands) -> None:
    done = commands.run("serve", "--port", 0, "--fixtures", "demo")
    done.failed(4, "bad fixtures: demo: 1 problem\n", "No such file", "default, empty")


def test_a_script_that_does_not_exist_is_exit_code_4(commands: Commands) -> None:
    for command in (("serve", "--port", 0), ("run",)):
        done = commands.run(*command, "--bots", "offic", *(["true"] if "run" in command else []))
        done.failed(4, "bad script: offic: 1 problem\n", "No such file", "office, support-queue")


def test_all_problems_of_a_script_are_listed_with_paths(commands: Commands) -> None:
    script = shipped("office")
    script["people"][1]["mesages_per_hour"] = script["people"][1].pop("messages_per_hour")
    script["people"][3]["awake"] = ["8:00"]
    script["keep_messages"] = 0
    (commands.folder / "own.json").write_text(json.dumps(script))
    done = commands.run("serve", "--port", 0, "--bots", "own.json")
    done.failed(
        4,
        "mockserver: bad script: own.json: 3 problems\n",
        "people[1]: unknown attribute 'mesages_per_hour'; did you mean 'messages_per_hour'?",
        "people[3].awake: must be two different times of day",
        "keep_messages: must be an integer from 1 to 10000, not 0",
    )


def test_a_speed_without_a_real_clock_is_exit_code_2(commands: Commands) -> None:
    done = commands.run("serve", "--port", 0, "--speed", 60)
    done.failed(2, "mockserver: --speed 60 needs --clock real; this clock is 'step'\n")


def test_invalid_json_is_reported_with_line_and_column(commands: Commands) -> None:
    (commands.folder / "broken.json").write_text('{\n "version": 1,\n "now": }\n')
    done = commands.run("serve", "--port", 0, "--fixtures", "broken.json")
    done.failed(4, "broken.json: 1 problem\n", "at line 3, column 9")


def test_all_problems_of_fixtures_are_listed_with_paths(commands: Commands) -> None:
    document = read("default")
    document["contacts"][2]["usernmae"] = document["contacts"][2].pop("username")
    document["conversations"][1]["is_muted"] = "yes"
    document["messages"][0]["created_at"] = -1
    check_problems(
        commands,
        document,
        "contacts[2]: unknown attribute 'usernmae'; did you mean 'username'?",
        "contacts[2].username: is required",
        "conversations[1].is_muted: must be a boolean (true or false), not 'yes'",
        "messages[0].created_at: must be a timestamp in whole Unix seconds, "
        "0 to 253402300799, not -1",
    )


def test_all_dangling_references_are_listed_with_paths(commands: Commands) -> None:
    document = read("default")
    document["groups"][0]["contacts"][1] = "NobodyNobodyNobo"
    document["messages"][3]["conversation_id"] = "NowhereNowhereNo"
    document["contacts"].append(document["contacts"][0])
    first, count = document["contacts"][0]["id"], len(document["contacts"])
    check_problems(
        commands,
        document,
        f"contacts[{count - 1}].id: contacts[0] already has the id '{first}'",
        "groups[0].contacts[1]: unknown contact 'NobodyNobodyNobo'",
        "messages[3].conversation_id: unknown conversation 'NowhereNowhereNo'",
    )


def check_problems(commands: Commands, document: Any, *problems: str) -> None:
    """Check that a start with these fixtures lists exactly these problems."""
    file: Path = commands.folder / "own.json"
    file.write_text(json.dumps(document))
    done = commands.run("serve", "--port", 0, "--fixtures", "own.json").failed(4)
    first, *lines = done.err.splitlines()
    assert first == f"mockserver: bad fixtures: own.json: {len(problems)} problems"
    assert [line.strip() for line in lines] == list(problems)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full disk at hand")
@pytest.mark.parametrize("arguments", ["fidelity", "openapi", "--help"])
def test_a_full_disk_is_a_one_line_error(mockserver_command: str, arguments: str) -> None:
    command = [mockserver_command, arguments]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1
    assert done.stderr.decode() == (
        "mockserver: cannot write all of the output: No space left on device\n"
    )
