"""The requests in the bytes of a connection. It does no I/O, so it can be fed byte by byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from typing import NamedTuple

from mockserver.errors import ApiError, InvalidRequest, TooLarge
from mockserver.server.head import MAX_HEAD, Head, HttpError, check_lines, excerpt, malformed

MAX_LINE = 4096  # bytes of a line between chunks: a size with its extensions, or a trailer
MAX_TRAILERS = 100

CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r\n")
EMPTY_LINES = re.compile(rb"(?:\r\n)+")
TLS_HANDSHAKE = b"\x16"


class Request(NamedTuple):
    """A request that has arrived.

    ``error`` is the error in its head if ``head`` is None, else the error in its body, if any.
    """

    raw_head: bytes
    head: Head | None
    body: bytes
    error: ApiError | None


class RequestReader:
    """The requests of one connection, in order.

    ``parse_head`` turns the bytes of a whole head into a `Head`; ``max_body`` is in bytes.
    """

    def __init__(self, parse_head: Callable[[bytes], Head], max_body: int) -> None:
        self._parse_head = parse_head
        self._max_body = max_body
        self.received = bytearray()  # not parsed yet
        self.head: Head | None = None  # of the request that is arriving, once it is whole
        self.body = bytearray()  # what has arrived of its body
        self._raw_head = b""
        self._checked = 0  # bytes of an incomplete head whose lines are well-formed
        self._missing = 0  # bytes of the body, or of its current chunk, that have not arrived
        self._requests = self._parse()

    @property
    def is_idle(self) -> bool:
        """True between two requests: nothing of the next one has arrived."""
        return self.head is None and not self.received

    def next(self) -> Request | None:
        """Return the next request, None if more of it must arrive."""
        try:
            return next(self._requests)
        except ApiError as error:
            return self._finish(error)

    def cut(self, error: ApiError | None = None) -> Request | None:
        """Return the request of which no more will arrive, None if none was begun.

        ``error`` says why; by default, because the client has closed the connection.
        """
        if self.head is None:
            if not self.received.strip(b"\r\n"):
                return None
            line = bytes(self.received[self._checked :])
            error = error or malformed(line, is_header=self._checked > 0)
        elif error is None and self._missing:
            missing = f"{self._missing} bytes of it were still to come"
            error = InvalidRequest(f"the request body ended early: {missing}")
        return self._finish(error or broken_chunks("it ended before its last chunk"))

    def _finish(self, error: ApiError | None = None) -> Request:
        body = b"" if error else bytes(self.body)
        request = Request(self._raw_head or bytes(self.received), self.head, body, error)
        self.head, self._raw_head, self._missing, self.body = None, b"", 0, bytearray()
        return request

    # The parser consists of generators, which yield None whenever they need more bytes.

    def _parse(self) -> Generator[Request | None]:
        while True:
            while not self._take_head():
                yield None
            self.head = self._parse_head(self._raw_head)
            if self.head.length is None:
                yield from self._take_chunks()
            elif self.head.length:
                yield from self._take(self.head.length)
            yield self._finish()

    def _take_head(self) -> bool:
        received = self.received
        if empty := EMPTY_LINES.match(received):  # sent after the last request (RFC 9112, 2.2)
            if empty.end() > MAX_HEAD:
                raise HttpError(414, f"the request line must be shorter than {MAX_HEAD} bytes")
            if len(received) - empty.end() < 2:  # perhaps the beginning of another
                return False
            del received[: empty.end()]
        end = received.find(b"\r\n\r\n", max(0, self._checked - 2)) + 4
        if 3 < end <= MAX_HEAD:
            self._raw_head = bytes(received[:end])
            del received[:end]
            self._checked = 0
            return True
        if received.startswith(TLS_HANDSHAKE):  # it need not contain an end of line
            raise InvalidRequest("this is TLS; the server speaks http://, not https://")
        self._checked = check_lines(bytes(received), self._checked)
        return False

    def _take_chunks(self) -> Generator[None]:
        while size := chunk_size((yield from self._take_line(MAX_LINE))):
            if len(self.body) + size > self._max_body:
                raise TooLarge(self._max_body)
            yield from self._take(size)
            if (yield from self._take_line(2)) != b"\r\n":
                raise broken_chunks("CR LF must follow a chunk's bytes")
        for _ in range(MAX_TRAILERS):
            line = yield from self._take_line(MAX_LINE)
            if line == b"\r\n":
                return
            if not line.endswith(b"\r\n"):
                break
        trailers = f"at most {MAX_TRAILERS} trailer lines and an empty line"
        raise broken_chunks(f"the last chunk must be followed by {trailers}")

    def _take(self, count: int) -> Generator[None]:
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
        while not (end := self.received.find(b"\n", 0, limit) + 1):
            if len(self.received) >= limit:
                end = limit
                break
            yield
        line = bytes(self.received[:end])
        del self.received[:end]
        return line


def chunk_size(line: bytes) -> int:
    """Return the size in a chunk's first line; raises `ApiError` if it is malformed."""
    if match := CHUNK_SIZE.fullmatch(line):
        return int(match[1], 16)
    first = "its size in hexadecimal digits and CR LF, such as '1a\\r\\n'"
    raise broken_chunks(f"a chunk must begin with {first}; got {excerpt(line)}")


def broken_chunks(problem: str) -> ApiError:
    """Return the error for a chunked body."""
    return InvalidRequest(f"broken chunked body: {problem}")
