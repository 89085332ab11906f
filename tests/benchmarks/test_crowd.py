"""A plain request's time while thousands of other clients are connected."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
from statistics import quantiles
from typing import TYPE_CHECKING, Any

import pytest

from tests.benchmarks.crowd import IDLE, PARKED, SLOW

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(300)]

REQUESTS, ROUNDS, REPETITIONS = 2000, 3, 5
GET = b"GET /v1/messages?limit=%d HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a\r\n"
#: The end of a head that was never sent before: its response is not in the server's memo.
UNIQUE = b"X-Time: %d\r\n\r\n"


def p99(port: int, *, is_repeated: bool) -> float:
    """Return the 99th percentile of the seconds that a request takes, on one connection."""
    seconds = []
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(REQUESTS):
            request = GET % (1 + number % 100)
            request += b"\r\n" if is_repeated else UNIQUE % time.monotonic_ns()
            start = time.perf_counter()
            client.sendall(request)
            head, _, body = client.recv(1 << 20).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
            while len(body) < length:
                body += client.recv(1 << 20)
            seconds.append(time.perf_counter() - start)
    return quantiles(seconds, n=100)[98]


def measure(port: int, results: dict[bool, list[float]]) -> None:
    # In this order: requests never sent before displace the others from the server's memo.
    for is_repeated in [True] * REPETITIONS + [False] * REPETITIONS:
        results[is_repeated].append(p99(port, is_repeated=is_repeated))


def toggle(crowd: Any) -> int:
    """Let the crowd connect or disconnect; return how many of it were answered or closed."""
    print(file=crowd.stdin, flush=True)
    return int(crowd.stdout.readline())


def test_a_request_among_thousands_of_clients(table: Table, mockserver_command: str) -> None:
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    server: Any
    serve = [mockserver_command, "serve", "--port", "0"]
    alone: dict[bool, list[float]] = {True: [], False: []}
    crowded: dict[bool, list[float]] = {True: [], False: []}
    closed = 0
    for _ in range(ROUNDS):
        with (
            subprocess.Popen(serve, stderr=subprocess.DEVNULL, **pipes) as server,
            contextlib.ExitStack() as stack,
        ):
            stack.callback(server.terminate)
            port = json.loads(server.stdout.readline())["port"]
            command = [sys.executable, "-m", "tests.benchmarks.crowd", str(port)]
            crowd = stack.enter_context(subprocess.Popen(command, **pipes))
            measure(port, alone)
            toggle(crowd)
            measure(port, crowded)
            closed += toggle(crowd)
    for is_repeated, kind in ((True, "a repeated request"), (False, "a request never sent before")):
        # Other processes of the machine only add to a time, so the least of all rounds is ours.
        beside, without = min(crowded[is_repeated]), min(alone[is_repeated])
        table.add(
            "crowd",
            f"p99 of {kind} beside {SLOW:,} slow, {IDLE:,} idle and {PARKED} parked clients",
            f"{beside * 1000:.2f} ms against {without * 1000:.2f} ms; "
            f"{closed} of the idle and parked were closed",
            beside / without,
            budget=3,
        )
