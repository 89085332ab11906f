"""A verification told: a table for people, JSON for programs, JUnit's XML for CI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.checks.api.rows import Row
from mockserver.checks.junit import Case, suite
from mockserver.checks.table import Line
from mockserver.checks.table import table as lines_of

HEADINGS = ("where", "expected", "basis", "verdict")
OURS = "the documentation leaves this open: mockserver has decided it so"


def drifts(rows: Sequence[Row]) -> int:
    return sum(row.verdict == "drift" for row in rows)


def table(url: str, rows: Sequence[Row], *, every: bool) -> str:
    """A line for each row with drift, or for ``every`` one, and how many are.

    What is unclear is most often so because of a drift, and would only hide it; without any drift
    it is shown.
    """
    drift, unclear = drifts(rows), sum(row.verdict == "unclear" for row in rows)
    worst = "drift" if drift else "unclear"
    told = [row for row in rows if every or row.verdict == worst]
    counts = f"drift in {drift} of" if drift else "no drift in"
    summary = f"{url}: {counts} {len(rows)} rows" + (f", {unclear} unclear" if unclear else "")
    if unclear and drift and not every:
        summary += " (--all shows them)"
    lines = lines_of(HEADINGS, [_line(row) for row in told]) if told else []
    return "\n".join([*lines, *([""] if told else []), summary])


def document(url: str, rows: Sequence[Row], left: Sequence[str]) -> dict[str, Any]:
    """The same in JSON's types, with what could not be deleted."""
    shown = [
        {
            "where": row.where,
            "expected": row.expected,
            "basis": row.basis,
            "verdict": row.verdict,
            "found": row.found,
        }
        for row in rows
    ]
    return {"url": url, "drift": drifts(rows), "left": [*left], "rows": shown}


def junit(url: str, rows: Sequence[Row]) -> bytes:
    """A test suite in which drift is a failure, and what is unclear is skipped."""
    return suite("mockserver.check.api", url, [_case(row) for row in rows])


def _line(row: Row) -> Line:
    verdict = "DRIFT" if row.verdict == "drift" else row.verdict
    notes = [("found: ", row.found)] if row.found else []
    if row.verdict == "drift" and row.basis == "decided":
        notes.append(("", OURS))
    return Line((row.where, row.expected, row.basis, verdict), notes)


def _case(row: Row) -> Case:
    named = (f"mockserver.check.api.{row.basis}", row.name)
    if row.verdict == "drift":
        detail = f"expected: {row.expected}\nfound: {row.found}"
        return Case(*named, failure=row.found, detail=detail)
    return Case(*named, skipped=row.found if row.verdict == "unclear" else "")
