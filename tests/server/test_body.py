"""Request bodies: reading, size limits, and bodies left unread."""

from __future__ import annotations

from http.client import HTTPConnection
from typing import Any

import flask
import pytest

from mockserver import errors
from mockserver.server import Server


@pytest.mark.parametrize("size", [0, 1, 999, 1000])
def test_a_body_of_known_length_is_read(connect: Any, size: int) -> None:
    client = connect()
    for _ in range(2):
        client.send(f"POST /echo HTTP/1.1\r\nContent-Length: {size}\r\n\r\n".encode() + b"x" * size)
        assert client.reply().text == "x" * size


@pytest.mark.parametrize(
    "body",
    [
        b"5\r\nhello\r\n0\r\n\r\n",
        b"1\r\nh\r\n4\r\nello\r\n0\r\n\r\n",
        b'005 ; name="value"\r\nhello\r\n000\r\nTrailer: 1\r\nOther: 2\r\n\r\n',
    ],
)
def test_a_chunked_body_is_read(connect: Any, body: bytes) -> None:
    client = connect()
    for _ in range(2):
        client.send(b"POST /echo HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n" + body)
        assert client.reply().text == "hello"


def test_a_body_sent_byte_by_byte_is_read(connect: Any) -> None:
    client = connect().send(b"POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
    for byte in b"A\r\n0123456789\r\n0\r\n\r\n":
        client.send(bytes([byte]))
    assert client.reply().text == "0123456789"


@pytest.mark.parametrize("expectation", [b"100-continue", b"100-Continue"])
def test_expect_100_continue_is_answered(connect: Any, expectation: bytes) -> None:
    client = connect().send(
        b"POST /echo HTTP/1.1\r\nContent-Length: 5\r\nExpect: " + expectation + b"\r\n\r\n"
    )
    interim = b"HTTP/1.1 100 Continue\r\n\r\n"
    assert client.receive(len(interim)) == interim
    assert client.send(b"hello").reply().text == "hello"


def test_a_body_over_the_limit_gets_no_100_continue(connect: Any) -> None:
    client = connect().send(
        b"POST /echo HTTP/1.1\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n"
    )
    assert client.refusal(413) == errors.TooLarge(1000).message


@pytest.mark.parametrize("chunked", [False, True])
def test_a_client_that_sends_the_whole_body_sees_the_413(server: Server, chunked: bool) -> None:
    client = HTTPConnection(server.host, server.port)
    pieces = iter([bytes(1_000_000)] * 30)
    headers = {} if chunked else {"Content-Length": "30000000"}
    client.request("POST", "/echo", pieces, headers, encode_chunked=chunked)
    assert client.getresponse().status == 413
    client.close()


def test_an_unread_small_body_is_skipped(connect: Any) -> None:
    client = connect()
    for path in ("hello", "read-some"):
        client.send(f"POST /{path} HTTP/1.1\r\nContent-Length: 9\r\n\r\nGET / HTT".encode())
        assert client.reply().text in ("hello", "GET")
    assert client.get().text == "hello"


def test_an_unread_chunked_body_keeps_the_connection(connect: Any) -> None:
    client = connect().send(
        b"POST /hello HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    )
    assert client.reply().text == client.get().text == "hello"


def test_an_unread_large_body_keeps_the_connection(app: Any) -> None:
    with Server(app) as server:
        client = HTTPConnection(server.host, server.port)
        for _ in range(2):
            client.request("POST", "/hello", body=bytes(20_000_000))
            reply = client.getresponse()
            assert (reply.read(), reply.getheader("Connection")) == (b"hello", None)
        client.close()


def test_a_malformed_body_raises_at_every_read(connect: Any) -> None:
    client = connect().send(
        b"POST /read-twice HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n5\r\nhello\r\n"
    )
    reply = client.reply()
    assert reply.text.startswith("broken chunked body")
    assert reply.getheader("Connection") == "close"
    assert client.rest() == b""


def test_flask_handles_the_error_that_a_body_raises(connect: Any) -> None:
    app = flask.Flask(__name__)

    @app.errorhandler(errors.ApiError)
    def render(error: errors.ApiError) -> tuple[str, int]:
        return f"rendered: {error.message}", error.status

    @app.post("/json")
    def parse_json() -> Any:
        return flask.request.get_json()

    @app.post("/form")
    def parse_form() -> Any:
        return {**flask.request.form, "files": len(flask.request.files)}

    def send(head: bytes, body: bytes) -> tuple[int, str]:
        head = b"POST " + head + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
        reply = connect(server).send(head + body).reply()
        return reply.status, reply.text

    json_head = b"/json HTTP/1.1\r\nContent-Type: application/json"
    form_head = b"/form HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b"
    with Server(app, max_body=100) as server:
        assert send(json_head, b"2\r\n{}\r\n0\r\n\r\n") == (200, "{}\n")
        for head in (json_head, form_head):
            status, text = send(head, b"x\r\n")
            assert (status, text[:29]) == (400, "rendered: broken chunked body")
            status, text = send(head, b"65\r\n")
            assert (status, text[:43]) == (413, "rendered: the request body is over the limi")
