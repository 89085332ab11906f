"""An examination told: a table for people, JSON for programs, JUnit's XML for CI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.checks.junit import Case, suite
from mockserver.checks.table import Line, counted
from mockserver.checks.table import table as lines_of
from mockserver.checks.webhook.runner import Result

HEADINGS = ("check", "sent", "came back", "verdict")


def findings(results: Sequence[Result]) -> int:
    return sum(result.verdict == "finding" for result in results)


def table(url: str, results: Sequence[Result]) -> str:
    """A line for each check, and below each finding how to mend it."""
    told = f"{url}: {counted(findings(results), 'finding')} in {len(results)} checks"
    return "\n".join([*lines_of(HEADINGS, [_line(each) for each in results]), "", told])


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
    return suite("mockserver.check.webhook", url, [_case(each) for each in results])


def _line(result: Result) -> Line:
    cells = (result.check.name, result.check.sent, _back(result))
    if result.verdict != "finding":
        return Line((*cells, result.told))
    return Line((*cells, "FINDING"), [("", result.told), ("fix: ", result.fix)])


def _case(result: Result) -> Case:
    named = ("mockserver.check.webhook", result.check.name)
    if result.verdict == "finding":
        detail = f"sent: {result.check.sent}\ncame back: {_back(result)}\n{result.fix}"
        return Case(*named, failure=result.told, detail=detail)
    return Case(*named, skipped=result.told if result.verdict == "unclear" else "")


def _back(result: Result) -> str:
    return ", ".join(map(str, result.outcomes)) or "not sent"
