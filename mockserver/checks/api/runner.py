"""One verification: the first call, every check, and the clearing away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mockserver.checks.api.api_client import SUCCEEDS, ConformanceClient, Refused
from mockserver.checks.api.check import Check
from mockserver.checks.api.cleanup import CreatedObjects
from mockserver.checks.api.connection import NoAnswer
from mockserver.checks.api.http import Answer, HttpClient, short
from mockserver.checks.api.rows import Drift, Row, Rows, Unclear


class NoApi(Exception):
    """What answers cannot be verified; the text says why, and what would be right."""


@dataclass
class Verification:
    """What was found at a base URL."""

    wire: HttpClient
    rows: Rows
    workspace: CreatedObjects

    def run(self, checks: Iterable[Check]) -> None:
        """Try every check; raises ``NoApi`` where there is no API or it answers no more.

        To be followed by ``workspace.clear()``, however it ends.
        """
        try:
            _welcome(self.wire, self.wire("GET", "/contacts?limit=1"))
            bench = ConformanceClient(self.wire, self.rows, self.workspace)
            todo = [(check, _row(self.rows, check)) for check in checks]
            for check, row in todo:
                _try(bench, check, row)
        except NoAnswer as error:
            raise NoApi(f"no answer from {self.wire.address}: {error}") from None


def _row(rows: Rows, check: Check) -> Row:
    if check.expected == SUCCEEDS:  # is there from the start, for all that rests on it
        return rows.of(check.where, SUCCEEDS)
    return rows.add(check.where, check.expected, check.basis)


def _try(bench: ConformanceClient, check: Check, row: Row) -> None:
    try:
        for each in check.rests_on:
            bench.rows.trusted(check.where, each)
        check.run(bench)
        row.judge(None)
    except Refused as refused:
        told = f"unclear until '{refused.endpoint}: {SUCCEEDS}' is right"
        other = check.expected == SUCCEEDS and check.where != refused.endpoint
        row.give_up(told) if other else row.judge(str(refused))
    except Drift as drift:
        row.judge(str(drift))
    except Unclear as unclear:
        row.give_up(str(unclear))
    except KeyError as missing:  # an attribute that is there at times
        row.give_up(f"an answer without {missing}")
    except (IndexError, TypeError, ValueError, AttributeError) as odd:
        # Of a shape that is told where shapes are judged; here it only may not end the run.
        row.give_up(f"an answer of another shape ({odd})")


def _welcome(wire: HttpClient, answer: Answer) -> None:
    """Raises ``NoApi`` unless this is what an API answers that knows us."""
    asked, status = f"GET {wire.address}/contacts", answer.status
    if status == 401:
        raise NoApi(f"the token is refused: {asked} answered {answer}; give one with --token")
    if 300 <= status < 400:
        to = answer.headers.get("Location", "nowhere")
        raise NoApi(f"{asked} redirects to {short(to)}; give the base URL that it leads to")
    if status == 404:
        raise NoApi(f"{asked} answered 404: give the base URL of the API, the one with /v1")
    if not answer.ok:
        raise NoApi(f"{asked} answered {answer}; mend that first")
    if not isinstance(answer.json, dict):
        kind = answer.media_type or "of no type"
        raise NoApi(f"{asked} answered {status} and no JSON object ({kind}): that is not the API")
