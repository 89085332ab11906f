"""The base class of all faults, and the response and connection that a fault can change."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import responses
from typing import Any, ClassVar, Protocol

from mockserver.schema.schema import ParameterSchema, Schema
from mockserver.storage.collection import MAX_PAGE_SIZE
from mockserver.storage.seeded_random import SeededRandom
from mockserver.storage.world import ChangeSet

MAX_DELAY = 600_000  # milliseconds
NO_RESPONSE = 0  # the journal's status of a request without a response, as in browsers' tools
FRAMING_HEADERS = ("content-length", "connection", "transfer-encoding")


@dataclass(frozen=True)
class RawResponse:
    """A response in plain values; ``length`` is the Content-Length of a body that is not sent."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    length: int | None = None

    @property
    def head(self) -> bytes:
        """The status line and headers in HTTP/1.1, for a connection that closes afterwards."""
        headers = [pair for pair in self.headers if pair[0].lower() not in FRAMING_HEADERS]
        if self.status != 204:  # a 204 must not have a Content-Length (RFC 9110, section 8.6)
            length = len(self.body) if self.length is None else self.length
            headers.append(("Content-Length", str(length)))
        headers.append(("Connection", "close"))
        lines = [f"HTTP/1.1 {self.status} {responses.get(self.status, '')}"]
        lines += [f"{name}: {value}" for name, value in headers]
        return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


class ConnectionHandle(Protocol):
    """The connection of one request.

    ``wait`` delays only this client; stopping the server ends the delay. ``send`` sends raw bytes,
    ``hang_up`` closes the connection (FIN), ``reset`` aborts it (RST). After one of these three,
    the server does not send the response itself.
    """

    def wait(self, seconds: float) -> None: ...
    def send(self, raw: bytes) -> None: ...
    def hang_up(self) -> None: ...
    def reset(self) -> None: ...


class Fault:
    """A fault without effect, the base of all types; ``values`` are its validated parameters."""

    type: ClassVar[str]
    parameters: ClassVar[Schema] = ParameterSchema()
    #: True if the fault delays the client, and so needs one of the server's wait slots.
    waits: ClassVar[bool] = False
    #: The largest number of objects on a page.
    max_page_size: int = MAX_PAGE_SIZE

    def __init__(self, **values: Any) -> None:
        self.values: Mapping[str, Any] = values

    def before_request(self, connection: ConnectionHandle, rng: SeededRandom) -> RawResponse | None:
        """Act before the request is handled. A returned response is sent instead of handling it."""

    def on_events(self, change_set: ChangeSet) -> ChangeSet:
        """Return the changes and events to record and deliver."""
        return change_set

    def on_response(self, response: RawResponse) -> RawResponse:
        """Return the response to journal and send."""
        return response

    def send(self, response: RawResponse, connection: ConnectionHandle) -> None:
        """Send the response in an unusual way; by default, let the server send it as usual."""

    def to_dict(self) -> dict[str, Any]:
        return {"type": self.type, **self.values}
