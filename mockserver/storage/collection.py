"""Records of one kind in order of creation, found by id or through an index.

A record is a dict of JSON values that is replaced, never mutated. So a copy of a collection can
share all records with the original.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from mockserver.storage.cow_map import CaseInsensitiveIdMap, CopyOnWriteMap

Record = dict[str, Any]
Key = Hashable

MAX_PAGE_SIZE = 100
BULK_REMOVAL = 16  # removals from which rebuilding an array is cheaper than deleting each number


class PageRequest(NamedTuple):
    """At most ``limit`` records, older than ``after`` or newer than ``before``.

    ``after`` and ``before`` are sequence numbers. They need not be among the records of the page's
    key: an object that a filter hides is still a valid position.
    """

    limit: int
    after: int | None = None
    before: int | None = None


class IndexDefinition(NamedTuple):
    """Functions that return a record's index keys, and whether two records have the same ones."""

    keys: Callable[[Record], Sequence[Key]]
    has_same_keys: Callable[[Record, Record], bool]


class Index:
    """A copy-on-write map from a key to the sequence numbers of its records, ascending.

    The numbers are in arrays of eight bytes each: a position is found by bisection, and copying
    a million of them takes about a millisecond.
    """

    __slots__ = ("_numbers", "_owned")

    def __init__(self) -> None:
        self._numbers: CopyOnWriteMap[Key, array[int]] = CopyOnWriteMap()
        # The arrays that no copy shares, so they may be changed in place.
        self._owned: dict[Key, array[int]] = {}

    def find(self, key: Key) -> Sequence[int]:
        """Return the sequence numbers under ``key``, ascending."""
        return self._numbers.get(key) or ()

    def add(self, key: Key, number: int) -> None:
        numbers = self._writable(key)
        if not numbers or number > numbers[-1]:
            numbers.append(number)
        else:
            insort(numbers, number)

    def extend(self, key: Key, numbers: Sequence[int]) -> None:
        """Append sequence numbers under ``key``, all larger than those present."""
        self._writable(key).extend(numbers)

    def remove(self, key: Key, to_remove: Sequence[int]) -> None:
        """Remove sequence numbers, all of which must be present under ``key``."""
        if len(to_remove) == len(self._numbers[key]):
            del self._numbers[key]
            self._owned.pop(key, None)
        elif len(to_remove) < BULK_REMOVAL:
            numbers = self._writable(key)
            for number in to_remove:
                del numbers[bisect_left(numbers, number)]
        else:
            kept = remove_sorted(self._numbers[key], to_remove)
            self._numbers[key] = self._owned[key] = kept

    def _writable(self, key: Key) -> array[int]:
        numbers = self._owned.get(key)
        if numbers is None:
            numbers = array("Q", self.find(key))
            self._numbers[key] = self._owned[key] = numbers
        return numbers

    def fork(self) -> Index:
        """Return an equal index; changes to either do not affect the other."""
        copy = Index()
        copy._numbers = self._numbers.fork()
        self._owned = {}
        return copy


def remove_sorted(numbers: array[int], to_remove: Sequence[int]) -> array[int]:
    """Return a copy of the ascending ``numbers`` without the numbers ``to_remove``."""
    kept: array[int] = array("Q")
    start = 0
    for number in sorted(to_remove):
        index = bisect_left(numbers, number, start)
        kept += numbers[start:index]  # whole runs: a million numbers take about a millisecond
        start = index + 1
    kept += numbers[start:]
    return kept


class Collection:
    """The records of one kind, with an index."""

    __slots__ = ("_definition", "_index", "_next", "_numbers", "_records")

    def __init__(self, definition: IndexDefinition) -> None:
        self._definition = definition
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

    def __contains__(self, record_id: Any) -> bool:
        return self._numbers.get(record_id) is not None

    def __len__(self) -> int:
        return len(self._numbers)

    def find_case_insensitive(self, record_id: str) -> str | None:
        """Return the existing id that equals ``record_id`` except for case, or None."""
        return self._numbers.find_case_insensitive(record_id)

    def sequence_number(self, record_id: str) -> int | None:
        """Return the record's sequence number; later records have larger ones."""
        return self._numbers.get(record_id)

    def find(self, key: Key) -> Iterator[Record]:
        """Iterate over the records under an index key, oldest first."""
        records = self._records
        return (records[number] for number in self._index.find(key))

    def count(self, key: Key) -> int:
        return len(self._index.find(key))

    def page(self, key: Key, request: PageRequest) -> tuple[list[Record], bool]:
        """Return a page of the records under ``key``, latest first, and whether more follow.

        See ``contract/reference.md``, "Pagination".
        """
        numbers = self._index.find(key)
        if request.before is not None:
            start = bisect_right(numbers, request.before)
            end = start + request.limit
            has_more = end < len(numbers)
        else:
            end = len(numbers) if request.after is None else bisect_left(numbers, request.after)
            start = max(0, end - request.limit)
            has_more = start > 0
        return self._records.values_of(numbers[start:end][::-1]), has_more

    # writing

    def add(self, record: Record, number: int | None = None) -> None:
        """Append a record, or put a removed record back at ``number``, its old sequence number."""
        if number is None:
            number = self._next
            self._next += 1
        self._numbers[record["id"]] = number
        self._records[number] = record
        for key in self._definition.keys(record):
            self._index.add(key, number)

    def extend(self, records: Iterable[Record]) -> None:
        """Append many records, in a third of the time that adding each would take."""
        keys = self._definition.keys
        numbered = list(enumerate(records, self._next))
        numbers: defaultdict[Key, list[int]] = defaultdict(list)
        for number, record in numbered:
            for key in keys(record):
                numbers[key].append(number)
        for key, added in numbers.items():
            self._index.extend(key, added)
        self._numbers.update((record["id"], number) for number, record in numbered)
        self._records.update(numbered)
        self._next += len(numbered)

    def replace(self, record: Record) -> Record:
        """Replace the record with the same id, and return the old one."""
        number = self._numbers[record["id"]]
        old = self._records[number]
        self._records[number] = record
        keys, has_same_keys = self._definition
        if not has_same_keys(old, record):
            before, after = keys(old), keys(record)
            for key in before:
                if key not in after:
                    self._index.remove(key, (number,))
            for key in after:
                if key not in before:
                    self._index.add(key, number)
        return old

    def remove(self, records: Iterable[Record]) -> Sequence[int]:
        """Remove records and return their sequence numbers.

        Removing many costs little more than removing one.
        """
        removed = array("Q")
        to_remove: dict[Key, list[int]] = {}
        for record in records:
            number = self._numbers[record["id"]]
            removed.append(number)
            for key in self._definition.keys(self._records[number]):
                to_remove.setdefault(key, []).append(number)
            del self._numbers[record["id"]], self._records[number]
        for key, numbers in to_remove.items():
            self._index.remove(key, numbers)
        return removed

    def restore(self, records: Iterable[Record], numbers: Iterable[int]) -> None:
        """Put removed records back at their old sequence numbers."""
        for record, number in zip(records, numbers, strict=True):
            self.add(record, number)

    def fork(self) -> Collection:
        """Return an equal collection that shares every record until one of the two changes."""
        copy = Collection(self._definition)
        copy._numbers = self._numbers.fork()
        copy._records = self._records.fork()
        copy._index = self._index.fork()
        copy._next = self._next
        return copy
