"""The CPU time of a request in process, compared with a bare Flask view with the same bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from flask import Flask, Response

from mockserver.web.app import create_app

if TYPE_CHECKING:
    from tests.benchmarks.conftest import InProcessApp, Stopwatch, Table

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(300)]

MESSAGE, CONVERSATION = "SIuAFUNKdSYHZF2w", "Mc1cpOFHDYI7VMrs"
NEW_MESSAGE = {"conversation_id": CONVERSATION, "message": "Keep the change."}
UPDATES = ({"message": "Keep the change."}, {"message": "Keep it, you filthy animal."})
MUTES = ({"is_muted": True}, {"is_muted": False})


def bare(path: str, method: str, body: bytes, status: str) -> Flask:
    """Return an application with one route that returns these bytes."""
    app = Flask("bare")

    def view(**_: str) -> Response:
        return Response(body, status, mimetype="application/json")

    rule = "/".join("<part>" if len(part) == 16 else part for part in path.split("/"))
    app.add_url_rule(rule.partition("?")[0], view_func=view, methods=[method])
    return app


def test_requests_in_process(
    table: Table, stopwatch: Stopwatch, in_process: type[InProcessApp]
) -> None:
    messages, conversations = "/v1/messages", "/v1/conversations"
    message, conversation = f"{messages}/{MESSAGE}", f"{conversations}/{CONVERSATION}"
    owner = json.loads(in_process(create_app()).request("GET", conversation)())
    owner_id = {name: owner[name] for name in ("contact_id", "group_id") if owner[name]}
    app = in_process(create_app())
    for what, method, path, bodies, budget in (
        ("retrieve a message", "GET", message, (), 1.5),
        ("retrieve a conversation", "GET", conversation, (), 1.5),
        ("page of 10 messages", "GET", messages, (), 1.6),
        ("page of 10 conversations", "GET", conversations, (), 1.6),
        ("page of 100 messages", "GET", f"{messages}?limit=100", (), None),
        ("create a message", "POST", messages, (NEW_MESSAGE,), 2.2),
        ("create a conversation", "POST", conversations, (owner_id,), 2.2),
        ("update a message", "PUT", message, UPDATES, None),
        ("update a conversation", "PUT", conversation, MUTES, None),
    ):
        contents = [json.dumps(body).encode() for body in bodies] or [b""]
        requests = [app.request(method, path, content) for content in contents]
        response = requests[0]()
        assert app.status[0] == "2", response
        flask_app = in_process(bare(path, method, response, app.status))
        same = flask_app.request(method, path, contents[0])
        assert (same(), flask_app.status) == (response, app.status)
        # In turn, so that each update changes something.
        comparison = stopwatch.compare(app.in_turn(requests), flask_app.in_turn([same]))
        table.add("in process", what, str(comparison), comparison.ratio, budget=budget)
