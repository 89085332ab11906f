"""One kind's records, in order of creation, found by id and by index.

A record is a dict in wire shape that is replaced, never mutated: so a copy of a collection
shares all records, and whoever holds one holds a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from mockserver.storage.cow_map import CaseInsensitiveIdMap, CopyOnWriteMap
from mockserver.storage.index import Index, Key
from mockserver.storage.paging import Cut, page

Record = dict[str, Any]


class Indexing(NamedTuple):
    """Under which keys the index finds a record, and the attributes that decide it."""

    keys: Callable[[Record], Sequence[Key]]
    attributes: Sequence[str]


class Collection:
    """The records of one kind, indexed as ``indexing`` says."""

    __slots__ = ("_index", "_indexing", "_next", "_numbers", "_records")

    def __init__(self, indexing: Indexing) -> None:
        self._indexing = indexing
        self._numbers: CaseInsensitiveIdMap[int] = CaseInsensitiveIdMap()
        self._records: CopyOnWriteMap[int, Record] = CopyOnWriteMap()
        self._index = Index()
        self._next = 1

    # reading

    def get(self, record_id: str) -> Record | None:
        number = self._numbers.get(record_id)
        return None if number is None else self._records[number]

    def __getitem__(self, record_id: str) -> Record:
        return self._records[self._numbers[record_id]]

    def __contains__(self, record_id: object) -> bool:
        return record_id in self._numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def near(self, record_id: str) -> str | None:
        """The id here that differs from ``record_id`` by case only."""
        return self._numbers.near(record_id)

    def number(self, record_id: str) -> int | None:
        """The record's place in the order of creation; of a later record it is larger."""
        return self._numbers.get(record_id)

    def find(self, key: Key) -> Iterator[Record]:
        """The records under ``key``, oldest first."""
        records = self._records
        return (records[number] for number in self._index.find(key))

    def count(self, key: Key) -> int:
        return len(self._index.find(key))

    def page(self, key: Key, cut: Cut) -> tuple[list[Record], bool]:
        """A page of the records under ``key``, latest first, and whether more lie beyond."""
        numbers, more = page(self._index.find(key), cut)
        records = self._records
        return [records[number] for number in numbers], more

    # writing

    def add(self, record: Record, number: int | None = None) -> None:
        """Append a record, or put one back at the place ``number`` that it had before."""
        if number is None:
            number = self._next
            self._next += 1
        self._numbers[record["id"]] = number
        self._records[number] = record
        for key in self._indexing.keys(record):
            self._index.add(key, number)

    def replace(self, record: Record) -> None:
        """Put a record where the one of the same id was."""
        number = self._numbers[record["id"]]
        old = self._records[number]
        self._records[number] = record
        keys, attributes = self._indexing
        if any(old[name] != record[name] for name in attributes):
            before, after = keys(old), keys(record)
            for key in before:
                if key not in after:
                    self._index.remove(key, (number,))
            for key in after:
                if key not in before:
                    self._index.add(key, number)

    def remove(self, record_ids: Iterable[str]) -> None:
        """Take records out. Many at once cost little more than one."""
        doomed: dict[Key, list[int]] = {}
        for record_id in record_ids:
            number = self._numbers[record_id]
            for key in self._indexing.keys(self._records[number]):
                doomed.setdefault(key, []).append(number)
            del self._numbers[record_id], self._records[number]
        for key, numbers in doomed.items():
            self._index.remove(key, numbers)

    def fork(self) -> Collection:
        """An equal collection that shares every record; from here each goes its own way."""
        twin = Collection(self._indexing)
        twin._numbers = self._numbers.fork()
        twin._records = self._records.fork()
        twin._index = self._index.fork()
        twin._next = self._next
        return twin
