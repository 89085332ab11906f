"""The cast of a sandbox: who is on stage, the scripts that there are, and what was said."""

from __future__ import annotations

import re
from typing import Any

from flask import Response

from mockserver.bots import scenarios
from mockserver.bots.scenario_schema import SCRIPT
from mockserver.bots.transcript_text import play
from mockserver.errors import InvalidRequest
from mockserver.schema.fields import Attribute, Choice, Text, Whole
from mockserver.schema.schema import Attributes
from mockserver.schema.shorthand import Short
from mockserver.web.control.context import AdminContext, answer, listed, values
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request

MOST_LINES = 10_000
LINES = 1000
NAMES = tuple(scenarios.names())


def _spelled_out(value: Any) -> Any:
    """The document of a script that is named; all else as it is."""
    return scenarios.shipped(value) if isinstance(value, str) and value in NAMES else value


PUT = Attributes(
    {
        "script": Short(
            SCRIPT,
            _spelled_out,
            f"a script, or the name of one: {', '.join(NAMES)}",
            [{"enum": list(NAMES)}],
            required=True,
        ),
        "seed": Text(),
    }
)
PARAMETERS: dict[str, Attribute] = {
    "format": Choice(("json", "text")),
    "conversation_id": Text(),
    "since": Text(),
    "limit": Whole(1, MOST_LINES),
}


def retrieve_cast(control: AdminContext, call: Request) -> JsonResponse:
    return answer(control.sandbox(call).bots.status())


def replace_cast(control: AdminContext, call: Request) -> JsonResponse:
    """Those of the script come on stage, in the place of whoever is there."""
    given = values(call, PUT)
    try:
        script = scenarios.settled(given["script"], "script", "script.")
    except scenarios.BadScript as error:
        raise InvalidRequest(error.problems) from None
    sandbox = control.sandbox(call)
    sandbox.bots.start(script, given.get("seed"))
    return answer(sandbox.bots.status())


def delete_cast(control: AdminContext, call: Request) -> JsonResponse:
    return answer({"dismissed": control.sandbox(call).bots.stop()})


def list_scripts(control: AdminContext, call: Request) -> JsonResponse:
    return listed([scenarios.shipped(name) for name in NAMES])


def retrieve_transcript(
    control: AdminContext,
    call: Request,
    format: str = "json",
    conversation_id: str | None = None,
    since: str | None = None,
    limit: int = LINES,
) -> Response:
    """What was said and done, oldest first; ``since`` is a line's id."""
    script, transcript = control.sandbox(call).bots.transcript()
    after = 0 if since is None else _number(since, transcript.last)
    found = [
        line
        for line in transcript.after(after)
        if conversation_id is None or line.conversation_id == conversation_id
    ]
    lines, more = found[:limit], len(found) > limit
    if format == "json":
        return answer(
            {
                "has_more": more,
                "evicted": transcript.evicted,
                "data": [line.shown() for line in lines],
            }
        )
    text = list(play(script.name, script.offset, lines))
    if transcript.evicted and after < transcript.evicted:
        text.insert(1, f"\n({transcript.evicted - after} lines before these were evicted.)")
    if more:
        text.append(f"\n(It goes on: ?since=line_{lines[-1].number})")
    return Response("\n".join(text) + "\n", mimetype="text/plain")


def _number(line_id: str, last: int) -> int:
    """The number of a line, from its id; it may have been evicted."""
    found = re.fullmatch(r"line_([0-9]{1,15})", line_id)
    if found is None or int(found[1]) > last:
        raise InvalidRequest(f"since: there is no line '{line_id}'; the last is 'line_{last}'")
    return int(found[1])


ROUTES = (
    Route("GET", "/cast", retrieve_cast, "who is on stage, what they did so far and do next"),
    Route(
        "PUT",
        "/cast",
        replace_cast,
        "have the cast of a script come on stage",
        {"script": "office", "seed": "7"},
        PUT,
    ),
    Route("DELETE", "/cast", delete_cast, "send them home; what they said stays"),
    Route("GET", "/cast/scripts", list_scripts, "the scripts that there are, to copy and change"),
    Route(
        "GET",
        "/transcript",
        retrieve_transcript,
        "what the cast and the user said and did, as JSON or as a play (format=text)",
        parameters=PARAMETERS,
    ),
)
