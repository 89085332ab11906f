"""The routes of the bots: start and stop them, their status, scripts and transcript."""

import re

from flask import Response

from mockserver.bots import script_format
from mockserver.bots.transcript import Line, render
from mockserver.errors import InvalidRequest
from mockserver.schema.compound import Shorthand
from mockserver.schema.fields import NonEmptyString, integer, one_of
from mockserver.web.control.context import ControlRequest, Json, Routes, page

NAMES = script_format.NAMES
SCRIPT = Shorthand(
    script_format.SCRIPT,
    lambda value: script_format.shipped(value) if value in NAMES else value,
    f"a script, or the name of one: {', '.join(NAMES)}",
    [{"enum": list(NAMES)}],
    required=True,
)
routes = Routes()


@routes.add("GET", "/bots")
def retrieve_bots(request: ControlRequest) -> Json:
    """Get the running bots, their past actions and their next ones."""
    return request.sandbox.bots.status()


@routes.add("PUT", "/bots", body={"script": SCRIPT, "seed": NonEmptyString()})
def replace_bots(request: ControlRequest) -> Json:
    """Start the bots of a script in place of the running ones."""
    try:
        script = script_format.check(request.body["script"], "script", "script.")
    except script_format.ScriptError as error:
        raise InvalidRequest(error.problems) from None
    return request.sandbox.bots.start(script, request.body.get("seed"))


@routes.add("DELETE", "/bots")
def delete_bots(request: ControlRequest) -> Json:
    """Stop the bots; their messages stay."""
    return {"stopped": request.sandbox.bots.stop()}


@routes.add("GET", "/bots/scripts")
def list_bot_scripts(request: ControlRequest) -> Json:
    """List the shipped scripts, to copy and change."""
    return {"data": [script_format.shipped(name) for name in NAMES]}


@routes.add(
    "GET",
    "/bots/transcript",
    query={
        "format": one_of(("json", "text")),
        "conversation_id": NonEmptyString(),
        "since": NonEmptyString(),
        "limit": integer(1, 10_000),
    },
)
def retrieve_transcript(
    request: ControlRequest,
    format: str = "json",
    conversation_id: str | None = None,
    since: str | None = None,
    limit: int = 1000,
) -> Json | Response:
    """Get the actions of the bots and the user, as JSON or as text.

    Returns the first ``limit`` lines after the line ``since``, oldest first.
    """
    script, transcript = request.sandbox.bots.transcript()
    after = 0 if since is None else _line_number(since, transcript.last)
    matches = [
        line for line in transcript.after(after) if conversation_id in (None, line.conversation_id)
    ]
    if format == "json":
        return page(matches, limit, transcript.evicted, Line.to_dict)
    lines = matches[:limit]
    text = list(render(script.name, script.offset, lines))
    if transcript.evicted and after < transcript.evicted:
        text.insert(1, f"\n({transcript.evicted - after} earlier lines were evicted.)")
    if len(matches) > limit:
        text.append(f"\n(More lines follow: ?since=line_{lines[-1].number})")
    return Response("\n".join(text) + "\n", mimetype="text/plain")


def _line_number(line_id: str, last: int) -> int:
    """Return the number in a line's id; raise ``InvalidRequest`` if no line has had this id."""
    match = re.fullmatch(r"line_([0-9]{1,15})", line_id)
    if match is None or int(match[1]) > last:
        raise InvalidRequest(f"since: unknown line '{line_id}'; the last is 'line_{last}'")
    return int(match[1])
