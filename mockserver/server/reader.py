"""The requests in the bytes of a connection. It does no I/O, so it can be fed byte by byte."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mockserver import errors
from mockserver.server.body import Body, ChunkedBody, HttpError, SizedBody
from mockserver.server.head import MAX_HEAD, Head, check_lines

TLS_HANDSHAKE = 0x16


class Request(NamedTuple):
    """A request that has arrived. ``error`` says why its body has not arrived whole."""

    head: Head
    body: bytes
    error: errors.ApiError | None = None


class RequestReader:
    """The requests of one connection, in order.

    ``parse_head`` turns the bytes of a whole head into a `Head`; ``max_body`` is in bytes.
    """

    __slots__ = (
        *("_body", "_checked", "_head", "_max_body", "_parse_head", "_received", "_skipped"),
        "is_head",
    )

    def __init__(self, parse_head: Callable[[bytes], Head], max_body: int) -> None:
        self._parse_head = parse_head
        self._max_body = max_body
        self.is_head = False  # whether the latest request is a HEAD: its response has no body
        self._received = bytearray()
        self._head: Head | None = None
        self._body: Body | None = None
        self._checked = 0  # bytes of an incomplete head whose lines are well-formed
        self._skipped = 0  # bytes of empty lines before the request line

    @property
    def is_idle(self) -> bool:
        """True if no byte of a next request has arrived."""
        return self._head is None and not self._received

    @property
    def has_data(self) -> bool:
        """True if bytes have arrived that belong to no request yet."""
        return bool(self._received)

    @property
    def body_size(self) -> int | None:
        """Bytes that have arrived of the current body; None before its head is whole."""
        return None if self._body is None else len(self._body.data)

    @property
    def awaits_continue(self) -> bool:
        """True if the client waits for a 100 before it sends the body (RFC 9110, 10.1.1)."""
        head = self._head
        return head is not None and head.expects_continue and self.body_size == 0

    def feed(self, data: bytes) -> None:
        """Add what has arrived."""
        self._received += data

    def next(self) -> Request | None:
        """Return the next request, None if more of it must arrive.

        Raises `ApiError` if its head is malformed; a malformed body is the request's ``error``.
        """
        if self._head is None:
            self._head = self._take_head()
            if self._head is None:
                return None
            length = self._head.length
            if length == 0:
                return self._finish(b"")
            self._body = ChunkedBody(self._max_body) if length is None else SizedBody(length)
        assert self._body is not None
        try:
            self._body.take(self._received)
        except errors.ApiError as error:
            return self._finish(b"", error)
        return self._finish(bytes(self._body.data)) if self._body.is_whole else None

    def end(self) -> Request | None:
        """Return what a client's close makes of the request it has begun; raises as `next`."""
        if self._body is not None:
            return self._finish(b"", self._body.ended())
        if self._received:
            check_lines(bytes(self._received) + b"\n", self._checked)
        return None

    def time_out(self, seconds: float) -> Request | None:
        """Return what a deadline makes of the request that was begun; raises as `next`."""
        if self._body is not None:
            message = "the rest of the request body did not arrive in time"
            return self._finish(b"", HttpError(408, message))
        if self._received:
            raise HttpError(408, f"the request's head did not arrive within {seconds:g} s")
        return None

    def _take_head(self) -> Head | None:
        received = self._received
        while received[:2] == b"\r\n":  # left over from the last request (RFC 9112, 2.2)
            del received[:2]
            self._skipped += 2
        end = received.find(b"\r\n\r\n", max(0, self._checked - 2)) + 4
        if end == 3 or end > MAX_HEAD or self._skipped > MAX_HEAD:
            self._check_incomplete_head()
            return None
        raw = bytes(received[:end])
        del received[:end]
        self.is_head = raw.startswith(b"HEAD ")
        self._checked = self._skipped = 0
        return self._parse_head(raw)

    def _check_incomplete_head(self) -> None:
        if self._received[:1] == bytes([TLS_HANDSHAKE]):  # it need not have an end of line
            raise errors.InvalidRequest("this is TLS; the server speaks http://, not https://")
        if self._skipped > MAX_HEAD:
            raise HttpError(414, f"the request line must be shorter than {MAX_HEAD} bytes")
        self._checked = check_lines(bytes(self._received), self._checked)

    def _finish(self, body: bytes, error: errors.ApiError | None = None) -> Request:
        assert self._head is not None
        request = Request(self._head, body, error)
        self._head = self._body = None
        return request
