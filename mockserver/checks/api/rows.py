"""The rows of a verification: each one rule of the contract, and what was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Basis = Literal["documented", "decided"]
Verdict = Literal["ok", "drift", "unclear"]
DOCUMENTED: Basis = "documented"
DECIDED: Basis = "decided"


class Drift(Exception):
    """A rule is not kept; the text says what was found instead."""


class Unclear(Exception):
    """A rule cannot be judged; the text says why."""


@dataclass
class Row:
    """One rule: ``where`` it holds, what is ``expected``, and whether the documentation says so
    or we have decided it, where the documentation leaves it open."""

    where: str
    expected: str
    basis: Basis
    verdict: Verdict = "unclear"
    found: str = "nothing came that it could be judged by"

    @property
    def name(self) -> str:
        return f"{self.where}: {self.expected}"

    def judge(self, found: str | None) -> None:
        """Note that the rule was kept (None), or what was found; the first drift is kept."""
        if self.verdict != "drift":
            self.verdict, self.found = ("ok", "") if found is None else ("drift", found)

    def give_up(self, why: str) -> None:
        if self.verdict != "drift":
            self.verdict, self.found = "unclear", why


@dataclass
class Rows:
    """All rows, in order, each under its name."""

    _rows: dict[str, Row] = field(default_factory=dict)

    def add(self, where: str, expected: str, basis: Basis) -> Row:
        row = Row(where, expected, basis)
        if row.name in self._rows:
            raise ValueError(f"two rows have the name {row.name!r}")
        self._rows[row.name] = row
        return row

    def of(self, where: str, expected: str) -> Row:
        return self._rows[f"{where}: {expected}"]

    def trusted(self, where: str, expected: str) -> None:
        """Raises ``Unclear`` where this rule is not kept, so that nothing that rests on it can
        be judged."""
        row = self._rows.get(f"{where}: {expected}")
        if row is not None and row.verdict == "drift":
            raise Unclear(f"unclear until '{row.name}' is right")

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())
