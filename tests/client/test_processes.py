"""The same handle in a process and its children."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack

import pytest
from werkzeug.test import Client

from mockserver import ApiError, MockServer, Sandbox
from tests.client.helpers import MESSAGE

# Python 3.12 and later warn about a fork with threads.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")


def send_in_child(box: Sandbox) -> int:
    """Send a message and return the status; a child of each start method can import this."""
    return box.call("POST", "/v1/messages", json=MESSAGE).status


def reset_unknown_part(box: Sandbox) -> None:
    box.reset(only=["unknown"])


def names(box: Sandbox) -> set[str]:
    """Return the names of the sandbox in many responses."""
    return {box.overview()["name"] for _ in range(50)}


def start_fork(function: Callable[[], str]) -> Callable[[], str]:
    """Call a function in a forked child; return a function that waits for its result or error."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if child == 0:
        try:
            result = function()
        except BaseException as error:  # noqa: BLE001 - the parent compares it
            result = f"{type(error).__name__}: {error}"
        os.write(writer, result.encode())
        os._exit(0)
    os.close(writer)

    def wait() -> str:
        with open(reader, encoding="utf-8") as result:
            text = result.read()
        os.waitpid(child, 0)
        return text

    return wait


def fork(function: Callable[[], str]) -> str:
    """Return the result of a function in a forked child, or its error."""
    return start_fork(function)()


@pytest.fixture(params=multiprocessing.get_all_start_methods())
def pool(request: pytest.FixtureRequest) -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context(request.param)
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        yield executor


def test_a_child_changes_the_parents_sandbox(box: Sandbox, pool: ProcessPoolExecutor) -> None:
    with box.expect(created={"message": 1}):
        assert pool.submit(send_in_child, box).result(60) == 201


@needs_fork
def test_each_process_receives_its_own_responses(handle: MockServer) -> None:
    with handle.sandbox("of_parent") as parents, handle.sandbox("of_child") as childs:
        wait = start_fork(lambda: str(names(childs)))
        assert names(parents) == {"of_parent"}
        assert wait() == "{'of_child'}"


def test_a_child_raises_the_same_errors(box: Sandbox, pool: ProcessPoolExecutor) -> None:
    with pytest.raises(ApiError, match="unknown") as caught:
        pool.submit(reset_unknown_part, box).result(60)
    assert caught.value.status == 400


@needs_fork
def test_a_forked_child_has_no_app(own: MockServer) -> None:
    with own.sandbox("no_app") as box:
        client = Client(box.app)
        expected = f"RuntimeError: the server at {own.url} runs in another process"
        assert fork(lambda: str(own.app)).startswith(expected)
        assert fork(lambda: str(client.get("/v1/contacts").status)).startswith(expected)
        assert client.get("/v1/contacts").status_code == 200


@needs_fork
def test_a_forked_child_does_not_delete_the_sandbox(handle: MockServer) -> None:
    def leave(stack: ExitStack) -> str:
        stack.close()
        return "left"

    with ExitStack() as stack:
        box = stack.enter_context(handle.sandbox("left_by_a_child"))
        assert fork(lambda: leave(stack)) == "left"
        assert box.overview()["name"] == "left_by_a_child"


@needs_fork
def test_a_forked_child_owns_a_server_that_was_not_started() -> None:
    server = MockServer()
    sandbox = server.sandbox("a")

    def call_and_start() -> str:
        status = sandbox.call("GET", "/v1/contacts").status
        with server:
            return f"{status} {MockServer(url=server.url).ready()['status']}"

    assert fork(call_and_start) == "200 ready"


def test_a_server_that_is_not_started_cannot_be_pickled() -> None:
    with pytest.raises(RuntimeError, match="not started"):
        pickle.dumps(MockServer())
