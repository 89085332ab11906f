"""The report of a check: a table for people, JSON for programs, JUnit XML for CI."""

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

WIDTH = 100  # maximum characters of a note's line

#: Characters that XML 1.0 (section 2.2) cannot hold, not even escaped.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class ReportRow:
    """The result of one check.

    In a table, ``cells`` are its columns and ``notes`` the labelled lines below them. In JUnit, it
    is a test case of ``classname``: failed if ``failure`` is set, skipped if ``skipped`` is.
    """

    name: str
    classname: str
    cells: Sequence[str]
    notes: Sequence[tuple[str, str]] = ()
    failure: str = ""
    detail: str = ""
    skipped: str = ""


@dataclass(frozen=True)
class Report:
    """All results of a check of one ``subject``, a URL or a command.

    ``document`` is the JSON report. If ``is_brief`` is set, the table omits passed rows, and
    skipped ones too if a row failed.
    """

    suite: str
    subject: str
    headings: Sequence[str]
    rows: Sequence[ReportRow]
    summary: str
    document: Mapping[str, Any]
    is_brief: bool = False

    @property
    def failures(self) -> int:
        return sum(bool(row.failure) for row in self.rows)

    def to_json(self) -> str:
        return json.dumps(self.document, indent=2)

    def to_table(self) -> str:
        """Return the rows as a table with aligned columns, followed by the summary."""
        rows = self.rows
        if self.is_brief:
            rows = [row for row in rows if row.failure or (row.skipped and not self.failures)]
        if not rows:
            return self.summary
        cells = [self.headings, *(row.cells for row in rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = [_aligned(self.headings, widths)]
        for row in rows:
            lines.append(_aligned(row.cells, widths))
            for label, text in row.notes:
                first = f"    {label}"
                lines += textwrap.wrap(
                    text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first)
                )
        return "\n".join([*lines, "", self.summary])

    def to_junit(self) -> bytes:
        """Return the rows as a JUnit XML test suite."""
        skipped = sum(bool(row.skipped) for row in self.rows)
        counts = {"tests": len(self.rows), "failures": self.failures, "errors": 0}
        attributes = {name: str(count) for name, count in {**counts, "skipped": skipped}.items()}
        root = ElementTree.Element("testsuite", {"name": self.suite, **attributes})
        properties = ElementTree.SubElement(root, "properties")
        subject = _xml_text(self.subject)
        ElementTree.SubElement(properties, "property", name="url", value=subject)
        for row in self.rows:
            case = ElementTree.SubElement(root, "testcase", classname=row.classname, name=row.name)
            if row.failure:
                failure = ElementTree.SubElement(case, "failure", message=_xml_text(row.failure))
                failure.text = _xml_text(row.detail)
            elif row.skipped:
                ElementTree.SubElement(case, "skipped", message=_xml_text(row.skipped))
        text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
        return text


def count_of(count: int, noun: str) -> str:
    """Return a count with its noun: ``no findings``, ``1 finding``, ``2 findings``."""
    if count == 1:
        return f"1 {noun}"
    return f"{count or 'no'} {noun}s"


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def _xml_text(text: str) -> str:
    return NOT_XML.sub("\ufffd", text)
