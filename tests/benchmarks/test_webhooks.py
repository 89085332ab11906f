"""What webhooks cost: a write with one against a write without, and a whole schedule of retries.

The receiver is in a process of its own, as is the server: they share no interpreter.
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
#: Writes of each kind; and in a block, after which the other has its turn.
WRITES, BLOCK = 500, 50
A_SECOND = 50
#: It answers each request with the status that it is given.
RECEIVER = """
import asyncio, json, re, sys

ANSWER = f"HTTP/1.1 {sys.argv[1]} So\\r\\nContent-Length: 0\\r\\n\\r\\n".encode()

async def take(reader, writer):
    head = await reader.readuntil(b"\\r\\n\\r\\n")
    await reader.readexactly(int(re.search(rb"(?i)content-length: *([0-9]+)", head)[1]))
    writer.write(ANSWER)
    await writer.drain()
    writer.close()

async def serve():
    server = await asyncio.start_server(take, "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await server.serve_forever()

asyncio.run(serve())
"""


class Server:
    """A server, and a receiver that answers with ``status``."""

    def __init__(self, connection: Any, port: int) -> None:
        self._connection = connection
        self.webhook = {"url": f"http://127.0.0.1:{port}/", "events": ["message.created"]}
        talk = self.call("GET", "/v1/messages?limit=1")()["data"][0]["conversation_id"]
        said = {"conversation_id": talk, "message": "Merry Christmas."}
        self.write = self.call("POST", "/v1/messages", said)
        self.settle = self.call("POST", "/_sandbox/webhooks/wait", {"timeout": 30})

    def call(self, method: str, path: str, body: Any = None) -> Callable[[], Any]:
        return call(self._connection, method, path, body)

    def register(self) -> None:
        self.call("POST", "/_sandbox/webhooks", self.webhook)()


@contextmanager
def started(status: int) -> Iterator[Server]:
    with running(RECEIVER, str(status)) as receiver, running(MOCKSERVER, *SERVE) as connection:
        assert receiver.port is not None
        yield Server(connection, receiver.port)


def test_a_write_with_a_webhook_against_one_without(table: Table, stopwatch: Stopwatch) -> None:
    for what, pause, budget in (
        (f"a write, {A_SECOND} a second", 1 / A_SECOND, 1.2),
        ("a write, one after the other", 0.0, 2.5),
    ):
        with started(200) as without, started(200) as having:
            having.register()
            for server in (without, having):
                block(stopwatch, server, pause)
            turns = range(WRITES // BLOCK)
            times = [
                (block(stopwatch, having, pause), block(stopwatch, without, pause)) for _ in turns
            ]
            told = having.settle()["counts"]
            assert told["delivered"] == sum(told.values()) == WRITES + BLOCK
        one, other = (median(chain(*each)) for each in zip(*times, strict=True))
        measured = f"{one * 1e3:.2f} ms against {other * 1e3:.2f} ms"
        table.add(SECTION, what, measured, one / other, "x", budget)


def block(stopwatch: Stopwatch, server: Server, pause: float) -> list[float]:
    """The seconds of some writes, ``pause`` from one's start to the next's; then all is settled."""
    times = []
    never = threading.Event()
    since = time.perf_counter()
    for number in range(1, BLOCK + 1):
        times.append(stopwatch.once(server.write))
        never.wait(max(0.0, since + number * pause - time.perf_counter()))
    server.settle()
    return times


def test_the_whole_schedule_of_retries(table: Table, stopwatch: Stopwatch) -> None:
    with started(500) as server:
        server.register()
        times = []
        advance = server.call("POST", "/_sandbox/clock/advance", {"seconds": 40_000})
        for number in range(1, 21):
            server.write()
            server.settle()
            times.append(stopwatch.once(advance))
            assert server.settle()["counts"]["failed"] == number
        measured = f"one delivery, one advance; median of {len(times)}"
        table.add(SECTION, "the whole schedule of retries", measured, median(times) * 1e3, "ms")
