"""A copy-on-write mapping.

The keys are spread over 256 dicts. A fork copies the list of dicts, not the dicts; a write first
copies the one dict that it changes, unless no fork shares it. With a million entries, a fork takes
one or two microseconds, and the first write after it takes tens of microseconds; if there were
only one dict, that write would copy all entries.
"""

from collections.abc import Hashable, Iterable, Iterator
from typing import Any, Generic, Self, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

SHARDS = 256


class CopyOnWriteMap(Generic[K, V]):
    """A copy-on-write mapping. Not thread-safe: callers hold the sandbox's lock."""

    __slots__ = ("_owned", "_shards")

    def __init__(self) -> None:
        self._shards: list[dict[K, V]] = [{}] * SHARDS
        # Indexes of the shards that no fork shares.
        self._owned: set[int] = set()

    def _shard_index(self, key: Any) -> int:
        # The builtin hash differs between runs. That is harmless here: it decides where an entry
        # is stored, and no caller depends on the order of items().
        return hash(key) & (SHARDS - 1)

    def _writable(self, key: K) -> dict[K, V]:
        index = self._shard_index(key)
        if index not in self._owned:
            self._shards[index] = self._shards[index].copy()
            self._owned.add(index)
        return self._shards[index]

    # A page of messages reads about fifty entries, so the readers inline _shard_index().

    def get(self, key: K) -> V | None:
        return self._shards[hash(key) & (SHARDS - 1)].get(key)

    def __getitem__(self, key: K) -> V:
        return self._shards[hash(key) & (SHARDS - 1)][key]

    def values_of(self, keys: Iterable[K]) -> list[V]:
        shards = self._shards
        return [shards[hash(key) & (SHARDS - 1)][key] for key in keys]

    def __contains__(self, key: object) -> bool:
        return key in self._shards[self._shard_index(key)]

    def __setitem__(self, key: K, value: V) -> None:
        self._writable(key)[key] = value

    def __delitem__(self, key: K) -> None:
        del self._writable(key)[key]

    def update(self, entries: Iterable[tuple[K, V]]) -> None:
        for index in set(range(SHARDS)) - self._owned:
            self._shards[index] = self._shards[index].copy()
        self._owned = set(range(SHARDS))
        shards, shard_index = self._shards, self._shard_index
        for key, value in entries:
            shards[shard_index(key)][key] = value

    def __len__(self) -> int:
        return sum(map(len, self._shards))

    def items(self) -> Iterator[tuple[K, V]]:
        """Iterate over all entries, in arbitrary order."""
        for shard in self._shards:
            yield from shard.items()

    def fork(self) -> Self:
        """Return an equal map; changes to either do not affect the other."""
        copy = type(self).__new__(type(self))
        copy._shards = self._shards.copy()
        copy._owned = set()
        self._owned = set()
        return copy


class CaseInsensitiveIdMap(CopyOnWriteMap[str, V]):
    """A mapping by id that also finds ids regardless of case."""

    __slots__ = ("_folded",)

    def __init__(self) -> None:
        super().__init__()
        # For each shard index, a dict from lower-case ids to ids; a change of the shard drops it.
        self._folded: dict[int, dict[str, str]] = {}

    def _shard_index(self, key: Any) -> int:
        # Ids that differ only in case share a shard, so one shard is searched for a near miss.
        return hash(key.lower()) & (SHARDS - 1)

    def get(self, key: str) -> V | None:
        return self._shards[hash(key.lower()) & (SHARDS - 1)].get(key)

    def __getitem__(self, key: str) -> V:
        return self._shards[hash(key.lower()) & (SHARDS - 1)][key]

    def find_case_insensitive(self, key: str) -> str | None:
        """Return the existing key that equals ``key`` except for case, or None."""
        index = self._shard_index(key)
        if index not in self._folded:
            known = self._shards[index]
            folded = {key.lower(): key for key in known}
            if len(folded) < len(known):  # some ids differ only in case: keep the first in order
                folded = {key.lower(): key for key in sorted(known, reverse=True)}
            self._folded[index] = folded
        return self._folded[index].get(key.lower())

    def _writable(self, key: str) -> dict[str, V]:
        if self._folded:
            self._folded.pop(self._shard_index(key), None)
        return super()._writable(key)

    def update(self, entries: Iterable[tuple[str, V]]) -> None:
        self._folded.clear()
        super().update(entries)

    def fork(self) -> Self:
        copy = super().fork()
        copy._folded = self._folded.copy()
        return copy
