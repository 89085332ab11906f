"""The cost of webhooks: a write with one and without, and a whole retry schedule.

The receiver and the server run in separate processes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from tests.benchmarks.server_process import MOCKSERVER, SERVE, running
from tests.benchmarks.test_reset_and_restore import call

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Stopwatch, Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(300)]

SECTION = "webhooks"
#: Number of writes with and without a webhook, and in a block before the other has its turn.
WRITES, BLOCK = 500, 50
A_SECOND = 50
#: Responds to each request with the status in its argument.
RECEIVER = """
import asyncio, json, re, sys

RESPONSE = f"HTTP/1.1 {sys.argv[1]} So\\r\\nContent-Length: 0\\r\\n\\r\\n".encode()

async def handle(reader, writer):
    head = await reader.readuntil(b"\\r\\n\\r\\n")
    await reader.readexactly(int(re.search(rb"(?i)content-length: *([0-9]+)", head)[1]))
    writer.write(RESPONSE)
    await writer.drain()
    writer.close()

async def serve():
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await server.serve_forever()

asyncio.run(serve())
"""


class Server:
    """A server, and the port of a receiver for its webhook."""

    def __init__(self, connection: Any, port: int) -> None:
        self._connection = connection
        self.webhook = {"url": f"http://127.0.0.1:{port}/", "events": ["message.created"]}
        conversation = self.call("GET", "/v1/messages?limit=1")()["data"][0]["conversation_id"]
        body = {"conversation_id": conversation, "message": "Merry Christmas."}
        self.write = self.call("POST", "/v1/messages", body)
        self.wait_for_deliveries = self.call("POST", "/_sandbox/webhooks/wait", {"timeout": 30})

    def call(self, method: str, path: str, body: Any = None) -> Callable[[], Any]:
        return call(self._connection, method, path, body)

    def register(self) -> None:
        self.call("POST", "/_sandbox/webhooks", self.webhook)()


@contextmanager
def started(status: int) -> Iterator[Server]:
    with running(RECEIVER, str(status)) as receiver, running(MOCKSERVER, *SERVE) as connection:
        assert receiver.port is not None
        yield Server(connection, receiver.port)


def test_a_write_with_and_without_a_webhook(table: Table, stopwatch: Stopwatch) -> None:
    for what, pause, budget in (
        (f"a write, {A_SECOND} a second", 1 / A_SECOND, 1.2),
        ("a write, at full speed", 0.0, 2.5),
    ):
        with started(200) as without, started(200) as with_webhook:
            with_webhook.register()
            for server in (without, with_webhook):
                block(stopwatch, server, pause)
            turns = range(WRITES // BLOCK)
            times = [
                (block(stopwatch, with_webhook, pause), block(stopwatch, without, pause))
                for _ in turns
            ]
            counts = with_webhook.wait_for_deliveries()["counts"]
            assert counts["delivered"] == sum(counts.values()) == WRITES + BLOCK
        one, other = (median(chain(*blocks)) for blocks in zip(*times, strict=True))
        measured = f"{one * 1e3:.2f} ms against {other * 1e3:.2f} ms"
        table.add(SECTION, what, measured, one / other, "x", budget)


def block(stopwatch: Stopwatch, server: Server, pause: float) -> list[float]:
    """Return the seconds of a block of writes that start ``pause`` seconds apart.

    Afterwards wait until all events are delivered.
    """
    times = []
    never = threading.Event()
    started_at = time.perf_counter()
    for number in range(1, BLOCK + 1):
        times.append(stopwatch.once(server.write))
        never.wait(max(0.0, started_at + number * pause - time.perf_counter()))
    server.wait_for_deliveries()
    return times


def test_a_whole_retry_schedule(table: Table, stopwatch: Stopwatch) -> None:
    with started(500) as server:
        server.register()
        times = []
        advance = server.call("POST", "/_sandbox/clock/advance", {"seconds": 40_000})
        for number in range(1, 21):
            server.write()
            server.wait_for_deliveries()
            times.append(stopwatch.once(advance))
            assert server.wait_for_deliveries()["counts"]["failed"] == number
        measured = f"one delivery, one advance; median of {len(times)}"
        table.add(SECTION, "a whole retry schedule", measured, median(times) * 1e3, "ms")
