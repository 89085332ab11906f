"""Which part of an ordered list is the page that was asked for (reference, "Pagination").

The list ascends by sequence number, oldest first; pages run the other way, latest first.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

MAX_PAGE_SIZE = 100


class Cut(NamedTuple):
    """What a page wants: at most ``limit`` entries, older than ``after`` or newer than ``before``.

    ``after`` and ``before`` are sequence numbers. They need not be in the list: an object that a
    filter hides is still a position.
    """

    limit: int
    after: int | None = None
    before: int | None = None


def page(numbers: Sequence[int], cut: Cut) -> tuple[Sequence[int], bool]:
    """The numbers of the page, latest first, and whether more lie beyond it."""
    if cut.before is not None:
        start = bisect_right(numbers, cut.before)
        end = start + cut.limit
        return numbers[start:end][::-1], end < len(numbers)
    end = len(numbers) if cut.after is None else bisect_left(numbers, cut.after)
    start = max(0, end - cut.limit)
    return numbers[start:end][::-1], start > 0
