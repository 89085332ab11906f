"""Malformed exchanges get a valid response or a closed connection; refused ones change nothing."""

from __future__ import annotations

import json
import logging
import random
import socket
from collections import Counter
from http.client import HTTPResponse
from typing import cast

import pytest
from hypothesis import settings

from mockserver.server import Server
from tests.properties.wsgi_client import WsgiClient, small_app

PARTS = 4

VALID = [
    b"GET /v1/contacts?limit=1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\n\r\n",
    b"POST /v1/groups HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sandbox_http\r\n"
    b'Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{"name":"G"}',
    b"POST /v1/groups HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sandbox_http\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    b'4\r\n{"na\r\n8\r\nme":"G"}\r\n0\r\n\r\n',
    b"POST /v1/attachments HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sandbox_http\r\n"
    b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 81\r\n\r\n"
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nHi\r\n--b--\r\n',
    b"PUT /_sandbox/clock HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sandbox_http\r\n"
    b'Content-Type: application/json\r\nContent-Length: 17\r\n\r\n{"mode":"frozen"}',
]
SPLICES = [
    b"\r\n",
    b"\n",
    b"\x00",
    b"\xff" * 9,
    b"Content-Length: -5\r\n",
    b"Content-Length: 99999999999999999999\r\n",
    b"Content-Length: 1\r\nContent-Length: 2\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n",
    b"Expect: 100-continue\r\n",
    b"X: " + b"a" * 100_000,
    b"X: y\r\n" * 5000,
    b"fffffffffffffffff\r\n",
    b"-1\r\n",
    b" HTTP/9.9\r\n",
    b"\x16\x03\x01\x02\x00\x01",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
]


def mutated(chance: random.Random) -> bytes:
    """Return a valid request with a few mutations."""
    data = bytearray(chance.choice(VALID))
    for _ in range(chance.randint(1, 3)):
        position = chance.randrange(len(data) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            del data[position : position + chance.randint(1, 20)]
        elif kind == 1:
            data[position:position] = chance.choice(SPLICES)
        elif kind == 2:
            data[position:position] = chance.randbytes(chance.randint(1, 8))
        else:
            del data[position:]
    return bytes(data)


def exchange(address: tuple[str, int], data: bytes) -> int | None:
    """Return the status of the first response, if there is one, and read the rest."""
    with socket.create_connection(address, timeout=30) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # rejected before the request was complete; there may be a response all the same
        response = HTTPResponse(connection)
        try:
            first = connection.recv(1, socket.MSG_PEEK)
            if not first:
                return None
            response.begin()
            body = response.read()
        except (ConnectionResetError, ConnectionAbortedError):
            return None
        if response.status >= 400:
            kind = "api_error" if response.status >= 500 else "invalid_request"
            assert list(error := json.loads(body)) == ["type", "message", "documentation_url"]
            assert error["type"] == kind
        return response.status


def test_the_requests_are_valid_before_they_are_malformed() -> None:
    with Server(small_app()) as server:
        statuses = [exchange((server.host, server.port), data) for data in VALID]
    assert statuses == [200, 201, 201, 201, 200]


@pytest.mark.parametrize("part", range(PARTS))
def test_malformed_http_is_rejected_and_server_survives(
    part: int, caplog: pytest.LogCaptureFixture
) -> None:
    app = small_app()
    with Server(app) as server, caplog.at_level(logging.ERROR):
        count = 8 * cast(settings, settings.default).max_examples
        statuses = bombard((server.host, server.port), WsgiClient(app, "http"), f"{part}", count)
        assert exchange((server.host, server.port), VALID[0]) == 200
    assert not caplog.records
    assert {None, 400} < statuses.keys()


def bombard(
    address: tuple[str, int], client: WsgiClient, seed: str, count: int
) -> Counter[int | None]:
    """Send malformed exchanges, check the responses, and return the number of each status."""
    chance = random.Random(f"http {seed}")
    statuses: Counter[int | None] = Counter()
    before = client.state()
    for _ in range(count):
        data = mutated(chance)
        status = exchange(address, data)
        statuses[status] += 1
        assert status is None or status < 500 or status in (501, 505), data[:3000]
        after = client.state()
        if status is None or status >= 400:
            assert after == before, data[:3000]
        before = after
    return statuses
