"""The journal of a sandbox as a text: what a failing test shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mockserver.client.formatting import request_line, shown
from mockserver.errors import ApiError

if TYPE_CHECKING:
    from mockserver.client.sandbox import Sandbox

MOST = 50
"""Most requests that are shown: the last ones."""

WHOLE = 5
"""How many of them are shown with their bodies."""

FEW = 8
"""How many of a request's changes and events."""

WIDE = 1000
"""Most characters of a body."""

#: What a server that is not well may make of an answer.
BROKEN = (ApiError, OSError, ValueError, LookupError, TypeError, AttributeError)


def journal(sandbox: Sandbox) -> str:
    """A line for each request, with what it did; the last ones with their bodies.

    It raises nothing: it is told beside a failure that is worth more.
    """
    try:
        return "\n".join(_lines(sandbox))
    except BROKEN as error:
        return f"the journal could not be read: {type(error).__name__}: {error}"


def _lines(sandbox: Sandbox) -> Iterator[str]:
    entries = sandbox.requests()
    if not entries:
        yield "no requests"
    if len(entries) > MOST:
        yield f"… {len(entries) - MOST} earlier requests"
    for entry in entries[-MOST:-WHOLE]:
        yield from _told(entry)
    for entry in entries[-WHOLE:]:
        yield from _told(entry)
        whole = sandbox.request(entry["id"])
        for arrow, side in (("-->", "request"), ("<--", "response")):
            if whole[side]["body"] is not None:
                yield f"    {arrow} {shown(whole[side]['body'], WIDE)}"


def _told(entry: Mapping[str, Any]) -> Iterator[str]:
    yield request_line(entry)
    for told in ("changes", "events"):
        more = len(entry[told]) - FEW
        if entry[told]:
            rest = f", … and {more} more" if more > 0 else ""
            yield f"    {told}: {', '.join(entry[told][:FEW])}{rest}"
