"""The output of a start: the ready line on standard output, all else on standard error."""

from __future__ import annotations

import json
import os
import re
import shlex
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver import __version__

if TYPE_CHECKING:
    from tests.cli.conftest import Commands

BODY = {"username": "Marv", "phone_number": "1-800-555-0100"}


def pasted(banner: str) -> tuple[int, Any]:
    """Return status and JSON of the banner's curl command."""
    (line,) = (line for line in banner.splitlines() if line.startswith("  try "))
    command, option, header, url = shlex.split(line)[1:]
    assert (command, option) == ("curl", "-H")
    name, value = header.split(": ", 1)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, headers={name: value})
    with direct.open(request, timeout=30) as response:
        return response.status, json.load(response)


def test_standard_output_is_only_the_ready_line(commands: Commands) -> None:
    serving = commands.serve()
    serving("GET", "/v1/contacts")
    serving("POST", "/v1/contacts", body=BODY)
    serving("GET", "/nothing/here", token=None)
    done = serving.stop()
    assert done.code == 0
    expected = {
        "event": "ready",
        "url": f"http://127.0.0.1:{serving.ready['port']}",
        "port": serving.ready["port"],
        "pid": serving.process.pid,
        "version": __version__,
        "fixtures": "default",
        "seed": "0",
    }
    assert done.out == json.dumps(expected) + "\n"
    assert list(json.loads(done.out)) == list(expected)  # in this order


def test_the_server_responds_after_the_ready_line(commands: Commands) -> None:
    serving = commands.serve()
    answer = serving("GET", "/_sandbox/health", token=None)
    assert (answer.status, answer.json) == (
        200,
        {
            "status": "ok",
            "version": __version__,
            "wants_token": False,
            "wants_sandbox": False,
        },
    )


def test_the_ready_file_exists_while_the_server_runs(commands: Commands) -> None:
    file = commands.folder / "ready.json"
    serving = commands.serve("--ready-file", file)
    assert file.read_text(encoding="utf-8") == serving.line
    assert serving.stop().code == 0
    assert not file.exists()


def test_the_ready_file_is_replaced_atomically(commands: Commands) -> None:
    folder = commands.folder / "ready"
    folder.mkdir()
    file = folder / "ready.json"
    file.write_text("of an earlier run")
    with file.open() as earlier:
        serving = commands.serve("--ready-file", file)
        assert earlier.read() == "of an earlier run"  # the old file keeps its content
    assert file.read_text() == serving.line
    assert list(folder.iterdir()) == [file]


@pytest.mark.parametrize("name", [".", "/", "no/such/folder/ready.json"])
def test_a_ready_file_that_cannot_be_written_ends_the_start(commands: Commands, name: str) -> None:
    done = commands.run("serve", "--port", 0, "--ready-file", name)
    done.failed(2, "mockserver: cannot write the ready file")
    assert [file.name for file in commands.folder.iterdir()] == ["stderr-1"]


def test_the_banner_says_what_is_served_where(commands: Commands) -> None:
    serving = commands.serve("--fixtures", "empty", "--seed", "x1", "--clock", "frozen")
    first, *rest = serving.stderr.splitlines()
    assert first == f"mockserver {__version__}: the Protocol API, in memory"
    facts = dict(re.split(r" {2,}", line.strip(), maxsplit=1) for line in rest)
    assert list(facts) == ["API", "dashboard", "fixtures", "try"]
    assert facts["dashboard"] == f"{serving.url}/"
    assert facts["API"] == f"{serving.url}/v1"
    assert facts["fixtures"] == "empty (seed x1, clock frozen)"


def test_the_banner_names_the_bots_and_their_transcript(commands: Commands) -> None:
    serving = commands.serve("--bots", "support-queue", "--clock", "real", "--speed", 60)
    assert "(seed 0, clock real at 60 times the speed)" in serving.stderr
    assert f"  bots       support-queue, at {serving.url}/_sandbox/bots/transcript?format=text" in (
        serving.stderr.splitlines()
    )
    done = serving.stop()
    assert (done.code, "Traceback" in done.err) == (0, False)


@pytest.mark.parametrize(
    "arguments",
    [(), ("--token", "it's $HOME"), ("--token", "t1", "--token", "t2"), ("--max-sandboxes", "1")],
    ids=" ".join,
)
def test_the_request_in_the_banner_works(commands: Commands, arguments: tuple[str, ...]) -> None:
    serving = commands.serve(*(word.replace(" ", "_") for word in arguments))
    status, page = pasted(serving.stderr)
    assert (status, page["has_more"], len(page["data"])) == (200, True, 3)


def test_each_request_is_logged_in_a_line(commands: Commands) -> None:
    serving = commands.serve()
    contact = serving("POST", "/v1/contacts", body=BODY, token="sandbox_mine").json
    serving("GET", f"/v1/contacts/{contact['id']}?limit=1", token="whatever")
    serving("DELETE", "/v1/contacts", token="sandbox_mine")
    serving("GET", "/v1/contacts", token=None)
    serving("GET", "/_sandbox/health", token=None)
    log = [re.sub(r" \d+\.\dms ", " MS ", line) for line in serving.log]
    assert log == [
        "POST /v1/contacts 201 MS mine",
        f"GET /v1/contacts/{contact['id']} 400 MS default",
        "DELETE /v1/contacts 405 MS mine",
        "GET /v1/contacts 401 MS -",
        "GET /_sandbox/health 200 MS -",
    ]


def test_a_path_cannot_forge_a_log_line(commands: Commands) -> None:
    serving = commands.serve()
    serving("GET", "/v1/a%0aGET%20/forged%1b[31m")
    (line,) = serving.log
    assert line.startswith(r"GET /v1/a\nGET /forged\x1b[31m 404 ")


@pytest.mark.parametrize(("level", "lines"), [("info", 1), ("warning", 0)])
def test_the_log_level_controls_the_request_log(commands: Commands, level: str, lines: int) -> None:
    serving = commands.serve("--log-level", level)
    serving("GET", "/v1/contacts")
    assert len(serving.log) == lines


def test_two_servers_are_isolated(commands: Commands) -> None:
    first, second = commands.serve(), commands.serve()
    contact = first("POST", "/v1/contacts", body=BODY).json
    path = f"/v1/contacts/{contact['id']}"
    assert [serving("GET", path).status for serving in (first, second)] == [200, 404]


@pytest.mark.skipif(not os.path.exists("/proc/self/limits"), reason="needs Linux's /proc")
def test_the_limit_of_descriptors_is_raised(commands: Commands) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 256), hard))
    try:
        serving = commands.serve()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    limits = Path(f"/proc/{serving.process.pid}/limits").read_text()
    limit = re.search(r"Max open files +(\S+) +(\S+)", limits)
    assert limit is not None
    assert limit[1] == limit[2]
