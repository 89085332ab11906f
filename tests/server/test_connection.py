"""How a connection is made to fail, and that nobody else notices."""

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
def _others_are_served(connect: Any) -> Iterator[None]:
    before = connect()
    before.get()
    yield
    assert before.get().text == connect().get().text == "hello"


def test_a_reset(connect: Any, head: bytes) -> None:
    with pytest.raises(ConnectionResetError):
        connect().send(head % b"reset").rest()


def test_an_empty_answer(connect: Any, head: bytes) -> None:
    assert connect().send(head % b"hang-up").rest() == b""


def test_raw_bytes(connect: Any, head: bytes) -> None:
    assert connect().send(head % b"raw").rest() == b"HTTP/1.1 2\0\xff\r\r"


def test_an_answer_cut_in_the_middle(connect: Any, head: bytes) -> None:
    answer = connect().send(head % b"cut").rest()
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\n5\r\nfirst\r\n")


def test_a_reset_in_the_middle(app: Any, connect: Any, head: bytes) -> None:
    client = connect().send(head % b"reset-later")
    assert client.receive(15) == b"HTTP/1.1 200 OK"
    app.proceed.set()
    with pytest.raises(ConnectionResetError):
        client.rest()
