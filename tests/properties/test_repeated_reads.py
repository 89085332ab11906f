"""A server answers a repeated read without the application, and nobody can tell."""

from __future__ import annotations

import gc
import re
import weakref
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.server import Server
from mockserver.web.app import create_app
from tests.conftest import HttpResponse
from tests.properties.sending import Send, over_socket
from tests.properties.session import Session

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TOKEN = "sandbox_reader"
OPERATIONS = 300


class RepeatingSession(Session):
    """A session that often sends one of its latest reads again."""

    def __init__(self, send: Send, seed: str) -> None:
        super().__init__(send, seed)
        self.reads: list[str] = []
        self.headers: list[list[tuple[str, str]]] = []
        self.operations[self.repeat] = 40
        self.operations[self.simulate] = 2
        self.operations[self.clear] = 3

    def __call__(self, method: str, path: str, *rest: Any, **options: Any) -> Any:
        if method == "GET" and path.startswith("/v1/"):
            self.reads = [*self.reads[-5:], path]
        return super().__call__(method, path, *rest, **options)

    def repeat(self) -> None:
        for path in self.draw.choices(self.reads, k=4):
            self("GET", path)

    def simulate(self) -> None:
        sender = {"contact_id": self._any("contacts"), "message": "hello"}
        self("POST", "/_sandbox/simulate/message", sender)

    def clear(self) -> None:
        self("DELETE", "/_sandbox/faults")
        self("DELETE", "/_sandbox/rate-limit")


class Counting:
    """Middleware that counts the reads that reach the application.

    With ``is_opaque``, the server does not see what the application leaves in the environ.
    """

    def __init__(self, app: WSGIApplication, *, is_opaque: bool = False) -> None:
        self.app = app
        self.is_opaque = is_opaque
        self.reads: Counter[str] = Counter()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_URI"].startswith("/v1/") and environ["REQUEST_METHOD"] == "GET":
            self.reads[environ["REQUEST_URI"]] += 1
        return self.app(dict(environ) if self.is_opaque else environ, start)


def play(seed: str, *, is_opaque: bool) -> tuple[list[Any], int]:
    """Return all that a client can see of a session, and the reads that the application saw."""
    app = Counting(create_app(), is_opaque=is_opaque)
    seen: list[Any] = []
    with Server(app) as server, closing(HTTPConnection("127.0.0.1", server.port)) as connection:
        send = over_socket(connection, TOKEN)

        def observed(method: str, path: str, body: bytes | None, kind: str | None) -> HttpResponse:
            response = send(method, path, body, kind)
            headers = [pair for pair in response.headers.items() if pair[0] != "Date"]
            seen.append((method, path, response.status, headers))
            return response

        seen += RepeatingSession(observed, seed).play(OPERATIONS)
        ids = [f"req_{number}" for number in range(1, 1000, 20)]
        for path in ("/_sandbox/requests?limit=1000", *(f"/_sandbox/requests/{id}" for id in ids)):
            text = send("GET", path, None, None).data.decode()
            seen.append(re.sub(rf'"ms":[0-9.]+|:{server.port}', "", text))
    return seen, app.reads.total()


@pytest.mark.parametrize("seed", ["one", "two", "three"])
def test_repeated_reads_are_answered_alike_with_and_without_the_application(seed: str) -> None:
    remembered, reads = play(seed, is_opaque=False)
    recomputed, all_reads = play(seed, is_opaque=True)
    assert remembered == recomputed
    assert all_reads - reads > 100


def test_a_deleted_sandbox_is_freed_though_its_reads_are_remembered() -> None:
    app = create_app()
    with Server(app) as server, closing(HTTPConnection("127.0.0.1", server.port)) as connection:
        send = over_socket(connection, TOKEN)
        for _ in range(3):
            send("GET", "/v1/contacts", None, None)
        sandbox = weakref.ref(app.sandboxes.open("reader"))
        gc.collect()
        gc.disable()
        try:
            send("DELETE", "/_sandbox/sandboxes/reader", None, None)
            assert sandbox() is None
        finally:
            gc.enable()
        assert send("GET", "/v1/contacts", None, None).headers["X-Request-Id"] == "req_1"
