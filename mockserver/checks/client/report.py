"""The scores told: a table for people, JSON for programs, JUnit's XML for CI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockserver.checks import junit as xml
from mockserver.checks.client.checks import Score
from mockserver.checks.table import Line
from mockserver.checks.table import table as lines_of

HEADINGS = ("point", "what it is for", "verdict")


def made(scores: Sequence[Score]) -> int:
    """How many points were made."""
    return sum(not each.wrong for each in scores)


def table(command: str, ending: str, scores: Sequence[Score]) -> str:
    """A line for each point, and below each that was lost how to make it. ``ending`` says how the
    command ended, empty where it ended well."""
    told = f"{command}: {made(scores)} of {len(scores)} points"
    if ending:
        told += f"; the command {ending}"
    return "\n".join([*lines_of(HEADINGS, [_line(each) for each in scores]), "", told])


def document(command: str, ending: str, scores: Sequence[Score]) -> dict[str, Any]:
    """The same in JSON's types."""
    points = [
        {
            "point": each.point.name,
            "about": each.point.about,
            "made": not each.wrong,
            "wrong": each.wrong,
            "fix": each.point.fix if each.wrong else "",
        }
        for each in scores
    ]
    told = {"command": command, "ending": ending, "made": made(scores), "of": len(scores)}
    return {**told, "points": points}


def junit(command: str, scores: Sequence[Score]) -> bytes:
    """A test suite in which a point that was lost is a failure."""
    return xml.suite("mockserver.check.client", command, [_case(each) for each in scores])


def _line(score: Score) -> Line:
    cells = (score.point.name, score.point.about)
    if not score.wrong:
        return Line((*cells, "ok"))
    return Line((*cells, "LOST"), [("", score.wrong), ("fix: ", score.point.fix)])


def _case(score: Score) -> xml.Case:
    detail = f"{score.wrong}\n{score.point.fix}" if score.wrong else ""
    return xml.Case("mockserver.check.client", score.point.name, failure=score.wrong, detail=detail)
