"""Faults of the connection. Types in capitals have the name and the meaning of WireMock's.

https://wiremock.org/docs/simulating-faults/
"""

from mockserver.faults.base import NO_RESPONSE, ConnectionHandle, Fault, RawResponse
from mockserver.storage.seeded_random import SeededRandom


class ConnectionReset(Fault):
    """A reset of the connection (RST). The request is not handled."""

    type = "CONNECTION_RESET_BY_PEER"

    def before_request(self, connection: ConnectionHandle, rng: SeededRandom) -> RawResponse:
        connection.reset()
        return RawResponse(NO_RESPONSE)


class EmptyResponse(Fault):
    """A connection closed without a response. The request is not handled."""

    type = "EMPTY_RESPONSE"

    def before_request(self, connection: ConnectionHandle, rng: SeededRandom) -> RawResponse:
        connection.hang_up()
        return RawResponse(NO_RESPONSE)


class RandomData(Fault):
    """Random bytes in place of an HTTP response. The request is not handled."""

    type = "RANDOM_DATA_THEN_CLOSE"
    head = b""

    def before_request(self, connection: ConnectionHandle, rng: SeededRandom) -> RawResponse:
        # "#" makes the bytes invalid, both as a status line and as a chunk size.
        connection.send(self.head + b"#" + rng.bytes(64))
        connection.hang_up()
        return RawResponse(NO_RESPONSE)


class MalformedChunk(RandomData):
    """A 200 with random bytes in place of its first chunk. The request is not handled."""

    type = "MALFORMED_RESPONSE_CHUNK"
    # The body that follows does not have the chunks that RFC 9112, section 7.1, requires.
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )


class Truncate(Fault):
    """A response with the first half of the body, and the Content-Length of the whole body."""

    type = "truncate"

    def send(self, response: RawResponse, connection: ConnectionHandle) -> None:
        connection.send(response.head + response.body[: len(response.body) // 2])
        connection.hang_up()


class CommitThenDrop(Fault):
    """A connection closed without a response after the request was handled."""

    type = "commit_then_drop"

    def send(self, response: RawResponse, connection: ConnectionHandle) -> None:
        connection.hang_up()
