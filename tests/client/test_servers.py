"""``MockServer``: servers in process and running ones, their sandboxes and connections."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mockserver import ApiError, MockServer, Sandbox, Unreachable
from mockserver.seeding.load import FixtureError, read
from mockserver.server import Server


def test_an_in_process_server_starts_and_stops_repeatedly() -> None:
    server = MockServer(fixtures="empty")
    for _ in range(2):
        assert server.start() is server.start()
        with MockServer(url=server.url + "/") as remote:
            assert remote.url == server.url
            assert remote.ready() == server.ready()
        server.stop()
        server.stop()
        with pytest.raises(RuntimeError, match="not started"):
            _ = server.url


def test_in_process_fixtures_are_a_name_path_or_document(tmp_path: Path) -> None:
    document = read("empty")
    document["contacts"][0]["username"] = "Own"
    file = tmp_path / "own.json"
    file.write_text(json.dumps(document))
    for source in (document, file, str(file)):
        assert (
            MockServer(fixtures=source).default.state.export()["contacts"][0]["username"] == "Own"
        )
    assert MockServer(fixtures="empty").overview()["settings"]["fixtures"] == "empty"
    with pytest.raises(FixtureError, match="nosuch"):
        MockServer(fixtures="nosuch")


def test_a_state_can_be_larger_than_other_bodies() -> None:
    with MockServer(max_body=1000) as server, MockServer(url=server.url) as remote:
        for sandbox in (server.default, remote.default):
            state = sandbox.state.export()
            assert len(json.dumps(state)) > 50_000
            sandbox.state.load(state)
            assert sandbox.state.export() == state
            with pytest.raises(ApiError, match="limit of 1000 bytes"):
                sandbox.bots.start({"name": "x" * 1000})


def test_in_process_settings_are_those_of_the_command() -> None:
    server = MockServer(seed=7, clock="frozen", token="a", allow_host=["b"], max_sandboxes=2)
    overview = server.overview()
    assert (overview["settings"]["seed"], overview["settings"]["token"]) == ("7", 1)
    assert overview["sandboxes"][0]["clock"]["mode"] == "frozen"
    assert "hush" not in str(MockServer(webhook=["http://127.0.0.1:1/;secret=hush"]).overview())
    with server.sandbox("one"), pytest.raises(ApiError, match="max-sandboxes") as caught:
        server.sandbox("two")
    assert caught.value.status == 503


def test_the_client_controls_an_exposed_server() -> None:
    with MockServer(host="0.0.0.0") as server, server.sandbox("one") as box:
        assert box.call("GET", "/v1/contacts").status == 200
        with pytest.raises(Unreachable, match=r"refuses access.*pass its token"):
            MockServer(url=server.url)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"sed": "1"}, TypeError, "unknown setting 'sed'; did you mean 'seed'?"),
        ({"ready_file": "x"}, TypeError, "unknown setting 'ready_file'"),
        ({"clock": "tock"}, ValueError, "clock must be one of step, frozen, real, not 'tock'"),
        ({"port": 99999}, ValueError, "port must be from 0 to 65535"),
        ({"max_body": 0}, ValueError, "max_body must be from 1"),
        ({"port": "1"}, TypeError, "port must be of type int, not '1'"),
        ({"require_sandbox": 1}, TypeError, "require_sandbox must be of type bool"),
        ({"token": 5}, TypeError, "token must be of type str, not 5"),
        ({"token": "a b"}, ValueError, "token must be a token of ASCII characters without spaces"),
        (
            {"url": "http://127.0.0.1:1", "fixtures": "empty"},
            TypeError,
            "fixtures cannot be combined with",
        ),
        ({"url": "http://127.0.0.1:1", "seed": 1}, TypeError, "seed cannot be combined with url"),
        ({"url": "http://127.0.0.1:1/v1"}, ValueError, "without /v1"),
        ({"url": "http://127.0.0.1:x"}, ValueError, "is not the root URL"),
        ({"url": "127.0.0.1:4242"}, ValueError, "is not the root URL"),
        ({"url": "https://127.0.0.1"}, ValueError, "is not the root URL"),
    ],
)
def test_invalid_arguments_are_rejected(
    wrong: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        MockServer(**wrong)
    assert message in str(caught.value)


def test_a_missing_server_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreachable, match="'mockserver serve' starts one"):
        MockServer(url=f"http://127.0.0.1:{port}")


def test_another_server_is_an_error() -> None:
    def page(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", "2")])
        return [b"[]"]

    with Server(page) as other, pytest.raises(Unreachable, match=r"is not a mockserver.*text/html"):
        MockServer(url=other.url)


@pytest.mark.parametrize("token", [None, "wrong"])
def test_a_missing_or_wrong_token_is_an_error(token: str | None) -> None:
    with MockServer(token="right") as server, pytest.raises(Unreachable, match="refuses access: "):
        MockServer(url=server.url, token=token)


# sandboxes


def test_a_sandbox_has_its_own_fixtures_seed_and_clock(handle: MockServer) -> None:
    with handle.sandbox("own", fixtures="empty", seed=7, clock="frozen") as box:
        overview = box.overview()
        assert (overview["name"], overview["seed"], overview["clock"]["mode"]) == (
            "own",
            "7",
            "frozen",
        )
        assert overview["counts"]["contact"] == 1
        assert overview in handle.sandboxes()


def test_a_sandbox_is_deleted_after_its_block(handle: MockServer) -> None:
    with handle.sandbox("brief") as box:
        assert box.delete() == {"deleted": "brief"}
    with handle.sandbox("brief"):
        assert "brief" in [sandbox["name"] for sandbox in handle.sandboxes()]
    assert "brief" not in [sandbox["name"] for sandbox in handle.sandboxes()]
    with pytest.raises(ApiError, match="unknown sandbox 'brief'"):
        box.state.export()


@pytest.mark.parametrize("error", [ZeroDivisionError, None])
def test_an_error_in_the_block_precedes_a_failed_deletion(
    error: type[Exception] | None,
) -> None:
    def end_in_a_block() -> None:
        with remote.sandbox("lost"):
            server.stop()
            if error is not None:
                raise error

    server = MockServer().start()
    with MockServer(url=server.url) as remote, pytest.raises(error or Unreachable):
        end_in_a_block()


def test_a_taken_name_is_a_conflict(handle: MockServer) -> None:
    with handle.sandbox("taken") as box:
        box.call("DELETE", "/v1/contacts/WAz8eIbvDR60rouK")
        with pytest.raises(ApiError, match="delete it first") as caught:
            handle.sandbox("taken")
        assert caught.value.status == 409
        assert len(box.journal.list()) == 1, "and it is left alone"


def test_a_sandbox_can_start_with_a_state(handle: MockServer, tmp_path: Path) -> None:
    with handle.sandbox("first") as box:
        box.call("POST", "/v1/groups", json={"name": "Tree house"})
        state = box.state.export()
    file = tmp_path / "state.json"
    file.write_text(json.dumps(state))
    for source in (state, file):
        with handle.sandbox("second", state=source) as box:
            assert box.state.export() == state
    with handle.sandbox("third", state=state, clock="frozen", seed="7") as box:
        assert box.overview()["seed"] == "7"
        assert box.clock.get() == {"mode": "frozen", "now": state["now"]}


@pytest.mark.parametrize(
    ("state", "error", "message"),
    [
        ({"version": 9}, ApiError, "version: must be an integer"),
        ("{oh", ValueError, "is not valid JSON"),
        ("[]", ValueError, "must hold a JSON object, not []"),
        (None, FileNotFoundError, "state.json"),
    ],
)
def test_an_invalid_state_creates_no_sandbox(
    handle: MockServer, tmp_path: Path, state: Any, error: type[Exception], message: str
) -> None:
    file = tmp_path / "state.json"
    if isinstance(state, str):
        file.write_text(state)
    with pytest.raises(error) as caught:
        handle.sandbox("bad", state=state if isinstance(state, dict) else file)
    assert message in str(caught.value)
    assert "bad" not in [sandbox["name"] for sandbox in handle.sandboxes()]


# connections


def test_threads_share_a_client(box: Sandbox) -> None:
    def make(number: int) -> int:
        return box.call("POST", "/v1/groups", json={"name": f"G{number}"}).status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(make, range(200))) == {201}
    assert len(box.journal.list()) == 200


def test_a_connection_closed_by_the_server_is_reopened() -> None:
    server = MockServer().start()
    with MockServer(url=server.url) as remote:
        server.stop()
        server.start()
        assert remote.health()["status"] == "ok"
        server.stop()
        with pytest.raises(Unreachable, match="no response"):
            remote.health()


def test_a_request_with_a_lost_response_is_sent_once() -> None:
    """A test of lost responses must see each request once."""
    received: list[bytes] = []
    with MockServer() as real, socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            overview = json.dumps(real.overview()).encode()
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(overview)
            connection, _ = listening.accept()
            with connection:
                received.append(connection.recv(65536))
                connection.sendall(head + overview)
                received.append(connection.recv(65536))

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        lost = pytest.raises(Unreachable, match=r"POST .*/v1/groups: no response")
        with MockServer(url=url) as remote, lost:
            remote.default.call("POST", "/v1/groups", json={"name": "G"})
        thread.join(60)
        listening.settimeout(0)
        with pytest.raises(BlockingIOError):
            listening.accept()
    assert [item.split(b" ", 1)[0] for item in received] == [b"GET", b"POST"]


def test_the_client_ignores_proxy_variables(
    own: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with MockServer(url=own.url) as remote:
        assert remote.health()["status"] == "ok"


def test_a_remote_client_imports_nothing_heavy(own: MockServer) -> None:
    program = (
        "import json, sys, mockserver\n"
        "with mockserver.MockServer(url=sys.argv[1]) as server, server.sandbox('light') as box:\n"
        "    with box.expect(created={'group': 1}):\n"
        "        box.call('POST', '/v1/groups', json={'name': 'G'})\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, own.url],
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {"flask", "werkzeug", "marshmallow", "faker", "orjson"}
    heavy |= {"mockserver.server", "mockserver.web"}
    assert heavy & set(json.loads(done.stdout)) == set()
