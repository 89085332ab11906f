"""An application can make a connection fail, without an effect on other clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

HEADS = [
    b"GET /%b HTTP/1.1\r\n\r\n",
    b"POST /%b HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",  # a body that is not read
    b"POST /%b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
]


@pytest.fixture(params=HEADS, ids=["no body", "unread body", "chunked body"])
def head(request: pytest.FixtureRequest) -> bytes:
    head: bytes = request.param
    return head


@pytest.fixture(autouse=True)
def _other_clients_are_served(connect: Any) -> Iterator[None]:
    before = connect()
    before.get()
    yield
    assert before.get().text == connect().get().text == "hello"


def test_reset_aborts_the_connection(connect: Any, head: bytes) -> None:
    with pytest.raises(ConnectionResetError):
        connect().send(head % b"reset").rest()


def test_hang_up_sends_no_response(connect: Any, head: bytes) -> None:
    assert connect().send(head % b"hang-up").rest() == b""


def test_send_replaces_the_response(connect: Any, head: bytes) -> None:
    assert connect().send(head % b"raw").rest() == b"HTTP/1.1 2\0\xff\r\r"


def test_hang_up_cuts_a_streamed_response(connect: Any, head: bytes) -> None:
    response = connect().send(head % b"cut").rest()
    assert response.startswith(b"HTTP/1.1 200 OK\r\n")
    assert response.endswith(b"\r\n\r\n5\r\nfirst\r\n")


def test_reset_cuts_a_streamed_response(app: Any, connect: Any, head: bytes) -> None:
    client = connect().send(head % b"reset-later")
    assert client.receive(15) == b"HTTP/1.1 200 OK"
    app.proceed.set()
    with pytest.raises(ConnectionResetError):
        client.rest()
