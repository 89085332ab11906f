"""All rows of the fidelity table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mockserver.contract.fidelity import BASES, Row, interface, rules
from mockserver.resources.registry import ResourceRegistry


def rows(area: str | None = None, basis: str | None = None) -> list[Row]:
    """Return the rows in a fixed order, optionally of one area or one basis only."""
    return [
        row
        for row in (*interface.rows(ResourceRegistry()), *rules.rows())
        if area in (None, row.area) and basis in (None, row.basis)
    ]


def counts(selected: Sequence[Row]) -> dict[str, int]:
    """Return the number of rows per basis."""
    counter = Counter(row.basis for row in selected)
    return {basis: counter[basis] for basis in BASES}
