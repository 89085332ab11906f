"""The body of one request: what the application reads as ``wsgi.input``."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from mockserver import errors

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SMALL = 64 * 1024
"""Bytes of an unread body that are read and dropped so that the connection can be kept."""

LONGEST_LINE = 4096
"""Bytes of a line between chunks: a size with its extensions, or a trailer."""

MOST_TRAILERS = 100

CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r\n")


class Refusal(errors.ApiError):
    """An error of HTTP itself, of a status that the API's own errors do not know."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Body(io.RawIOBase):
    """The bytes of one request's body and not one more (RFC 9112, sections 6 and 7).

    ``length`` is in bytes, None for a chunked body, which may carry up to ``limit`` bytes.
    A body that is broken, cut or too large raises an `ApiError` from this and every later
    read, for the application to render.
    """

    def __init__(self, stream: io.BufferedReader, length: int | None, limit: int) -> None:
        self.finished = length == 0
        self._stream = stream
        self._chunked = length is None
        self._left = length or 0  # bytes left: of the body, or of the chunk at hand
        self._limit = limit
        self._room = limit  # bytes that further chunks may have
        self._in_chunk = False
        self._error: errors.ApiError | None = None

    @property
    def small(self) -> bool:
        """Whether what is left to read is known, and little enough to be read and dropped."""
        rest_is_known = self.finished or not self._chunked
        return self._error is None and rest_is_known and self._left <= SMALL

    def drop(self) -> bool:
        """Read what is left and forget it; False if that fails."""
        try:
            while self.read(SMALL):
                pass
        except errors.ApiError:
            return False
        return True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        if self._error is None:
            try:
                return self._receive(memoryview(buffer))
            except errors.ApiError as error:
                self._error = error
            except TimeoutError:
                self._error = Refusal(408, "the rest of the request body did not arrive in time")
            except OSError:
                self._error = errors.InvalidRequest("the connection broke within the body")
        raise self._error

    def _receive(self, buffer: memoryview) -> int:
        if self._chunked and not self.finished and self._left == 0:
            self._next_chunk()
        if self.finished:
            return 0
        count = self._stream.readinto1(buffer[: self._left])
        if count == 0:
            raise errors.InvalidRequest(
                f"the request body ended early: {self._left} bytes of it were still to come"
            )
        self._left -= count
        self.finished = not self._chunked and self._left == 0
        return count

    def _next_chunk(self) -> None:
        if self._in_chunk and self._line() != b"\r\n":
            raise errors.InvalidRequest("broken chunked body: CR LF must follow a chunk's bytes")
        size = CHUNK_SIZE.fullmatch(line := self._line())
        if size is None:
            raise errors.InvalidRequest(
                "broken chunked body: a chunk must begin with its size in hexadecimal "
                f"digits and CR LF, such as '1a\\r\\n'; got {excerpt(line)}"
            )
        self._in_chunk = True
        self._left = int(size[1], 16)
        self._room -= self._left
        if self._room < 0:
            raise errors.TooLarge(self._limit)
        if self._left == 0:
            self._skip_trailers()
            self.finished = True

    def _skip_trailers(self) -> None:
        for _ in range(MOST_TRAILERS):
            line = self._line()
            if line == b"\r\n":
                return
            if not line.endswith(b"\r\n"):
                break
        raise errors.InvalidRequest(
            "broken chunked body: the last chunk must be followed by at most "
            f"{MOST_TRAILERS} trailer lines and an empty line"
        )

    def _line(self) -> bytes:
        return self._stream.readline(LONGEST_LINE)


def excerpt(data: bytes) -> str:
    """The beginning of a client's bytes, fit for a message."""
    return repr(data[:60])[1:] + ("…" if len(data) > 60 else "")
