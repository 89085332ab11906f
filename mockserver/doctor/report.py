"""An examination told: a table for people, JSON for programs, JUnit's XML for CI."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from mockserver.doctor.examination import Result

WIDTH = 100
HEADINGS = ("check", "sent", "came back", "verdict")


def findings(results: Sequence[Result]) -> int:
    return sum(result.verdict == "finding" for result in results)


def table(url: str, results: Sequence[Result]) -> str:
    """A line for each check, and below each finding how to mend it."""
    rows = [HEADINGS, *((each.check.name, each.check.sent, _back(each), "") for each in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]

    def line(cells: Sequence[str]) -> str:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        return "  ".join(padded) + "  "

    lines = [line(HEADINGS[:3]) + HEADINGS[3]]
    for row, result in zip(rows[1:], results, strict=True):
        lines.append(line(row[:3]) + (result.told if result.verdict != "finding" else "FINDING"))
        if result.verdict == "finding":
            lines += _indented("", result.told) + _indented("fix: ", result.fix)
    count = findings(results)
    told = "no findings" if count == 0 else "1 finding" if count == 1 else f"{count} findings"
    return "\n".join([*lines, "", f"{url}: {told} in {len(results)} checks"])


def document(url: str, results: Sequence[Result]) -> dict[str, Any]:
    """The same in JSON's types."""
    checks = [
        {
            "check": result.check.name,
            "sent": result.check.sent,
            "answers": [each.status or each.failure for each in result.outcomes],
            "verdict": result.verdict,
            "told": result.told,
            "fix": result.fix,
        }
        for result in results
    ]
    return {"url": url, "findings": findings(results), "checks": checks}


def junit(url: str, results: Sequence[Result]) -> bytes:
    """A test suite in which a finding is a failure, and what is unclear is skipped."""
    counts = {
        "tests": len(results),
        "failures": findings(results),
        "errors": 0,
        "skipped": sum(result.verdict == "unclear" for result in results),
    }
    attributes = {name: str(count) for name, count in counts.items()}
    suite = ElementTree.Element("testsuite", {"name": "mockserver doctor webhook", **attributes})
    properties = ElementTree.SubElement(suite, "properties")
    ElementTree.SubElement(properties, "property", {"name": "url", "value": url})
    for result in results:
        named = {"classname": "mockserver.doctor.webhook", "name": result.check.name}
        case = ElementTree.SubElement(suite, "testcase", named)
        if result.verdict == "finding":
            failure = ElementTree.SubElement(case, "failure", {"message": result.told})
            failure.text = f"sent: {result.check.sent}\ncame back: {_back(result)}\n{result.fix}"
        elif result.verdict == "unclear":
            ElementTree.SubElement(case, "skipped", {"message": result.told})
    text: bytes = ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)
    return text


def _back(result: Result) -> str:
    return ", ".join(map(str, result.outcomes)) or "not sent"


def _indented(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        f"{label}{text}", WIDTH, initial_indent="    ", subsequent_indent=" " * (4 + len(label))
    )
