"""Requests that the server repeats without the application, because that allows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from mockserver.server import Server
from mockserver.server.read_memo import ReadMemo

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from tests.server.conftest import Connect, Reply

GET = b"GET /read HTTP/1.1\r\nHost: x\r\n%b\r\n"


class App:
    """A WSGI application whose responses are numbered, and repeatable while ``may_repeat``."""

    def __init__(self) -> None:
        self.calls = 0
        self.repeats = 0
        self.may_repeat = True

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        self.calls += 1
        environ["mockserver.repeat"] = self.repeat
        body = f"call {self.calls}".encode()
        length = ("Content-Length", str(len(body)))
        start("200 OK", [length, ("X-Request-Id", f"call_{self.calls}")])
        return [body]

    def repeat(self) -> str | None:
        self.repeats += 1
        return f"repeat_{self.repeats}" if self.may_repeat else None


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def server(app: App) -> Iterator[Server]:
    with Server(app) as server:
        yield server


def facts(reply: Reply) -> tuple[str, str | None]:
    return reply.text, reply.getheader("X-Request-Id")


def test_a_repeated_request_gets_the_same_response_with_its_own_id(connect: Connect) -> None:
    first, second = connect().get("/read"), connect().get("/read")
    assert facts(first) == ("call 1", "call_1")
    assert facts(second) == ("call 1", "repeat_1")
    assert [name for name, _ in first.getheaders()] == [name for name, _ in second.getheaders()]


def test_the_application_is_called_when_it_does_not_allow_a_repetition(
    app: App, connect: Connect
) -> None:
    client = connect()
    client.get("/read")
    app.may_repeat = False
    assert facts(client.get("/read")) == ("call 2", "call_2")
    app.may_repeat = True
    assert facts(client.get("/read")) == ("call 2", "repeat_2")


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(GET.replace(b"1.1", b"1.0") % b"Connection: keep-alive\r\n", id="HTTP/1.0"),
        pytest.param(GET % b"Connection: close\r\n", id="close"),
        pytest.param(GET % b"Content-Length: 2\r\n" + b"{}", id="body"),
        pytest.param(GET % b"Transfer-Encoding: chunked\r\n" + b"0\r\n\r\n", id="chunked"),
    ],
)
def test_requests_with_a_body_or_a_closing_connection_are_not_repeated(
    app: App, connect: Connect, request_bytes: bytes
) -> None:
    for number in (1, 2):
        assert connect().send(request_bytes).reply().text == f"call {number}"
    assert app.repeats == 0


def test_pipelined_repetitions_are_answered_in_order(connect: Connect) -> None:
    client = connect()
    client.get("/read")
    client.send(GET % b"" * 2)
    # Two requests in one read are parsed, so both reach the application.
    assert [client.reply().text for _ in range(2)] == ["call 2", "call 3"]
    # The response to the latest is what is repeated, whichever connection asks.
    assert connect().get("/read").text == "call 3"


def test_the_oldest_responses_make_room_for_new_ones() -> None:
    response = b"HTTP/1.1 200 OK\r\nX-Request-Id: 0\r\nDate: x\r\n\r\nbody"
    memo = ReadMemo(max_bytes=5000)
    for request in (b"1", b"2", b"3"):
        memo.add(request, response, lambda: "id")
    assert [bool(memo.respond(request)) for request in (b"1", b"2", b"3")] == [False, True, True]
    memo.add(b"4" * 5000, response, lambda: "id")
    assert memo.respond(b"4" * 5000) is None
