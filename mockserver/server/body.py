"""The body of a request, collected as it arrives."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Protocol

from mockserver import errors

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_LINE = 4096
"""Bytes of a line between chunks: a size with its extensions, or a trailer."""

MAX_TRAILERS = 100

CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r\n")


class HttpError(errors.ApiError):
    """An error of HTTP itself, with a status that the API's own errors do not have."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Body(Protocol):
    """A body that is collected from what a connection has received.

    ``data`` is what has arrived of it, and ``is_whole`` says whether that is all.
    """

    data: bytearray
    is_whole: bool

    def take(self, received: bytearray) -> None:
        """Move the body's bytes from the front of ``received``; raises `ApiError` if malformed."""

    def ended(self) -> errors.ApiError:
        """Return the error for a client that has closed its end before the body was whole."""


class SizedBody:
    """A body whose length in bytes the head declares."""

    def __init__(self, length: int) -> None:
        self.data = bytearray()
        self.is_whole = length == 0
        self._length = length

    def take(self, received: bytearray) -> None:
        missing = self._length - len(self.data)
        self.data += received[:missing]
        del received[:missing]
        self.is_whole = len(self.data) == self._length

    def ended(self) -> errors.ApiError:
        return ended_early(self._length - len(self.data))


class ChunkedBody:
    """A body in chunks (RFC 9112, section 7.1), of ``limit`` bytes at most."""

    def __init__(self, limit: int) -> None:
        self.data = bytearray()
        self.is_whole = False
        self._limit = limit
        self._missing = 0  # bytes of the current chunk that have not arrived
        self._step = self._take_size

    def take(self, received: bytearray) -> None:
        while not self.is_whole and self._step(received):
            pass

    def ended(self) -> errors.ApiError:
        if self._missing:
            return ended_early(self._missing)
        return errors.InvalidRequest("broken chunked body: it ended before its last chunk")

    # Each step takes one element from the front; it returns False if more bytes must arrive.

    def _take_size(self, received: bytearray) -> bool:
        line = take_line(received)
        if line is None:
            return False
        match = CHUNK_SIZE.fullmatch(line)
        if match is None:
            raise errors.InvalidRequest(
                "broken chunked body: a chunk must begin with its size in hexadecimal digits and "
                f"CR LF, such as '1a\\r\\n'; got {excerpt(line)}"
            )
        self._missing = int(match[1], 16)
        if len(self.data) + self._missing > self._limit:
            raise errors.TooLarge(self._limit)
        self._step = self._take_chunk if self._missing else self._take_trailers
        self._trailers = 0
        return True

    def _take_chunk(self, received: bytearray) -> bool:
        chunk = received[: self._missing]
        self.data += chunk
        del received[: len(chunk)]
        self._missing -= len(chunk)
        if self._missing:
            return False
        self._step = self._take_chunk_end
        return True

    def _take_chunk_end(self, received: bytearray) -> bool:
        if len(received) < 2:
            return False
        if received[:2] != b"\r\n":
            raise errors.InvalidRequest("broken chunked body: CR LF must follow a chunk's bytes")
        del received[:2]
        self._step = self._take_size
        return True

    def _take_trailers(self, received: bytearray) -> bool:
        line = take_line(received)
        if line is None:
            return False
        self.is_whole = line == b"\r\n"
        self._trailers += 1
        if not line.endswith(b"\r\n") or self._trailers > MAX_TRAILERS:
            raise errors.InvalidRequest(
                "broken chunked body: the last chunk must be followed by at most "
                f"{MAX_TRAILERS} trailer lines and an empty line"
            )
        return True


class BrokenBody(io.RawIOBase):
    """What an application reads as the body of a request whose body is malformed or cut.

    Every read raises the error, so that the application answers it like errors of its own.
    """

    def __init__(self, error: errors.ApiError) -> None:
        self._error = error

    def readable(self) -> bool:
        return True

    def readinto(self, _: WriteableBuffer) -> int:
        raise self._error


def take_line(received: bytearray) -> bytes | None:
    """Remove the first line and return it, cut at MAX_LINE bytes; None if it has no end yet."""
    end = received.find(b"\n", 0, MAX_LINE) + 1
    if end == 0:
        if len(received) < MAX_LINE:
            return None
        end = MAX_LINE
    line = bytes(received[:end])
    del received[:end]
    return line


def ended_early(missing: int) -> errors.ApiError:
    return errors.InvalidRequest(
        f"the request body ended early: {missing} bytes of it were still to come"
    )


def excerpt(data: bytes) -> str:
    """Return the beginning of a client's bytes, for an error message."""
    return repr(bytes(data[:60]))[1:] + ("…" if len(data) > 60 else "")
