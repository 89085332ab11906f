"""`mockserver tail`: follows a sandbox, and ends when it should."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Commands, Serving

MESSAGE = {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "Good evening."}
Tail = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def serving(shared_commands: Commands) -> Serving:
    return shared_commands.serve()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return f"tail_{request.node.name}"[:60].replace("[", "_").replace("]", "_")


@pytest.fixture
def tail(commands: Commands, serving: Serving, name: str) -> Tail:
    """Return a function that follows the test's sandbox, with all that is in its journal."""
    for path in ("/v1/contacts?limit=0", "/v1/groups"):
        serving("GET", path, token=f"sandbox_{name}")

    def start(*words: str) -> subprocess.Popen[str]:
        options = ("--url", serving.url, "--sandbox", name, "--all")
        process, _ = commands.start("tail", *options, *words)
        return process

    return start


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def test_requests_events_and_deliveries_are_lines(tail: Tail, serving: Serving, name: str) -> None:
    process = tail()
    assert line_of(process).startswith("req_1 GET /v1/contacts?limit=0 400 ")
    assert line_of(process).startswith("req_2 GET /v1/groups 200 ")
    inbox = f"{serving.url}/_sandbox/inbox/app?sandbox={name}"
    serving("POST", "/_sandbox/webhooks", token=f"sandbox_{name}", body={"url": inbox})
    serving("POST", "/v1/messages", token=f"sandbox_{name}", body=MESSAGE)
    lines = [line_of(process) for _ in range(3)]
    [request, event] = [line for line in lines if "<--" not in line]
    [delivery] = [line for line in lines if "<--" in line]
    assert request.startswith("req_3 POST /v1/messages 201 ")
    assert event.startswith("  --> message.created [")
    event_id = event.partition("[")[2]
    assert delivery == f"  <-- [200] POST {inbox} [{event_id}"


def test_json_is_a_line_for_each_event(tail: Tail) -> None:
    first = json.loads(line_of(tail("--json")))
    assert (first["event"], first["id"], first["status"]) == ("request", "req_1", 400)


def test_a_filter_selects_requests(tail: Tail) -> None:
    process = tail("--filter", "path=/v1/g*", "--filter", "method=get")
    assert line_of(process).startswith("req_2 GET /v1/groups ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("metod=GET", "'metod=GET' is not NAME=VALUE; did you mean 'method'?"),
        ("GET", "'GET' is not NAME=VALUE; known names: method, path, resource, operation, status."),
    ],
)
def test_a_wrong_filter_is_a_usage_error(commands: Commands, words: str, message: str) -> None:
    commands.invoke("tail", "--filter", words).failed(2, message)


def test_an_invalid_value_is_the_servers_error(commands: Commands, serving: Serving) -> None:
    done = commands.invoke("tail", "--url", serving.url, "--filter", "status=many")
    done.failed(1, "status: must be an integer from 0 to 599")


def test_a_closed_pipe_ends_it_without_an_error(tail: Tail, serving: Serving, name: str) -> None:
    process = tail()
    line_of(process)
    assert process.stdout is not None
    process.stdout.close()
    while process.poll() is None:
        serving("GET", "/v1/groups", token=f"sandbox_{name}")
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    assert process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(tail: Tail, number: signal.Signals) -> None:
    process = tail()
    line_of(process)
    process.send_signal(number)
    assert process.wait(60) == 0


def test_it_ends_with_its_sandbox(tail: Tail, serving: Serving, name: str) -> None:
    process: Any = tail()
    line_of(process)
    serving("DELETE", f"/_sandbox/sandboxes/{name}")
    assert process.wait(60) == 0
