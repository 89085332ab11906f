"""Whoever is kept waiting waits alone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
import urllib3

from mockserver.server import Server
from mockserver.settings import Settings

LONG = 600_000
SLOW = {"fault": {"type": "fixed", "fixedDelayMilliseconds": LONG}}


class Crowd:
    """Clients on connections of their own, of whom nobody knows how long they will wait."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._pool = urllib3.PoolManager(maxsize=600, retries=False, timeout=60)
        self.answers: list[int] = []
        self._threads: list[threading.Thread] = []

    def ask(self, token: str, path: str = "/v1/contacts") -> int:
        headers = {"Authorization": f"Bearer {token}"}
        url = self._server.url + path
        try:
            return self._pool.request("GET", url, headers=headers).status
        except urllib3.exceptions.ProtocolError:
            return 0  # the server has stopped

    def come(self, people: int, token: str) -> None:
        for _ in range(people):
            thread = threading.Thread(target=lambda: self.answers.append(self.ask(token)))
            thread.start()
            self._threads.append(thread)

    def go(self) -> None:
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()
        self._pool.clear()


@pytest.fixture
def server(serve: Callable[..., Server]) -> Server:
    """A server of the test's own: it will be stopped in the middle of its work."""
    return serve(Settings())


@pytest.fixture
def waiting(server: Server, client: Any) -> Callable[[int], None]:
    """Waits until so many requests have come to be kept waiting."""

    def wait(people: int) -> None:
        # A rule counts a request before it lets it wait.
        for _ in count():
            [rule] = client.get("/_sandbox/faults").json["data"]
            if rule["applied"] >= people:
                return

    return wait


def test_fifty_wait_and_the_fifty_first_is_answered_before_any_of_them(
    server: Server, client: Any, waiting: Callable[[int], None]
) -> None:
    client.put("/_sandbox/faults", json={"data": [{**SLOW, "match": {"resource": "contacts"}}]})
    crowd = Crowd(server)
    crowd.come(50, client.token)
    waiting(50)
    assert client.get("/v1/groups").status == 200
    assert crowd.answers == []
    server.stop()
    crowd.go()
    assert len(crowd.answers) == 50


def test_there_is_room_for_512_and_the_next_is_told_so(
    server: Server, client: Any, waiting: Callable[[int], None]
) -> None:
    client.put("/_sandbox/faults", json={"data": [SLOW]})
    crowd = Crowd(server)
    crowd.come(512, client.token)
    waiting(512)
    answer = client.get("/v1/contacts").refused(503, "512 are waiting already")
    assert answer.headers["Retry-After"] == "1"
    poll = {"at_least": 0, "timeout": 0}
    assert client.post("/_sandbox/requests/wait", json=poll).status == 200, "polls have their own"
    client.delete("/_sandbox/faults")
    assert client.get("/v1/contacts").status == 200, "who need not wait is served"
    server.stop()
    crowd.go()


def test_a_latency_for_all_lets_the_control_api_alone(serve: Callable[..., Server]) -> None:
    server = serve(Settings(latency=str(LONG)))
    crowd = Crowd(server)
    crowd.come(3, "any")
    assert crowd.ask("any", "/_sandbox/clock") == 200
    assert crowd.answers == []
    server.stop()
    crowd.go()


@pytest.mark.parametrize("latency", ["1", "0-2", "lognormal:1:0.5", "lognormal:1:0.5:3"])
def test_a_latency_for_all_is_told_in_the_journal_and_goes_with_other_faults(
    serve: Callable[..., Server], latency: str
) -> None:
    server = serve(Settings(latency=latency))
    crowd = Crowd(server)
    assert crowd.ask("any") == 200
    assert crowd.ask("any", "/v1/contacts?__code=404") == 404
    told = urllib3.request("GET", f"{server.url}/_sandbox/requests").json()["data"]
    causes = [[each["cause"] for each in one["faults"]] for one in told]
    assert causes == [["--latency"], ["--latency", "Prefer"]]


def test_a_place_is_given_back(server: Server, client: Any) -> None:
    fault = {"type": "fixed", "fixedDelayMilliseconds": 0}
    client.put("/_sandbox/faults", json={"data": [{"fault": fault}]})
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: client.get("/v1/contacts").status, range(600)))
    assert set(statuses) == {200}


def test_nobody_waits_for_a_client_that_has_left(server: Server, client: Any) -> None:
    client.put("/_sandbox/faults", json={"data": [SLOW]})
    with socket.create_connection((server.host, server.port)) as leaving:
        head = f"GET /v1/groups HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {client.token}"
        leaving.sendall(f"{head}\r\n\r\n".encode())
    left = {"match": {"path": "/v1/groups"}, "timeout": 60}
    assert client.post("/_sandbox/requests/wait", json=left).json["verified"]


def test_nobody_waits_in_a_sandbox_that_was_deleted(
    server: Server, client: Any, waiting: Callable[[int], None]
) -> None:
    client.put("/_sandbox/faults", json={"data": [SLOW]})
    crowd = Crowd(server)
    crowd.come(3, client.token)
    waiting(3)
    client.delete(f"/_sandbox/sandboxes/{client.token.removeprefix('sandbox_')}")
    crowd.go()
    assert crowd.answers == [200, 200, 200]
