"""Two thousand malformed exchanges get a valid response or a closed connection."""

from __future__ import annotations

import json
import logging
import random
import socket
from http.client import HTTPResponse
from typing import Any

import pytest

EXCHANGES = 2000
PARTS = 4

VALID = [
    b"GET /v1/contacts?limit=1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\n\r\n",
    b"POST /v1/groups HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sandbox_http\r\n"
    b'Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{"name":"G"}',
    b"POST /v1/groups HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sandbox_http\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    b'4\r\n{"na\r\n8\r\nme":"G"}\r\n0\r\n\r\n',
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
        answer = HTTPResponse(connection)
        try:
            first = connection.recv(1, socket.MSG_PEEK)
            if not first:
                return None
            answer.begin()
            body = answer.read()
        except (ConnectionResetError, ConnectionAbortedError):
            return None
        if answer.status >= 400:
            kind = "api_error" if answer.status >= 500 else "invalid_request"
            assert list(error := json.loads(body)) == ["type", "message", "documentation_url"]
            assert error["type"] == kind
        return answer.status


@pytest.mark.parametrize("part", range(PARTS))
def test_malformed_http_is_rejected_and_server_survives(
    part: int, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    host, port = client.url.removeprefix("http://").split(":")
    chance = random.Random(f"http {part}")
    statuses = []
    with caplog.at_level(logging.ERROR):
        for _ in range(EXCHANGES // PARTS):
            statuses.append(exchange((host, int(port)), mutated(chance)))
            assert statuses[-1] is None or statuses[-1] < 500 or statuses[-1] in (501, 505)
    assert not caplog.records
    assert {None, 400} < set(statuses)
    assert client.get("/v1/contacts").status == 200
