"""The cost of a page with a million messages, compared with a thousand, and of large deletions."""

from __future__ import annotations

import gc
import json
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from http.client import HTTPConnection
from statistics import median
from typing import TYPE_CHECKING

import pytest

from mockserver.seeding.generate import Counts, write
from mockserver.settings import Settings
from mockserver.web.app import create_app
from tests.benchmarks.conftest import CPU
from tests.benchmarks.server_process import MOCKSERVER, SERVE, running

if TYPE_CHECKING:
    from pathlib import Path

    from mockserver.storage.world import World
    from tests.benchmarks.conftest import Apps, InProcessApp, Stopwatch, Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1200)]

PAGE_SIZE = 3
DELETED, DELETIONS = 100_000, 5
#: Number of cursors that are used in turn: a single one would always be in the cache.
CURSORS = 200


class RequestPaths:
    """Paths of requests with the same number of matches, whatever the amount of data."""

    def __init__(self, world: World) -> None:
        self.random = random.Random(0)
        self.of_conversation = self._ids(world, "message")
        self.messages = [message["id"] for message in world["message"].find(())]
        self.attachments = self._ids(world, "attachment")

    def _ids(self, world: World, kind: str) -> dict[str, list[str]]:
        """Return the ids of a kind by conversation, oldest first."""
        ids: dict[str, list[str]] = defaultdict(list)
        for item in world[kind].find(()):
            if item["conversation_id"]:
                ids[item["conversation_id"]].append(item["id"])
        return ids

    def smallest(self, ids: dict[str, list[str]], minimum: int) -> list[str]:
        """Return the conversations with the fewest ids, but at least the minimum."""
        names = [name for name, record_ids in ids.items() if len(record_ids) >= minimum]
        return sorted(names, key=lambda name: len(ids[name]))[:10]

    def middle(self) -> list[str]:
        tenth = len(self.messages) // 10
        return self.random.choices(self.messages[4 * tenth : 6 * tenth], k=CURSORS)

    def paths(self) -> dict[str, list[str]]:
        small = self.smallest(self.of_conversation, 2 * PAGE_SIZE)
        cursors = [(name, self.of_conversation[name][PAGE_SIZE]) for name in small]
        return {
            "first page of messages": ["messages"],
            "after a cursor in the middle": [
                f"messages?starting_after={name}" for name in self.middle()
            ],
            "before a cursor in the middle": [
                f"messages?ending_before={name}" for name in self.middle()
            ],
            f"{PAGE_SIZE} of a small conversation": [
                f"messages?conversation_id={name}&limit={PAGE_SIZE}" for name in small
            ],
            f"{PAGE_SIZE} of a small conversation, with a cursor": [
                f"messages?conversation_id={name}&starting_after={cursor}&limit={PAGE_SIZE}"
                for name, cursor in cursors
            ],
            "10 conversations": ["conversations"],
            "muted, archived and pinned conversations": [
                "conversations?muted=true&archived=true&pinned=true"
            ],
            "an attachment of a conversation": [
                f"attachments?conversation_id={name}&limit=1"
                for name in self.smallest(self.attachments, 1)
            ],
            "a message": [
                f"messages/{name}" for name in self.random.choices(self.messages, k=CURSORS)
            ],
            "404 with a near miss": [f"messages/{name.swapcase()}" for name in self.middle()],
            "404 without one": ["messages/nothingOfTheKind"],
        }


def test_pages(
    table: Table, stopwatch: Stopwatch, in_process: type[InProcessApp], apps: Apps
) -> None:
    small, large = in_process(apps.small), in_process(apps.large)
    paths = []
    for app in (apps.small, apps.large):
        with app.sandboxes.open("benchmark").read() as world:
            paths.append(RequestPaths(world).paths())
    for what, small_paths in paths[0].items():
        comparison = stopwatch.compare(
            requests(large, paths[1][what]), requests(small, small_paths)
        )
        table.add("scale", what, str(comparison), comparison.ratio, budget=1.5)


@pytest.fixture
def conversation_file(tmp_path: Path) -> Path:
    """A fixture file with a conversation of 100,000 messages."""
    file = tmp_path / "conversation.json"
    counts = Counts(contacts=2, groups=0, conversations=1, messages=DELETED, attachments=2_000)
    with file.open("wb") as output:
        write(output, counts, seed="benchmark")
    return file


def test_deletion(table: Table, in_process: type[InProcessApp], conversation_file: Path) -> None:
    """Delete a conversation of 100,000 messages, and send requests to another sandbox meanwhile."""
    app = create_app(Settings(fixtures=str(conversation_file)))
    gc.collect()
    gc.freeze()
    client = in_process(app)
    with app.sandboxes.open("benchmark").read() as world:
        [conversation] = world["conversation"].find(())
    times, longest = [], []
    for number in range(DELETIONS):
        delays = []
        token = f"sandbox_{number}"
        delete = client.request("DELETE", f"/v1/conversations/{conversation['id']}", token=token)
        thread = threading.Thread(target=lambda act: times.append(cpu_seconds(act)), args=[delete])
        other = in_process(app).request("GET", "/v1/contacts?limit=1")
        thread.start()
        while thread.is_alive():
            # CPU time of this process: what other processes take is no delay of ours.
            start = CPU()
            other()
            time.sleep(0.0005)
            delays.append(CPU() - start)
        longest.append(max(delays))
    seconds = median(times)
    what = f"delete a conversation of {DELETED:,} messages"
    table.add("scale", what, f"{seconds:.2f} s of CPU", seconds, "s", budget=1.5)
    add_delays(table, "in the process", longest)


def test_deletion_over_a_socket(table: Table, conversation_file: Path) -> None:
    longest = []
    with running(MOCKSERVER, *SERVE, "--fixtures", str(conversation_file)) as connection:
        [conversation] = json.loads(fetch(connection, "/v1/conversations"))["data"]
        for number in range(DELETIONS):
            other = HTTPConnection("127.0.0.1", connection.port)
            path = f"/s/{number}/v1/conversations/{conversation['id']}"
            deletion = threading.Thread(target=fetch, args=(other, path, "DELETE"))
            delays = []
            deletion.start()
            while deletion.is_alive():
                start = time.perf_counter()
                fetch(connection, "/v1/contacts?limit=1")
                delays.append(time.perf_counter() - start)
                time.sleep(0.0005)
            other.close()
            longest.append(max(delays))
    add_delays(table, "over a socket", longest)


def fetch(connection: HTTPConnection, path: str, method: str = "GET") -> bytes:
    connection.request(method, path, headers={"Authorization": "Bearer benchmark"})
    response = connection.getresponse()
    assert response.status < 300
    return response.read()


def add_delays(table: Table, where: str, longest: list[float]) -> None:
    """Add the longest delay of a request beside each deletion.

    Their median counts: a thread may have had to wait for a core that another process used.
    """
    what = f"longest delay of another sandbox's request meanwhile, {where}"
    measured = ", ".join(f"{seconds * 1000:.0f}" for seconds in longest)
    table.add("scale", what, f"{measured} ms", median(longest) * 1000, "ms", budget=50)


def cpu_seconds(action: Callable[[], object]) -> float:
    """Return the CPU time that a call takes in this thread."""
    start = time.thread_time()
    action()
    return time.thread_time() - start


def requests(app: InProcessApp, paths: list[str]) -> Callable[[], object]:
    """Return a function that requests the paths in turn.

    Each was requested once: the first near miss of an id builds an index of the ids around it.
    """
    calls = [app.request("GET", f"/v1/{path}") for path in paths]
    for call in calls:
        call()
    return app.in_turn(calls)
