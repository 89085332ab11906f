"""Malformed requests get an error object or a closed connection; the server keeps running."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import socket
import struct
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.server import Server

MALFORMED_LINE = "malformed request line: it must be"
MALFORMED_HEADER = "malformed header: each must be one line 'Name: value'"
BAD_LENGTH = "Content-Length must be one number"
BROKEN_CHUNKS = "broken chunked body:"


@pytest.fixture(autouse=True)
def _server_is_alive_and_warned_of_nothing(
    server: Server,
    connect: Any,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[None]:
    """After each test the next client is served, and no warning was logged about the last one."""
    yield
    assert connect().get().text == "hello"
    server.stop()
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []
    assert capfd.readouterr().err == ""


def post(*headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join(["POST /echo HTTP/1.1", *headers, "", ""]).encode("latin-1") + body


def chunked(body: bytes) -> bytes:
    return post("Transfer-Encoding: chunked", body=body)


MALFORMED = {
    "not HTTP at all": (b"hello there\r\n\r\n", 400, MALFORMED_LINE),
    "HTTP/0.9": (b"GET /hello\r\n", 400, MALFORMED_LINE),
    "no path": (b"GET  HTTP/1.1\r\n\r\n", 400, MALFORMED_LINE),
    "a whole URL without a path": (b"GET http://x HTTP/1.1\r\n\r\n", 400, MALFORMED_LINE),
    "a whole URL of https": (b"GET https://x/ HTTP/1.1\r\n\r\n", 400, MALFORMED_LINE),
    "a whole URL with a user": (b"GET http://a@x/ HTTP/1.1\r\n\r\n", 400, MALFORMED_LINE),
    "a path without slash": (b"GET hello HTTP/1.1\r\n\r\n", 400, MALFORMED_LINE),
    "a space in the path": (b"GET /a b HTTP/1.1\r\n\r\n", 400, MALFORMED_LINE),
    "a fragment": (b"GET /a#b HTTP/1.1\r\n\r\n", 400, MALFORMED_LINE),
    "CONNECT": (b"CONNECT x:443 HTTP/1.1\r\n\r\n", 400, MALFORMED_LINE),
    "lower case": (b"get / HTTP/1.1\r\n\r\n", 400, "a method in upper case"),
    "NUL in the path": (b"GET /\0 HTTP/1.1\r\n\r\n", 400, r"got 'GET /\x00 HTTP/1.1\r\n'"),
    "NUL in a header": (post("A: \0"), 400, r"got 'A: \x00\r\n'"),
    "bare LF": (b"GET / HTTP/1.1\n\n", 400, "ended by CR LF"),
    "bare LF after a header": (b"GET / HTTP/1.1\r\nA: b\n\r\n", 400, MALFORMED_HEADER),
    "bare CR in the path": (b"GET /\r HTTP/1.1\r\n\r\n", 400, MALFORMED_LINE),
    "bare CR in a header": (post("A: b\rC: d"), 400, MALFORMED_HEADER),
    "no version": (b"GET / HTTP\r\n\r\n", 400, MALFORMED_LINE),
    "an odd version": (b"GET / HTTP/1.x\r\n\r\n", 400, MALFORMED_LINE),
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "use HTTP/1.1"),
    "HTTP/2 request": (b"GET / HTTP/2.0\r\n\r\n", 505, "use HTTP/1.1"),
    "TLS ClientHello": (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        400,
        "received a TLS handshake",
    ),
    "header without colon": (post("Accept"), 400, MALFORMED_HEADER),
    "header without name": (post(": b"), 400, MALFORMED_HEADER),
    "space before the colon": (post("A : b"), 400, MALFORMED_HEADER),
    "folded header": (post("A: b", " c"), 400, MALFORMED_HEADER),
    "two hosts": (post("Host: localhost", "Host: localhost"), 400, "send one Host header"),
    "an asterisk": (b"GET * HTTP/1.1\r\n\r\n", 400, MALFORMED_LINE),
    "length below 0": (post("Content-Length: -1"), 400, "bytes of the body, such as 42; got '-1'"),
    "length with a sign": (post("Content-Length: +1"), 400, BAD_LENGTH),
    "length in Python": (post("Content-Length: 1_0"), 400, BAD_LENGTH),
    "length in words": (post("Content-Length: ten"), 400, BAD_LENGTH),
    "length empty": (post("Content-Length:"), 400, BAD_LENGTH),
    "length of 5000 digits": (post("Content-Length: " + "9" * 5000), 400, BAD_LENGTH),
    "two lengths": (post("Content-Length: 1", "Content-Length: 2"), 400, "got '1, 2'"),
    "two lengths in one": (post("Content-Length: 1, 2"), 400, BAD_LENGTH),
    "length and chunks": (
        post("Content-Length: 1", "Transfer-Encoding: chunked"),
        400,
        "send Content-Length or Transfer-Encoding, not both",
    ),
    "chunks in HTTP/1.0": (
        b"POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        400,
        "needs HTTP/1.1",
    ),
    "unknown coding": (post("Transfer-Encoding: gzip, chunked"), 501, "got 'gzip, chunked'"),
    "chunked twice": (post("Transfer-Encoding: chunked, chunked"), 501, "is 'chunked'"),
    "length over the limit": (post("Content-Length: 1001"), 413, "over the limit of 1000 bytes"),
    "length far over": (post("Content-Length: 99999999999999999999"), 413, "--max-body"),
    "chunk over the limit": (chunked(b"3e9\r\n"), 413, "over the limit of 1000 bytes"),
    "chunks over the limit": (chunked(b"1f4\r\n" + bytes(500) + b"\r\n1f5\r\n"), 413, "1000"),
    "size not a number": (chunked(b"xyz\r\n"), 400, r"such as '1a\r\n'; got 'xyz\r\n'"),
    "size below 0": (chunked(b"-5\r\n"), 400, BROKEN_CHUNKS),
    "size in Python": (chunked(b"0x5\r\n"), 400, BROKEN_CHUNKS),
    "size empty": (chunked(b"\r\n"), 400, BROKEN_CHUNKS),
    "size with bare LF": (chunked(b"5\nhello"), 400, BROKEN_CHUNKS),
    "size of 17 digits": (chunked(b"1" * 17 + b"\r\n"), 400, BROKEN_CHUNKS),
    "endless size line": (chunked(b"1;" + b"x" * 9999), 400, BROKEN_CHUNKS),
    "no end of chunk": (chunked(b"5\r\nhelloworld\r\n"), 400, "CR LF must follow"),
    "broken trailer": (chunked(b"0\r\nA: b\nC: d"), 400, "trailer"),
    "endless trailers": (chunked(b"0\r\n" + b"A: b\r\n" * 999), 400, "trailer"),
    "endless request line": (b"GET /" + b"a" * 99999, 414, "shorter than 65536 bytes"),
    "endless header": (post("A: " + "b" * 99999), 431, "shorter than 65536 bytes"),
    "endless headers": (post(*["A: b"] * 99999), 431, "shorter than 65536 bytes"),
    "endless empty lines": (b"\r\n" * 99999, 414, "shorter than 65536 bytes"),
}


@pytest.mark.parametrize(("data", "status", "message"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_request_gets_an_error_object(
    connect: Any, data: bytes, status: int, message: str
) -> None:
    assert message in connect().send(data).refusal(status)
    client = connect()
    client.get()
    assert message in client.send(data).refusal(status)


@pytest.mark.parametrize(
    ("status", "phrase"),
    [(400, "Bad Request"), (501, "Not Implemented"), (505, "HTTP Version Not Supported")],
)
def test_the_status_line_has_a_reason_phrase(connect: Any, status: int, phrase: str) -> None:
    data = next(data for data, expected, _ in MALFORMED.values() if expected == status)
    assert connect().send(data).reply().reason == phrase


def test_an_error_of_a_head_request_has_no_body(connect: Any) -> None:
    client = connect().send(b"HEAD / HTTP/1.1\r\nContent-Length: x\r\n\r\n")
    head, _, body = client.rest().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert body == b""


def test_an_error_after_a_head_request_has_a_body(connect: Any) -> None:
    client = connect().send(b"HEAD /hello HTTP/1.1\r\n\r\n")
    assert client.receive_head().startswith(b"HTTP/1.1 200 OK\r\n")
    client.send(b"GET\r\n").refusal(400)


CORS = {
    "Access-Control-Allow-Origin": "http://a",
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Expose-Headers": "Content-Type, Content-Length",
    "Vary": "Origin",
}
API_HEADS = [
    (400, b"POST /v1/contacts HTTP/1.1\r\nOrigin: http://a\r\nContent-Length: x\r\n\r\n"),
    (400, b"GET /_assets/default/avatars/a HTTP/1.1\r\nOrigin: http://a\r\nA\r\n\r\n"),
    (408, b"POST http://b/v1/contacts HTTP/1.1\r\nOrigin: http://a\r\n"),
    (413, b"POST /s/name/v1/x HTTP/1.1\r\norigin:http://a \r\nContent-Length: 9999\r\n\r\n"),
    (431, b"GET /v1?a=b HTTP/1.1\r\nOrigin: http://a\r\n" + b"A: b\r\n" * 99999),
    (500, b"GET /v1 HTTP/1.1\r\nOrigin: http://a\r\n\r\n"),  # the application has no such path
]


@pytest.mark.parametrize(("status", "head"), API_HEADS)
def test_a_page_can_read_why_a_request_is_refused(
    app: Any, connect: Any, caplog: pytest.LogCaptureFixture, status: int, head: bytes
) -> None:
    without_origin = re.sub(rb"(?i)\r\norigin:[^\r]*", b"", head)
    outside_api = re.sub(b"/v1|/_assets", b"/v1x", head)
    with Server(app, max_body=1000, idle_timeout=0.2) as server:
        for data, is_readable in ((head, True), (without_origin, False), (outside_api, False)):
            reply = connect(server).send(data).reply()
            assert reply.status == status
            cors = {name: value for name, value in reply.getheaders() if name in CORS}
            assert cors == (CORS if is_readable else {})
    caplog.clear()


@pytest.mark.parametrize(
    ("cut", "status", "message"),
    [
        (b"GET /hel", 400, MALFORMED_LINE),
        (b"GET / HTTP/1.1\r\n", 400, MALFORMED_HEADER),
        (b"GET / HTTP/1.1\r\nAccept: te", 400, MALFORMED_HEADER),
        (post("Content-Length: 9", body=b"half"), 400, "5 bytes are missing"),
        (chunked(b""), 400, BROKEN_CHUNKS),
        (chunked(b"9\r\nhalf"), 400, "5 bytes are missing"),
        (chunked(b"4\r\nhalf"), 400, BROKEN_CHUNKS),
        (chunked(b"0\r\n"), 400, BROKEN_CHUNKS),
    ],
)
def test_a_truncated_request_gets_an_error_object(
    connect: Any, cut: bytes, status: int, message: str
) -> None:
    client = connect().send(cut)
    client.socket.shutdown(socket.SHUT_WR)
    assert message in client.refusal(status)


def test_a_connection_without_a_request_is_closed(connect: Any) -> None:
    client = connect()
    client.socket.shutdown(socket.SHUT_WR)
    assert client.rest() == b""


@pytest.mark.parametrize("abortive", [False, True], ids=["FIN", "RST"])
def test_clients_can_hang_up_after_any_byte(connect: Any, abortive: bool) -> None:
    request = chunked(b"5\r\nhello\r\n0\r\n\r\n")
    for end in range(len(request) + 1):
        client = connect().send(request[:end])
        if abortive:
            linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        client.socket.close()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"GET /hello HTTP/1.1\r\nHos", "head did not arrive within 0.2 s"),
        (post("Content-Length: 9", body=b"half"), "did not arrive in time"),
        (chunked(b"5\r\nhello\r\n"), "did not arrive in time"),
    ],
)
def test_a_request_that_stalls_is_a_408(app: Any, connect: Any, data: bytes, message: str) -> None:
    with Server(app, idle_timeout=0.2) as server:
        assert message in connect(server).send(data).refusal(408)


def test_an_idle_connection_is_closed_after_the_timeout(app: Any, connect: Any) -> None:
    with Server(app, idle_timeout=0.2) as server:
        client = connect(server)
        assert client.get().text == "hello"
        assert client.rest() == b""
        assert connect(server).rest() == b""


def test_hundreds_of_connections_time_out_together(app: Any, connect: Any) -> None:
    with Server(app, idle_timeout=0.2) as server:
        stalled = [connect(server).send(b"GET /hello HTTP/1.1\r\nHos") for _ in range(200)]
        idle = [connect(server) for _ in range(200)]
        assert {client.reply().status for client in stalled} == {408}
        assert {client.rest() for client in idle} == {b""}


def test_slow_clients_do_not_block_others(connect: Any) -> None:
    slow_bodies = [connect().send(post("Content-Length: 4", body=b"s")) for _ in range(50)]
    slow_heads = [connect().send(b"POST /echo HTTP/1.1\r\nContent-Len") for _ in range(50)]
    idle = [connect() for _ in range(50)]
    assert connect().get().text == "hello"
    for client in slow_bodies:
        assert client.send(b"low").reply().text == "slow"
    for client in slow_heads:
        assert client.send(b"gth: 6\r\n\r\nslower").reply().text == "slower"
    for client in idle:
        assert client.get().text == "hello"


FRAGMENTS = [
    *(b"GET", b"POST", b" ", b"/echo", b"HTTP/1.1", b"\r\n", b"\r", b"\n", b"\0", b": "),
    *(b"Content-Length", b"Transfer-Encoding", b"chunked", b"5", b"0", b"-", b"hello"),
    *(b"POST /echo HTTP/1.1\r\n", b"Transfer-Encoding: chunked\r\n\r\n", b"Content-Length: "),
]


@settings(
    deadline=None,
    derandomize=True,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.binary(max_size=200) | st.lists(st.sampled_from(FRAGMENTS)).map(b"".join))
def test_any_bytes_get_responses_or_a_close(connect: Any, data: bytes) -> None:
    client = connect()
    with contextlib.suppress(ConnectionError), client.socket:
        client.send(data)
        client.socket.shutdown(socket.SHUT_WR)
        response = client.rest()
        assert response == b"" or response.startswith(b"HTTP/1.1 ")
        assert b"HTTP/1.1 500" not in response
