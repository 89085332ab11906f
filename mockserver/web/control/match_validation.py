"""Matches that no request could ever meet: with one of those, a test is green for nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from mockserver.errors import InvalidRequest
from mockserver.journal.matching import Target
from mockserver.web.control.context import AdminContext
from mockserver.web.control.simulate import ROUTES as ACTS

#: Where the other side acts; that is journaled too.
ACTED = "/_sandbox/simulate"
#: Those that reach a sandbox; an OPTIONS is answered before, and unknown ones with 405.
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


def demand_sense(control: AdminContext, match: Mapping[str, Any]) -> None:
    """Raise ``InvalidRequest`` for a match of the journal's requests that is in vain."""
    problems = [f"match.{problem}" for problem in vain(control, match, METHODS)]
    if problems:
        raise InvalidRequest(problems)


def vain(
    control: AdminContext, match: Mapping[str, Any], methods: Collection[str]
) -> Iterator[str]:
    """Why a match is in vain; ``methods`` are those that a request may have."""
    if "method" in match and match["method"].upper() not in methods:
        yield f"method: must be one of {', '.join(methods)}"
    if not match.get("path", "*").startswith(("/v1", ACTED, "*", "?", "[")):
        yield f"path: must begin as paths do, with /v1/ or {ACTED}/, or with *"
    asked = Target(resource=match.get("resource"), operation=match.get("operation"))
    if not asked.to_dict():
        return
    known = control.catalogue.operations | {each.endpoint: each.method for each in ACTS}
    meant = {known[operation] for operation in known if asked.matches_operation(operation)}
    if not meant:
        yield f"operation: there is none like that; there are: {', '.join(known)}"
    elif "method" in match and match["method"].upper() not in meant:
        yield f"method: such an operation is asked for by {', '.join(sorted(meant))}"
