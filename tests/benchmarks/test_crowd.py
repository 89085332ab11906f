"""A plain request's time while thousands of other clients are connected."""

from __future__ import annotations

import itertools
import json
import socket
import subprocess
import threading
import time
from contextlib import ExitStack
from statistics import median, quantiles
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(300)]

SLOW, IDLE, PARKED = 2000, 5000, 512
REQUESTS, ROUNDS = 2000, 3
GET = b"GET /v1/messages?limit=%d HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a\r\n\r\n"
POLL = json.dumps({"match": {"operation": "groups.delete"}, "timeout": 60}).encode()
PARK = (
    b"POST /_sandbox/requests/wait HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(POLL), POLL)
)
BYTE_INTERVAL = 4.0  # seconds between two bytes of a slow client


def p99(port: int) -> float:
    """Return the 99th percentile of the seconds that a request takes, on one connection."""
    seconds = []
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(REQUESTS):
            start = time.perf_counter()
            client.sendall(GET % (1 + number % 100))
            head, _, body = client.recv(1 << 20).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
            while len(body) < length:
                body += client.recv(1 << 20)
            seconds.append(time.perf_counter() - start)
    return quantiles(seconds, n=100)[98]


class Crowd:
    """Clients that are idle, that send a byte of a head now and then, or that wait for a reply."""

    def __init__(self, port: int, stack: ExitStack) -> None:
        self.port = port
        self.stack = stack
        self.refused = 0
        self.idle = [self.connect() for _ in range(IDLE)]
        self.parked = [self.connect() for _ in range(PARKED)]
        for client in self.parked:
            client.sendall(PARK)
        self.slow = [self.connect() for _ in range(SLOW)]
        self.stopped = threading.Event()
        sender = threading.Thread(target=self.send_slowly)
        stack.callback(sender.join)
        stack.callback(self.stopped.set)
        sender.start()

    def connect(self) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port))
        return self.stack.enter_context(client)

    def send_slowly(self) -> None:
        for position in itertools.cycle(range(SLOW)):
            client = self.slow[position]
            try:
                client.sendall(b"G")
            except OSError:  # the head took longer than its deadline
                client.close()
                self.slow[position] = self.connect()
            if self.stopped.wait(BYTE_INTERVAL / SLOW):
                return

    def unserved(self) -> int:
        """Return how many idle or waiting clients were answered or closed."""
        count = 0
        for client in (*self.idle, *self.parked):
            client.setblocking(False)
            try:
                client.recv(1)
                count += 1
            except BlockingIOError:
                pass
        return count


def test_a_request_among_thousands_of_clients(table: Table, mockserver_command: str) -> None:
    command = [mockserver_command, "serve", "--port", "0"]
    alone, crowded, closed = [], [], []
    for _ in range(ROUNDS):
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as server:
            try:
                assert server.stdout is not None
                port = json.loads(server.stdout.readline())["port"]
                p99(port)
                alone.append(p99(port))
                with ExitStack() as stack:
                    crowd = Crowd(port, stack)
                    crowded.append(p99(port))
                    closed.append(crowd.unserved())
            finally:
                server.terminate()
    table.add(
        "crowd",
        f"p99 of a request beside {SLOW:,} slow, {IDLE:,} idle and {PARKED} parked clients",
        f"{median(crowded) * 1000:.2f} ms against {median(alone) * 1000:.2f} ms; "
        f"{sum(closed)} of the idle and parked were closed",
        median(one / other for one, other in zip(crowded, alone, strict=True)),
        budget=3,
    )
