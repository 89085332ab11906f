"""Two ways to send requests to a sandbox: over a connection, and directly to the application."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPConnection

from werkzeug.test import run_wsgi_app

from mockserver.web.application import Application
from tests.conftest import Answer
from tests.properties.hostile import Hostile

#: Sends a method, a path, a body and its content type.
Send = Callable[[str, str, bytes | None, str | None], Answer]


def over(connection: HTTPConnection, token: str) -> Send:
    """Return a sender that keeps one connection open."""

    def send(method: str, path: str, body: bytes | None, content_type: str | None) -> Answer:
        connection.request(method, path, body, dict(_headers(token, content_type)))
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())

    return send


def inside(app: Application, token: str) -> Send:
    """Return a sender without a socket, which takes a third of the time."""

    def send(method: str, path: str, body: bytes | None, content_type: str | None) -> Answer:
        path_info, _, query = path.partition("?")
        headers = _headers(token, content_type)
        request = Hostile(method, path_info.encode(), query.encode(), headers, body or b"")
        answer, status, given = run_wsgi_app(app, request.environ(), buffered=True)
        return Answer(int(status[:3]), given, b"".join(answer))

    return send


def _headers(token: str, content_type: str | None) -> tuple[tuple[str, str], ...]:
    authorization = ("Authorization", f"Bearer {token}")
    if content_type is None:
        return (authorization,)
    return authorization, ("Content-Type", content_type)
