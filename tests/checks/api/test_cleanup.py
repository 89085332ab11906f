"""`mockserver check api` takes away what it has made, however it ends, and tells what it cannot."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.web.app import create_app
from tests.checks.api.mutants import Asked, Plant, Told


class Watched(Plant):
    """Acts when the first message was made: then there are contacts and conversations too."""

    def __init__(self, app: Any, act: Callable[[Told], object]) -> None:
        super().__init__(app)
        self.act = act
        self.done = False

    def after(self, asked: Asked, told: Told) -> None:
        if not self.done and (asked.method, asked.path, told.status) == ("POST", "/messages", 201):
            self.done = True
            self.act(told)


@pytest.fixture
def verifying(
    mockserver_command: str,
) -> Iterator[Callable[..., tuple[Any, Callable[[], tuple[int, str]]]]]:
    """Verify an application; and wait for the end, which is the exit code and what was told."""
    ends: list[Callable[[], object]] = []

    def verify(plant: Plant, *words: str) -> tuple[Any, Callable[[], tuple[int, str]]]:
        server = Server(plant)
        server.start()
        ends.append(server.stop)
        process = subprocess.Popen(
            [mockserver_command, "check", "api", f"{server.url}/v1", "--token", "t", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        ends.append(process.kill)

        def end() -> tuple[int, str]:
            _, told = process.communicate(timeout=60)
            return process.returncode, told

        return process, end

    yield verify
    for each in reversed(ends):
        each()


def objects(app: Any) -> Any:
    """All objects, but for when the user was last active: whoever sends, is."""
    return {
        name: [{**each, "last_active_at": None} for each in value]
        for name, value in app.state().items()
        if isinstance(value, list)
    }


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_in_the_middle_leaves_nothing(verifying: Any, name: str) -> None:
    app, reached, told_of_it = create_app(), threading.Event(), threading.Event()
    before = objects(app)

    def wait(_: Told) -> None:
        reached.set()
        told_of_it.wait(30)

    process, end = verifying(Watched(app, wait))
    assert reached.wait(30)
    process.send_signal(getattr(signal, name))
    told_of_it.set()
    assert end() == (128 + getattr(signal, name), "")
    assert objects(app) == before


def test_a_second_signal_tells_what_may_have_been_made(verifying: Any) -> None:
    app, reached, ended = create_app(), threading.Event(), threading.Event()

    def wait(_: Told) -> None:
        reached.set()
        ended.wait(30)

    process, end = verifying(Watched(app, wait))
    assert reached.wait(30)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)  # another one, since two of a kind may come as one
    code, told = end()
    ended.set()
    assert code in (128 + signal.SIGINT, 128 + signal.SIGTERM)
    assert "what POST /messages may have made: no answer came" in told


def test_a_signal_ends_the_wait_that_a_429_asks_for(verifying: Any) -> None:
    app, waiting = create_app(), threading.Event()
    before = objects(app)

    class Limited(Plant):
        def before(self, asked: Asked) -> None:
            if len(self.asked) == 200:
                asked.environ["HTTP_PREFER"] = "code=429"

        def after(self, asked: Asked, told: Told) -> None:
            if told.status == 429:
                told.headers["Retry-After"] = "50"
                waiting.set()

    plant = Limited(app)
    process, end = verifying(plant)
    assert waiting.wait(30)
    process.send_signal(signal.SIGINT)
    assert end() == (130, "")  # long before the wait is over, else the test times out
    assert objects(app) == before


def test_what_fails_once_is_deleted_at_a_second_try(verifying: Any) -> None:
    app = create_app()
    before = objects(app)
    failed: set[str] = set()

    class Shaky(Plant):
        def before(self, asked: Asked) -> None:
            if asked.method == "DELETE" and asked.path not in failed:
                failed.add(asked.path)
                asked.environ["HTTP_PREFER"] = "code=503"

        def after(self, asked: Asked, told: Told) -> None: ...

    code, told = verifying(Shaky(app))[1]()
    assert (code, told) == (5, "")
    assert objects(app) == before


def faulty(client: Any, command: str, fault: str, **match: str) -> tuple[int, str]:
    """Verify a sandbox in which two requests go wrong; the exit code and what was told."""
    rule = {"match": match, "fault": {"type": fault}, "times": 2}
    assert client.put("/_sandbox/faults", json={"data": [rule]}).status == 200
    told = subprocess.run(
        [command, "check", "api", f"{client.url}/v1", "--token", client.token],
        capture_output=True,
        text=True,
        timeout=60,
    )
    return told.returncode, told.stderr


def test_what_was_made_without_an_answer_is_told(client: Any, mockserver_command: str) -> None:
    code, told = faulty(client, mockserver_command, "commit_then_drop", operation="groups.create")
    assert code == 1
    assert "\n  what POST /groups may have made: no answer came\n" in told


def test_a_lost_connection_does_not_end_the_clearing_away(
    client: Any, mockserver_command: str
) -> None:
    before = client.get("/_sandbox/state").json["contacts"]
    # The first ends the run, the second comes in the middle of the clearing away.
    code, told = faulty(client, mockserver_command, "CONNECTION_RESET_BY_PEER", method="DELETE")
    assert code == 1
    assert "could not be deleted" not in told
    assert client.get("/_sandbox/state").json["contacts"] == before
