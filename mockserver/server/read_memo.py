"""Responses that the application can repeat, found by the bytes of their requests."""

from collections.abc import Callable
from typing import NamedTuple

from mockserver.server.exchange import closing_lines
from mockserver.storage.clock import machine_time

MAX_BYTES = 16 * 1024 * 1024  # approximate memory of all responses
OVERHEAD = 2000  # bytes of memory for each response, beside its request and the response itself


class Repeatable(NamedTuple):
    """A response without its request's id, and the function that repeats the request."""

    repeat: Callable[[], str | None]  # returns the id, or None if the response may have changed
    head: bytes
    body: bytes
    size: int  # bytes of memory, estimated


class ReadMemo:
    """The latest repeatable responses. Not thread-safe.

    The application marks a response by the key ``mockserver.repeat`` in its environ. When the same
    bytes arrive again, they are neither parsed nor passed to the application.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: dict[bytes, Repeatable] = {}

    def add(self, request: bytes, response: bytes, repeat: Callable[[], str | None]) -> None:
        """Store a response for requests with the same bytes; evict the oldest if it is full."""
        head, _, rest = response.partition(b"X-Request-Id: ")
        body = rest.partition(b"\r\n\r\n")[2]
        # The application keeps the body too, for its journal.
        size = OVERHEAD + len(request) + len(head) + 2 * len(body)
        self._remove(request)
        self._entries[request] = Repeatable(repeat, head, body, size)
        self._bytes += size
        while self._bytes > self._max_bytes:
            self._remove(next(iter(self._entries)))

    def respond(self, request: bytes) -> bytes | None:
        """Return the response if the request is a repetition and its response is unchanged."""
        entry = self._entries.get(request)
        if entry is None:
            return None
        request_id = entry.repeat()
        if request_id is None:
            self._remove(request)
            return None
        identity = f"X-Request-Id: {request_id}\r\n".encode()
        return b"".join((entry.head, identity, closing_lines(int(machine_time())), entry.body))

    def _remove(self, request: bytes) -> None:
        if entry := self._entries.pop(request, None):
            self._bytes -= entry.size
