"""A mapping whose copies share everything that neither has changed since.

The keys are spread over 256 dicts. A fork copies the list of them, not the dicts; a write copies
the one dict it falls into, unless that is already ours alone. So at a million entries a fork
costs a microsecond or two and the first write after it some tens, where one dict would cost a
full copy.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, Generic, Self, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

SHARDS = 256


class CopyOnWriteMap(Generic[K, V]):
    """A copy-on-write mapping. Not safe for threads by itself: its sandbox has the lock."""

    __slots__ = ("_mine", "_shards")

    def __init__(self) -> None:
        self._shards: list[dict[K, V]] = [{}] * SHARDS
        self._mine: set[int] = set()

    def _place(self, key: Any) -> int:
        # The builtin hash differs from run to run, and may: it decides where an entry lies,
        # never in what order entries are seen.
        return hash(key) & (SHARDS - 1)

    def _writable(self, key: K) -> dict[K, V]:
        place = self._place(key)
        if place not in self._mine:
            self._shards[place] = self._shards[place].copy()
            self._mine.add(place)
        return self._shards[place]

    # A page of messages reads some fifty entries: here the place is spelled out.

    def get(self, key: K) -> V | None:
        return self._shards[hash(key) & (SHARDS - 1)].get(key)

    def __getitem__(self, key: K) -> V:
        return self._shards[hash(key) & (SHARDS - 1)][key]

    def __contains__(self, key: object) -> bool:
        return key in self._shards[self._place(key)]

    def __setitem__(self, key: K, value: V) -> None:
        self._writable(key)[key] = value

    def __delitem__(self, key: K) -> None:
        del self._writable(key)[key]

    def __len__(self) -> int:
        return sum(map(len, self._shards))

    def items(self) -> Iterator[tuple[K, V]]:
        """All entries, in no order that means anything."""
        for shard in self._shards:
            yield from shard.items()

    def fork(self) -> Self:
        """An equal table; from here on each goes its own way."""
        twin = type(self).__new__(type(self))
        twin._shards = self._shards.copy()
        twin._mine = set()
        self._mine = set()
        return twin


class CaseInsensitiveIdMap(CopyOnWriteMap[str, V]):
    """A table by id that finds what differs in upper and lower case only."""

    __slots__ = ()

    def _place(self, key: Any) -> int:
        # Ids that differ in case only share a shard, so a near miss is looked for in one.
        return hash(key.lower()) & (SHARDS - 1)

    def get(self, key: str) -> V | None:
        return self._shards[hash(key.lower()) & (SHARDS - 1)].get(key)

    def __getitem__(self, key: str) -> V:
        return self._shards[hash(key.lower()) & (SHARDS - 1)][key]

    def near(self, key: str) -> str | None:
        """The id that ``key`` would be, were it not for the case of its letters."""
        folded = key.lower()
        alike = (known for known in self._shards[self._place(key)] if known.lower() == folded)
        return min(alike, default=None)
