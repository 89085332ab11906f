"""Delays: they affect only their own request, are limited, and end with their client."""

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

DELAY = 600_000
SLOW = {"fault": {"type": "fixed", "fixedDelayMilliseconds": DELAY}}


class DelayedClients:
    """Clients on separate connections and threads, whose requests are delayed."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._pool = urllib3.PoolManager(maxsize=600, retries=False, timeout=60)
        self.statuses: list[int] = []
        self._threads: list[threading.Thread] = []

    def get(self, token: str, path: str = "/v1/contacts") -> int:
        headers = {"Authorization": f"Bearer {token}"}
        url = self._server.url + path
        try:
            return self._pool.request("GET", url, headers=headers).status
        except urllib3.exceptions.ProtocolError:
            return 0  # the server has stopped

    def start(self, count: int, token: str) -> None:
        for _ in range(count):
            thread = threading.Thread(target=lambda: self.statuses.append(self.get(token)))
            thread.start()
            self._threads.append(thread)

    def join(self) -> None:
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()
        self._pool.clear()


@pytest.fixture
def server(serve: Callable[..., Server]) -> Server:
    """A server for one test, which stops it while requests are in progress."""
    return serve(Settings())


@pytest.fixture
def wait_until_delayed(server: Server, client: Any) -> Callable[[int], None]:
    """Waits until a number of requests are delayed."""

    def wait(requests: int) -> None:
        # A rule counts a request before the delay starts.
        for _ in count():
            [rule] = client.get("/_sandbox/faults").json["data"]
            if rule["applied"] >= requests:
                return

    return wait


def test_delayed_requests_do_not_delay_others(
    server: Server, client: Any, wait_until_delayed: Callable[[int], None]
) -> None:
    client.put("/_sandbox/faults", json={"data": [{**SLOW, "match": {"resource": "contacts"}}]})
    clients = DelayedClients(server)
    clients.start(50, client.token)
    wait_until_delayed(50)
    assert client.get("/v1/groups").status == 200
    assert clients.statuses == []
    server.stop()
    clients.join()
    assert len(clients.statuses) == 50


def test_the_513th_delayed_request_gets_a_503(
    server: Server, client: Any, wait_until_delayed: Callable[[int], None]
) -> None:
    client.put("/_sandbox/faults", json={"data": [SLOW]})
    clients = DelayedClients(server)
    clients.start(512, client.token)
    wait_until_delayed(512)
    response = client.get("/v1/contacts").refused(503, "512 are waiting already")
    assert response.headers["Retry-After"] == "1"
    poll = {"at_least": 0, "timeout": 0}
    assert client.post("/_sandbox/requests/wait", json=poll).status == 200, (
        "long polls have slots of their own"
    )
    client.delete("/_sandbox/faults")
    assert client.get("/v1/contacts").status == 200, "a request without a delay is served"
    server.stop()
    clients.join()


def test_latency_does_not_delay_the_control_api(serve: Callable[..., Server]) -> None:
    server = serve(Settings(latency=str(DELAY)))
    clients = DelayedClients(server)
    clients.start(3, "any")
    assert clients.get("any", "/_sandbox/clock") == 200
    assert clients.statuses == []
    server.stop()
    clients.join()


@pytest.mark.parametrize("latency", ["1", "0-2", "lognormal:1:0.5", "lognormal:1:0.5:3"])
def test_latency_is_journaled_and_combines_with_faults(
    serve: Callable[..., Server], latency: str
) -> None:
    server = serve(Settings(latency=latency))
    clients = DelayedClients(server)
    assert clients.get("any") == 200
    assert clients.get("any", "/v1/contacts?__code=404") == 404
    result = urllib3.request("GET", f"{server.url}/_sandbox/requests").json()["data"]
    causes = [[fault["cause"] for fault in entry["faults"]] for entry in result]
    assert causes == [["--latency"], ["--latency", "Prefer"]]


def test_wait_slots_are_returned(server: Server, client: Any) -> None:
    fault = {"type": "fixed", "fixedDelayMilliseconds": 0}
    client.put("/_sandbox/faults", json={"data": [{"fault": fault}]})
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: client.get("/v1/contacts").status, range(600)))
    assert set(statuses) == {200}


def test_a_delay_ends_when_its_client_disconnects(server: Server, client: Any) -> None:
    client.put("/_sandbox/faults", json={"data": [SLOW]})
    with socket.create_connection((server.host, server.port)) as leaving:
        head = f"GET /v1/groups HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {client.token}"
        leaving.sendall(f"{head}\r\n\r\n".encode())
    left = {"match": {"path": "/v1/groups"}, "timeout": 60}
    assert client.post("/_sandbox/requests/wait", json=left).json["verified"]


def test_a_delay_ends_when_its_sandbox_is_deleted(
    server: Server, client: Any, wait_until_delayed: Callable[[int], None]
) -> None:
    client.put("/_sandbox/faults", json={"data": [SLOW]})
    clients = DelayedClients(server)
    clients.start(3, client.token)
    wait_until_delayed(3)
    client.delete(f"/_sandbox/sandboxes/{client.token.removeprefix('sandbox_')}")
    clients.join()
    assert clients.statuses == [200, 200, 200]
