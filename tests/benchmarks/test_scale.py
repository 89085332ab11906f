"""The cost of a page with a million messages, compared with a thousand messages."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mockserver.storage.world import World
    from tests.benchmarks.conftest import Apps, InProcessApp, Stopwatch, Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1200)]

PAGE_SIZE = 3
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
        enough = [name for name, found in ids.items() if len(found) >= minimum]
        return sorted(enough, key=lambda name: len(ids[name]))[:10]

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
            "404 with a near miss": [f"messages/{self.middle()[0].swapcase()}"],
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
        table.add("scale", what, str(comparison), comparison.ratio, budget=2)


def requests(app: InProcessApp, paths: list[str]) -> Callable[[], object]:
    """Return a function that requests the paths in turn."""
    return app.in_turn([app.request("GET", f"/v1/{path}") for path in paths])
