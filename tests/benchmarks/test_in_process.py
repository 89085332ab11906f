"""The cost of a request inside the process, against a bare Flask view that gives the same bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from flask import Flask, Response

from mockserver.web.app import create_app

if TYPE_CHECKING:
    from tests.benchmarks.conftest import Inside, Stopwatch, Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(300)]

MESSAGE, CONVERSATION = "SIuAFUNKdSYHZF2w", "Mc1cpOFHDYI7VMrs"
SAID = {"conversation_id": CONVERSATION, "message": "Keep the change."}
UPDATES = ({"message": "Keep the change."}, {"message": "Keep it, you filthy animal."})
MUTES = ({"is_muted": True}, {"is_muted": False})


def bare(path: str, method: str, body: bytes, status: str) -> Flask:
    """An application of one route, which gives these bytes."""
    app = Flask("bare")

    def view(**_: str) -> Response:
        return Response(body, status, mimetype="application/json")

    rule = "/".join("<part>" if len(part) == 16 else part for part in path.split("/"))
    app.add_url_rule(rule.partition("?")[0], view_func=view, methods=[method])
    return app


def test_requests_inside_the_process(
    table: Table, stopwatch: Stopwatch, inside: type[Inside]
) -> None:
    messages, conversations = "/v1/messages", "/v1/conversations"
    message, conversation = f"{messages}/{MESSAGE}", f"{conversations}/{CONVERSATION}"
    owner = json.loads(inside(create_app()).request("GET", conversation)())
    beginning = {name: owner[name] for name in ("contact_id", "group_id") if owner[name]}
    ours = inside(create_app())
    for what, method, path, bodies, budget in (
        ("retrieve a message", "GET", message, (), 1.5),
        ("retrieve a conversation", "GET", conversation, (), 1.5),
        ("page of 10 messages", "GET", messages, (), 1.8),
        ("page of 10 conversations", "GET", conversations, (), 1.8),
        ("page of 100 messages", "GET", f"{messages}?limit=100", (), None),
        ("create a message", "POST", messages, (SAID,), 2.5),
        ("create a conversation", "POST", conversations, (beginning,), 2.5),
        ("update a message", "PUT", message, UPDATES, None),
        ("update a conversation", "PUT", conversation, MUTES, None),
    ):
        contents = [json.dumps(body).encode() for body in bodies] or [b""]
        requests = [ours.request(method, path, content) for content in contents]
        answer = requests[0]()
        assert ours.status[0] == "2", answer
        theirs = inside(bare(path, method, answer, ours.status))
        same = theirs.request(method, path, contents[0])
        assert (same(), theirs.status) == (answer, ours.status)
        # By turns, so that an update has something to change.
        found = stopwatch.compare(ours.by_turns(requests), theirs.by_turns([same]))
        table.add("inside the process", what, str(found), found.ratio, budget=budget)
