"""The routes of the bots: start and stop them, their status, scripts and transcript."""

from __future__ import annotations

import re
from typing import Any

from flask import Response

from mockserver.bots import script_format
from mockserver.bots.transcript import render
from mockserver.errors import InvalidRequest
from mockserver.schema.fields import Attribute, Choice, Text, Whole
from mockserver.schema.schema import Attributes
from mockserver.schema.shorthand import Short
from mockserver.web.control.context import AdminContext, answer, listed, values
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request

MAX_LINES = 10_000
DEFAULT_LINES = 1000
NAMES = tuple(script_format.names())


def _document(value: Any) -> Any:
    """Return the document of a shipped script for its name; other values as they are."""
    is_name = isinstance(value, str) and value in NAMES
    return script_format.shipped(value) if is_name else value


PUT = Attributes(
    {
        "script": Short(
            script_format.SCRIPT,
            _document,
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
    "limit": Whole(1, MAX_LINES),
}


def retrieve_bots(control: AdminContext, call: Request) -> JsonResponse:
    return answer(control.sandbox(call).bots.status())


def replace_bots(control: AdminContext, call: Request) -> JsonResponse:
    """Start the bots of a script in place of the running ones."""
    body = values(call, PUT)
    try:
        script = script_format.check(body["script"], "script", "script.")
    except script_format.ScriptError as error:
        raise InvalidRequest(error.problems) from None
    bots = control.sandbox(call).bots
    bots.start(script, body.get("seed"))
    return answer(bots.status())


def delete_bots(control: AdminContext, call: Request) -> JsonResponse:
    return answer({"stopped": control.sandbox(call).bots.stop()})


def list_bot_scripts(control: AdminContext, call: Request) -> JsonResponse:
    return listed([script_format.shipped(name) for name in NAMES])


def retrieve_transcript(
    control: AdminContext,
    call: Request,
    format: str = "json",
    conversation_id: str | None = None,
    since: str | None = None,
    limit: int = DEFAULT_LINES,
) -> Response:
    """Return the lines after that with the id ``since``, oldest first."""
    script, transcript = control.sandbox(call).bots.transcript()
    after = 0 if since is None else _line_number(since, transcript.last)
    matches = [
        line
        for line in transcript.after(after)
        if conversation_id is None or line.conversation_id == conversation_id
    ]
    lines, has_more = matches[:limit], len(matches) > limit
    if format == "json":
        data = [line.to_dict() for line in lines]
        return answer({"has_more": has_more, "evicted": transcript.evicted, "data": data})
    text = list(render(script.name, script.offset, lines))
    if transcript.evicted and after < transcript.evicted:
        text.insert(1, f"\n({transcript.evicted - after} earlier lines were evicted.)")
    if has_more:
        text.append(f"\n(More lines follow: ?since=line_{lines[-1].number})")
    return Response("\n".join(text) + "\n", mimetype="text/plain")


def _line_number(line_id: str, last: int) -> int:
    """Return the number of a line from its id. The line may have been evicted."""
    match = re.fullmatch(r"line_([0-9]{1,15})", line_id)
    if match is None or int(match[1]) > last:
        raise InvalidRequest(f"since: no line has the id '{line_id}'; the last is 'line_{last}'")
    return int(match[1])


ROUTES = (
    Route("GET", "/bots", retrieve_bots, "who the bots are, what they did and do next"),
    Route(
        "PUT",
        "/bots",
        replace_bots,
        "start the bots of a script, in place of the running ones",
        {"script": "office", "seed": "7"},
        PUT,
    ),
    Route("DELETE", "/bots", delete_bots, "stop the bots; their messages stay"),
    Route("GET", "/bots/scripts", list_bot_scripts, "the shipped scripts, to copy and change"),
    Route(
        "GET",
        "/bots/transcript",
        retrieve_transcript,
        "what the bots and the user did, as JSON or as text (format=text)",
        parameters=PARAMETERS,
    ),
)
