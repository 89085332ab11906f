"""A table for people: columns as wide as they need to be, and below a row what it has to say."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 100


@dataclass(frozen=True)
class Line:
    """A row; ``notes`` stand below it, wrapped and indented, each as a label and a text."""

    cells: Sequence[str]
    notes: Sequence[tuple[str, str]] = ()


def table(headings: Sequence[str], rows: Sequence[Line]) -> list[str]:
    """The lines of a table; all columns but the last are padded."""
    every = [headings, *(row.cells for row in rows)]
    widths = [max(len(cells[column]) for cells in every) for column in range(len(headings) - 1)]

    def line(cells: Sequence[str]) -> str:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=False))
        return "  ".join([*padded, cells[-1]])

    lines = [line(headings)]
    for row in rows:
        lines.append(line(row.cells))
        for label, text in row.notes:
            lines += _indented(label, text)
    return lines


def counted(count: int, noun: str) -> str:
    """A number of things in words: ``no findings``, ``1 finding``, ``2 findings``."""
    if count == 1:
        return f"1 {noun}"
    return f"{count or 'no'} {noun}s"


def _indented(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        f"{label}{text}", WIDTH, initial_indent="    ", subsequent_indent=" " * (4 + len(label))
    )
