"""Cursor paging over ascending sequence numbers (``contract/reference.md``, "Pagination").

The stored lists ascend, oldest first; pages run the other way, latest first.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

MAX_PAGE_SIZE = 100


class PageRequest(NamedTuple):
    """At most ``limit`` entries, older than ``after`` or newer than ``before``.

    ``after`` and ``before`` are sequence numbers. They need not be in the list: an object that a
    filter hides is still a valid position.
    """

    limit: int
    after: int | None = None
    before: int | None = None


def page(numbers: Sequence[int], request: PageRequest) -> tuple[Sequence[int], bool]:
    """Return the page's numbers, latest first, and whether more follow in that direction."""
    if request.before is not None:
        start = bisect_right(numbers, request.before)
        end = start + request.limit
        return numbers[start:end][::-1], end < len(numbers)
    end = len(numbers) if request.after is None else bisect_left(numbers, request.after)
    start = max(0, end - request.limit)
    return numbers[start:end][::-1], start > 0
