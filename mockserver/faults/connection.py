"""Faults of the connection. The names in capitals are WireMock's, and mean the same.

https://wiremock.org/docs/simulating-faults/
"""

from __future__ import annotations

from mockserver.faults.base import Fault
from mockserver.faults.raw_response import UNANSWERED, ConnectionHandle, RawResponse
from mockserver.storage.seeded_random import SeededRandom

GARBAGE = 64
#: What promises a body in chunks, and is not followed by one (RFC 9112, section 7.1).
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


class ConnectionReset(Fault):
    """Resets the connection (RST); nothing is done."""

    type = "CONNECTION_RESET_BY_PEER"

    def before(self, line: ConnectionHandle, chance: SeededRandom) -> RawResponse:
        line.reset()
        return RawResponse(UNANSWERED)


class EmptyResponse(Fault):
    """Closes the connection without a byte; nothing is done."""

    type = "EMPTY_RESPONSE"

    def before(self, line: ConnectionHandle, chance: SeededRandom) -> RawResponse:
        line.hang_up()
        return RawResponse(UNANSWERED)


class MalformedChunk(Fault):
    """Sends the head of a 200, then garbage for its first chunk, and closes; nothing is done."""

    type = "MALFORMED_RESPONSE_CHUNK"

    def before(self, line: ConnectionHandle, chance: SeededRandom) -> RawResponse:
        line.send(CHUNKED + garbage(chance))
        line.hang_up()
        return RawResponse(UNANSWERED)


class RandomData(Fault):
    """Sends garbage in place of HTTP, and closes; nothing is done."""

    type = "RANDOM_DATA_THEN_CLOSE"

    def before(self, line: ConnectionHandle, chance: SeededRandom) -> RawResponse:
        line.send(garbage(chance))
        line.hang_up()
        return RawResponse(UNANSWERED)


class Truncate(Fault):
    """Does what is asked, promises the whole body by its Content-Length, and sends half of it."""

    type = "truncate"

    def deliver(self, reply: RawResponse, line: ConnectionHandle) -> None:
        line.send(reply.head + reply.body[: len(reply.body) // 2])
        line.hang_up()


class CommitThenDrop(Fault):
    """Does what is asked, and closes the connection without a byte: the answer is lost.

    The only honest test of a client's retries.
    """

    type = "commit_then_drop"

    def deliver(self, reply: RawResponse, line: ConnectionHandle) -> None:
        line.hang_up()


def garbage(chance: SeededRandom) -> bytes:
    """Bytes that begin neither a status line nor a chunk, whatever the stream holds."""
    return b"#" + chance.bytes(GARBAGE)
