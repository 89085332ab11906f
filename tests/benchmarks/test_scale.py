"""What a page costs at a million messages, against the like page at a thousand."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mockserver.storage.world import World
    from tests.benchmarks.conftest import Inside, Stopwatch, Table, Worlds

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1200)]

FEW = 3
#: So many places in the list are visited by turns: one alone would always be in the cache.
PLACES = 200


class Places:
    """Paths of requests that find the same number of objects in a world of any size."""

    def __init__(self, world: World) -> None:
        self.draw = random.Random(0)
        self.of_conversation = self._ids(world, "message")
        self.messages = [one["id"] for one in world["message"].find(())]
        self.files = self._ids(world, "attachment")

    def _ids(self, world: World, kind: str) -> dict[str, list[str]]:
        """The ids by conversation, oldest first."""
        found: dict[str, list[str]] = defaultdict(list)
        for one in world[kind].find(()):
            if one["conversation_id"]:
                found[one["conversation_id"]].append(one["id"])
        return found

    def few(self, found: dict[str, list[str]], least: int) -> list[str]:
        """The conversations that have the fewest, but so many at least."""
        enough = [one for one, ids in found.items() if len(ids) >= least]
        return sorted(enough, key=lambda one: len(found[one]))[:10]

    def middle(self) -> list[str]:
        tenth = len(self.messages) // 10
        return self.draw.choices(self.messages[4 * tenth : 6 * tenth], k=PLACES)

    def paths(self) -> dict[str, list[str]]:
        rare = self.few(self.of_conversation, 2 * FEW)
        deep = [(one, self.of_conversation[one][FEW]) for one in rare]
        return {
            "first page of messages": ["messages"],
            "a cursor in the middle": [f"messages?starting_after={one}" for one in self.middle()],
            "back from the middle": [f"messages?ending_before={one}" for one in self.middle()],
            f"{FEW} of a conversation of few": [
                f"messages?conversation_id={one}&limit={FEW}" for one in rare
            ],
            f"{FEW} of a conversation, by a cursor": [
                f"messages?conversation_id={one}&starting_after={cursor}&limit={FEW}"
                for one, cursor in deep
            ],
            "10 conversations": ["conversations"],
            "muted, archived and pinned conversations": [
                "conversations?muted=true&archived=true&pinned=true"
            ],
            "an attachment of a conversation": [
                f"attachments?conversation_id={one}&limit=1" for one in self.few(self.files, 1)
            ],
            "any message": [
                f"messages/{one}" for one in self.draw.choices(self.messages, k=PLACES)
            ],
            "404 with a near miss": [f"messages/{self.middle()[0].swapcase()}"],
            "404 without": ["messages/nothingOfTheKind"],
        }


def test_pages(table: Table, stopwatch: Stopwatch, inside: type[Inside], worlds: Worlds) -> None:
    small, large = inside(worlds.small), inside(worlds.large)
    paths = []
    for app in (worlds.small, worlds.large):
        with app.sandboxes.open("benchmark").read() as world:
            paths.append(Places(world).paths())
    for what, here in paths[0].items():
        found = stopwatch.compare(requests(large, paths[1][what]), requests(small, here))
        table.add("scale", what, str(found), found.ratio, budget=2)


def requests(inside: Inside, paths: list[str]) -> Callable[[], object]:
    """The one after the other, round and round."""
    return inside.by_turns([inside.request("GET", f"/v1/{path}") for path in paths])
