"""An index: under each key, the sequence numbers of the records that it finds, in order.

Numbers lie in plain arrays of eight bytes each, so a position is found by bisection and a copy
of a million costs about a millisecond.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Hashable, Sequence

from mockserver.storage.cow_map import CopyOnWriteMap

Key = Hashable
NOTHING: Sequence[int] = ()
# From this many removals on, one pass over the array is cheaper than a shift for each.
MANY = 16


def without(numbers: array[int], doomed: Sequence[int]) -> array[int]:
    """The numbers but for the doomed, in whole runs: a million cost about a millisecond."""
    kept: array[int] = array("Q")
    start = 0
    for number in sorted(doomed):
        place = bisect_left(numbers, number, start)
        kept += numbers[start:place]
        start = place + 1
    kept += numbers[start:]
    return kept


class Index:
    """Copy-on-write, like the table below it; an array is copied at its first change only."""

    __slots__ = ("_mine", "_numbers")

    def __init__(self) -> None:
        self._numbers: CopyOnWriteMap[Key, array[int]] = CopyOnWriteMap()
        self._mine: set[Key] = set()

    def find(self, key: Key) -> Sequence[int]:
        """The sequence numbers under ``key``, ascending."""
        return self._numbers.get(key) or NOTHING

    def add(self, key: Key, number: int) -> None:
        numbers = self._writable(key)
        if not numbers or number > numbers[-1]:
            numbers.append(number)
        else:
            insort(numbers, number)

    def remove(self, key: Key, doomed: Sequence[int]) -> None:
        """Take ``doomed``, which must be there, from under ``key``."""
        if len(doomed) == len(self._numbers[key]):
            del self._numbers[key]
            self._mine.discard(key)
        elif len(doomed) < MANY:
            numbers = self._writable(key)
            for number in doomed:
                del numbers[bisect_left(numbers, number)]
        else:
            self._numbers[key] = without(self._numbers[key], doomed)
            self._mine.add(key)

    def _writable(self, key: Key) -> array[int]:
        numbers = self._numbers.get(key)
        if numbers is None or key not in self._mine:
            numbers = array("Q", numbers or ())
            self._numbers[key] = numbers
            self._mine.add(key)
        return numbers

    def fork(self) -> Index:
        twin = Index()
        twin._numbers = self._numbers.fork()
        self._mine = set()
        return twin
