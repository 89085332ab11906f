"""`mockserver check api` deletes what it created, however it ends, and reports what it cannot."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver.checks.api.checks import conversations
from mockserver.server import Server
from mockserver.web.app import create_app
from tests.checks.api.mutants import Middleware, ServedRequest, ServedResponse, run_in_process

Wait = Callable[[], tuple[int, str]]


class AtFirstMessage(Middleware):
    """Calls a function after the first message, when contacts and conversations exist too."""

    def __init__(self, app: Any, action: Callable[[], object]) -> None:
        super().__init__(app)
        self.action = action
        self.is_done = False

    def after(self, request: ServedRequest, response: ServedResponse) -> None:
        is_message = (request.method, request.path) == ("POST", "/messages")
        if is_message and response.status == 201 and not self.is_done:
            self.is_done = True
            self.action()


@pytest.fixture
def start_check(
    mockserver_command: str,
) -> Iterator[Callable[[Middleware], tuple[subprocess.Popen[str], Wait]]]:
    """Start a check of an application.

    Returns the process, and a function that waits for its exit code and standard error.
    """
    stop: list[Callable[[], object]] = []

    def start(app: Middleware) -> tuple[subprocess.Popen[str], Wait]:
        server = Server(app)
        server.start()
        stop.append(server.stop)
        process = subprocess.Popen(
            [mockserver_command, "check", "api", f"{server.url}/v1", "--token", "t"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        stop.append(process.kill)

        def wait() -> tuple[int, str]:
            _, errors = process.communicate(timeout=60)
            return process.returncode, errors

        return process, wait

    yield start
    for function in reversed(stop):
        function()


def objects(app: Any) -> Any:
    """Return all objects, without the sender's ``last_active_at``, which sending sets."""
    return {
        name: [{**item, "last_active_at": None} for item in value]
        for name, value in app.state().items()
        if isinstance(value, list)
    }


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_the_run_and_leaves_nothing(start_check: Any, name: str) -> None:
    app, reached, signalled = create_app(), threading.Event(), threading.Event()
    before = objects(app)

    def pause() -> None:
        reached.set()
        signalled.wait(30)

    process, wait = start_check(AtFirstMessage(app, pause))
    assert reached.wait(30)
    process.send_signal(getattr(signal, name))
    signalled.set()
    assert wait() == (128 + getattr(signal, name), "")
    assert objects(app) == before


def test_a_second_signal_reports_what_may_be_left(start_check: Any) -> None:
    app, reached, ended = create_app(), threading.Event(), threading.Event()

    def pause() -> None:
        reached.set()
        ended.wait(30)

    process, wait = start_check(AtFirstMessage(app, pause))
    assert reached.wait(30)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)  # not SIGINT: two equal signals may be delivered as one
    code, errors = wait()
    ended.set()
    assert code in (128 + signal.SIGINT, 128 + signal.SIGTERM)
    assert "an object that POST /messages may have created: there was no response" in errors


def test_a_signal_ends_the_wait_after_a_429(start_check: Any) -> None:
    app, is_waiting = create_app(), threading.Event()
    before = objects(app)

    class Limited(Middleware):
        def before(self, request: ServedRequest) -> None:
            if len(self.requests) == 200:
                request.force_error(429)

        def after(self, request: ServedRequest, response: ServedResponse) -> None:
            if response.status == 429:
                response.headers["Retry-After"] = "50"
                is_waiting.set()

    process, wait = start_check(Limited(app))
    assert is_waiting.wait(30)
    process.send_signal(signal.SIGINT)
    assert wait() == (130, "")
    assert objects(app) == before


def test_a_failed_deletion_is_tried_again() -> None:
    app = create_app()
    before = objects(app)
    failed: set[str] = set()

    class FirstDeletionFails(Middleware):
        def before(self, request: ServedRequest) -> None:
            if request.method == "DELETE" and request.path not in failed:
                failed.add(request.path)
                request.force_error(503)

    api = run_in_process(FirstDeletionFails(app), conversations.checks())
    assert api.created.delete_all() == []
    kinds = {path.split("/")[1] for path in failed}
    assert kinds == {"contacts", "conversations", "groups", "messages", "attachments"}
    assert objects(app) == before


def check_with_fault(client: Any, command: str, fault: str, **match: str) -> tuple[int, str]:
    """Check a sandbox that injects a fault twice; return the exit code and standard error."""
    rule = {"match": match, "fault": {"type": fault}, "times": 2}
    assert client.put("/_sandbox/faults", json={"data": [rule]}).status == 200
    done = subprocess.run(
        [command, "check", "api", f"{client.url}/v1", "--token", client.token],
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stderr


def test_an_object_without_a_response_is_reported(client: Any, mockserver_command: str) -> None:
    fault = "commit_then_drop"
    code, errors = check_with_fault(client, mockserver_command, fault, operation="groups.create")
    assert code == 1
    assert "\n  an object that POST /groups may have created: there was no response\n" in errors


def test_cleanup_survives_a_lost_connection(client: Any, mockserver_command: str) -> None:
    before = client.get("/_sandbox/state").json["contacts"]
    # The first reset ends the run, the second one hits the cleanup.
    fault = "CONNECTION_RESET_BY_PEER"
    code, errors = check_with_fault(client, mockserver_command, fault, method="DELETE")
    assert code == 1
    assert "could not delete" not in errors
    assert client.get("/_sandbox/state").json["contacts"] == before
