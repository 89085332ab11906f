"""The requests in the bytes of a connection. It does no I/O, so it can be fed byte by byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from typing import NamedTuple

from mockserver import errors
from mockserver.server.head import MAX_HEAD, Head, HttpError, check_lines, excerpt

MAX_LINE = 4096
"""Bytes of a line between chunks: a size with its extensions, or a trailer."""

MAX_TRAILERS = 100

CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r\n")
TLS_HANDSHAKE = b"\x16"

#: A part of the parser, which yields whenever it needs more bytes.
Steps = Generator[None, None, None]


class Request(NamedTuple):
    """A request that has arrived. ``error`` says why its body is not whole."""

    head: Head
    body: bytes
    error: errors.ApiError | None = None


class RequestReader:
    """The requests of one connection, in order.

    ``parse_head`` turns the bytes of a whole head into a `Head`; ``max_body`` is in bytes.
    """

    __slots__ = (
        *("_checked", "_max_body", "_missing", "_parse_head", "_steps"),
        *("body", "head", "is_head", "received"),
    )

    def __init__(self, parse_head: Callable[[bytes], Head], max_body: int) -> None:
        self._parse_head = parse_head
        self._max_body = max_body
        self.received = bytearray()  # what is not parsed yet
        self.head: Head | None = None  # of the request that is arriving, once it is whole
        self.body = bytearray()  # what has arrived of its body
        self.is_head = False  # whether the latest request is a HEAD: its response has no body
        self._checked = 0  # bytes of an incomplete head whose lines are well-formed
        self._missing = 0  # bytes of the body, or of its current chunk, that have not arrived
        self._steps: Steps | None = None  # what is left of parsing the body

    def next(self) -> Request | None:
        """Return the next request, None if more of it must arrive.

        Raises `ApiError` if its head is malformed; a malformed body is the request's ``error``.
        """
        if self.head is None:
            self.head = self._take_head()
            if self.head is None:
                return None
            if self.head.length == 0:
                return self._finish()
            self._steps = self._take_body(self.head.length)
        assert self._steps is not None
        try:
            next(self._steps)
        except StopIteration:
            return self._finish()
        except errors.ApiError as error:
            return self._finish(error)
        return None

    def end(self) -> Request | None:
        """Return what a client's close makes of the request that is arriving; raises as `next`."""
        if self._missing:
            return self._finish(ended_early(self._missing))
        if self.head is not None:
            return self._finish(broken_chunks("it ended before its last chunk"))
        if self.received:
            check_lines(bytes(self.received) + b"\n", self._checked)
        return None

    def time_out(self, seconds: float) -> Request | None:
        """Return what a deadline makes of the request that is arriving; raises as `next`."""
        if self.head is not None:
            message = "the rest of the request body did not arrive in time"
            return self._finish(HttpError(408, message))
        if self.received:
            raise HttpError(408, f"the request's head did not arrive within {seconds:g} s")
        return None

    def _take_head(self) -> Head | None:
        received = self.received
        empty = 0
        while received.startswith(
            b"\r\n", empty
        ):  # left over from the last request (RFC 9112, 2.2)
            empty += 2
        if empty > MAX_HEAD:
            raise HttpError(414, f"the request line must be shorter than {MAX_HEAD} bytes")
        if empty and len(received) - empty < 2:
            return None
        del received[:empty]
        end = received.find(b"\r\n\r\n", max(0, self._checked - 2)) + 4
        if 3 < end <= MAX_HEAD:
            raw = bytes(received[:end])
            del received[:end]
            self._checked = 0
            self.is_head = raw.startswith(b"HEAD ")
            return self._parse_head(raw)
        if received.startswith(TLS_HANDSHAKE):  # it need not contain an end of line
            raise errors.InvalidRequest("this is TLS; the server speaks http://, not https://")
        self._checked = check_lines(bytes(received), self._checked)
        return None

    def _take_body(self, length: int | None) -> Steps:
        if length is not None:
            yield from self._take(length)
            return
        while size := (yield from self._take_chunk_size()):
            if len(self.body) + size > self._max_body:
                raise errors.TooLarge(self._max_body)
            yield from self._take(size)
            if (yield from self._take_line(2)) != b"\r\n":
                raise broken_chunks("CR LF must follow a chunk's bytes")
        for _ in range(MAX_TRAILERS):
            line = yield from self._take_line(MAX_LINE)
            if line == b"\r\n":
                return
            if not line.endswith(b"\r\n"):
                break
        raise broken_chunks(
            f"the last chunk must be followed by at most {MAX_TRAILERS} trailer lines and an "
            "empty line"
        )

    def _take_chunk_size(self) -> Generator[None, None, int]:
        line = yield from self._take_line(MAX_LINE)
        match = CHUNK_SIZE.fullmatch(line)
        if match is None:
            raise broken_chunks(
                "a chunk must begin with its size in hexadecimal digits and CR LF, such as "
                f"'1a\\r\\n'; got {excerpt(line)}"
            )
        return int(match[1], 16)

    def _take(self, count: int) -> Steps:
        """Move ``count`` bytes to the body as they arrive."""
        self._missing = count
        while True:
            arrived = self.received[: self._missing]
            del self.received[: len(arrived)]
            self.body += arrived
            self._missing -= len(arrived)
            if not self._missing:
                return
            yield

    def _take_line(self, limit: int) -> Generator[None, None, bytes]:
        """Return the next line once it has arrived, cut at ``limit`` bytes."""
        while (end := self.received.find(b"\n", 0, limit) + 1) == 0:
            if len(self.received) >= limit:
                end = limit
                break
            yield
        line = bytes(self.received[:end])
        del self.received[:end]
        return line

    def _finish(self, error: errors.ApiError | None = None) -> Request:
        assert self.head is not None
        request = Request(self.head, b"" if error else bytes(self.body), error)
        self.head = self._steps = None
        self.body = bytearray()
        self._missing = 0
        return request


def broken_chunks(problem: str) -> errors.ApiError:
    return errors.InvalidRequest(f"broken chunked body: {problem}")


def ended_early(missing: int) -> errors.ApiError:
    return errors.InvalidRequest(
        f"the request body ended early: {missing} bytes of it were still to come"
    )
