"""The whole ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mockserver.contract.fidelity import attributes, endpoints, events, extensions, rules
from mockserver.contract.fidelity.headers import ROWS as HEADERS
from mockserver.contract.fidelity.row import BASES, Row
from mockserver.contract.fidelity.statuses import ROWS as STATUSES
from mockserver.resources.registry import ResourceRegistry


def ledger(area: str | None = None, basis: str | None = None) -> list[Row]:
    """Its rows, of one area or one basis if these are given; always in the same order."""
    catalogue = ResourceRegistry()
    rows = [
        *endpoints.rows(catalogue),
        *attributes.rows(),
        *STATUSES,
        *HEADERS,
        *events.rows(catalogue),
        *rules.rows(),
        *extensions.ROWS,
    ]
    return [each for each in rows if area in (None, each.area) and basis in (None, each.basis)]


def counts(rows: Sequence[Row]) -> dict[str, int]:
    """How many rest on what."""
    found = Counter(each.basis for each in rows)
    return {basis: found[basis] for basis in BASES}
