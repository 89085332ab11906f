"""The output of a start: the ready line on standard output, all else on standard error."""

from __future__ import annotations

import json
import os
import re
import shlex
import urllib.request
from contextlib import closing
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
    response = serving("GET", "/_sandbox/health", token=None)
    assert (response.status, response.json) == (
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


def log_lines(serving: Any) -> list[str]:
    """Return the log lines without their times, and with MS for the duration."""
    lines = [line.partition(" ") for line in serving.log]
    times = [time for time, _, _ in lines]
    assert times == sorted(times)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time) for time in times)
    return [re.sub(r" \d+\.\dms ", " MS ", line) for _, _, line in lines]


def test_each_request_is_logged_in_a_line(commands: Commands) -> None:
    serving = commands.serve()
    contact = serving("POST", "/v1/contacts", body=BODY, token="sandbox_mine").json
    serving("GET", f"/v1/contacts/{contact['id']}?limit=1", token="whatever")
    serving("DELETE", "/v1/contacts", token="sandbox_mine")
    serving("GET", "/v1/contacts", token=None)
    serving("GET", "/_sandbox/health", token=None)
    assert log_lines(serving) == [
        "POST /v1/contacts 201 MS mine req_1",
        f"GET /v1/contacts/{contact['id']}?limit=1 400 MS default req_1: "
        "unknown parameter 'limit'; no parameters are accepted here",
        "DELETE /v1/contacts 405 MS mine req_2: DELETE is not allowed on /v1/contacts; allowed: "
        "GET, HEAD, POST",
        "GET /v1/contacts 401 MS -: the Authorization header is missing; send "
        "'Authorization: Bearer TOKEN', or HTTP Basic with a username",
        "GET /_sandbox/health 200 MS -",
    ]


def test_a_log_line_has_the_first_problem(commands: Commands) -> None:
    serving = commands.serve()
    serving("POST", "/v1/contacts", body={"usrname": "B", "phone": "1"})
    serving("GET", "/v1/contacts?limt=2")
    serving("GET", "/v1/contacts", headers={"Prefer": "code=503"})
    serving("GET", "/nowhere")
    first, *others = log_lines(serving)
    problem = "unknown attribute 'usrname'; did you mean 'username'?"
    assert first == f"POST /v1/contacts 400 MS test req_1: {problem} (and 3 more)"
    assert others == [
        "GET /v1/contacts?limt=2 400 MS test req_2: unknown parameter 'limt'; did you mean "
        "'limit'?",
        "GET /v1/contacts 503 MS test req_3: fault error by Prefer",
        "GET /nowhere 404 MS -: no endpoint at GET /nowhere; the API is below /v1, the control API "
        "below /_sandbox",
    ]


def test_a_repeated_read_is_logged_like_the_first(commands: Commands) -> None:
    serving = commands.serve()
    with closing(serving.connection()) as connection:
        for _ in range(3):
            headers = {"Authorization": "Bearer sandbox_test"}
            connection.request("GET", "/s/test/v1/contacts?limit=2", headers=headers)
            connection.getresponse().read()
    line = "GET /s/test/v1/contacts?limit=2 200 MS test req_"
    assert log_lines(serving) == [f"{line}{number}" for number in (1, 2, 3)]


def test_a_request_that_is_no_http_is_logged(commands: Commands) -> None:
    serving = commands.serve()
    with serving.connect() as connection:
        connection.sendall(b"get /v1 HTTP/1.1\r\n\r\n")
        connection.recv(1)
    (line,) = log_lines(serving)
    assert line.startswith("refused 'get /v1 HTTP/1.1': 400 malformed request line")


@pytest.mark.parametrize("format", ["text", "json"])
def test_the_log_has_no_secrets(commands: Commands, format: str) -> None:
    serving = commands.serve("--log-level", "debug", "--log-format", format, "--token", "open")
    serving("GET", "/v1/contacts?key=hush2&a[Client_Secret]=hush3", token="open")
    body = {"name": "n", "api_key": "hush4", "a": {"password": 'hu"sh5'}, "x-token": "hush6"}
    serving("POST", "/v1/groups", body=body, token="open")
    with closing(serving.connection()) as connection:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        headers = {"Authorization": "Bearer open", **form}
        connection.request("POST", "/v1/groups", "password=hush7&name=shown", headers)
        connection.getresponse().read()
    url = {"url": "http://127.0.0.1:9/", "secret": "hush8" + "x" * 2000}
    serving("POST", "/_sandbox/webhooks", body=url, token="open")
    serving.stop()
    assert re.findall("hu.?sh.", serving.stderr) == []
    assert "shown" in serving.stderr


def test_debug_shows_the_beginning_of_bodies(commands: Commands) -> None:
    serving = commands.serve("--log-level", "debug")
    serving("POST", "/v1/groups", body={"name": "Wet\u2028\nbandits", "x": "y" * 2000})
    serving.stop()
    *_, line, sent, received = serving.stderr.splitlines()
    assert re.search(r" POST /v1/groups 400 .*unknown attribute 'x'", line)
    assert re.fullmatch(r'    --> \{"name": "Wet.*bandits", "x": "y+… \(cut at 1024 bytes\)', sent)
    assert len(sent) < 1100
    assert received.startswith('    <-- {"type": "invalid_request"')


def test_debug_shows_delivery_attempts(commands: Commands) -> None:
    hook = "http://127.0.0.1:9/hook;name=closed;events=contact.created"
    serving = commands.serve("--log-level", "debug", "--webhook", hook)
    serving("POST", "/v1/contacts", body=BODY, headers={"Prefer": "wait=20"})
    (line,) = [line for line in serving.log if "delivery_1" in line]
    assert "delivery_1 of contact.created to closed: connection_failed" in line


def test_the_log_can_be_json(commands: Commands) -> None:
    serving = commands.serve("--log-format", "json", "--log-level", "debug")
    serving("GET", "/v1/contacts?limt=1")
    serving("GET", "/_sandbox/health", token=None)
    serving.stop()
    banner, refused, health = map(json.loads, serving.stderr.splitlines())
    assert "  dashboard  http://" in banner["message"]
    assert (refused.pop("level"), len(refused.pop("time"))) == ("info", 24)
    assert refused.pop("ms") > 0
    assert json.loads(refused.pop("response_body"))["type"] == "invalid_request"
    assert refused == {
        "method": "GET",
        "path": "/v1/contacts",
        "query": "limt=1",
        "status": 400,
        "sandbox": "test",
        "request_id": "req_1",
        "reason": "unknown parameter 'limt'; did you mean 'limit'?",
        "request_body": "",
    }
    assert (health["sandbox"], health["request_id"], health["reason"]) == (None, None, None)


def test_a_path_cannot_forge_a_log_line(commands: Commands) -> None:
    serving = commands.serve()
    serving("GET", "/v1/a%0aGET%20/forged%1b[31m")
    (line,) = serving.log
    assert r" GET /v1/a\nGET /forged\x1b[31m 404 " in line


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
