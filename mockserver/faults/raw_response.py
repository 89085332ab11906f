"""An answer in plain values, and the line on which it goes out: what a fault may meddle with."""

from __future__ import annotations

from dataclasses import dataclass
from http.client import responses
from typing import Protocol

#: The status of a request that is answered with nothing, as a browser's own tools show it.
UNANSWERED = 0
FRAMING = ("content-length", "connection", "transfer-encoding")


@dataclass(frozen=True)
class RawResponse:
    """An answer: its status, its headers in order, and its body's bytes.

    ``length`` is the body's where it is told but not sent, as to a HEAD.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    length: int | None = None

    @property
    def head(self) -> bytes:
        """The status line and the headers as HTTP/1.1 sends them, for a connection that closes."""
        headers = [pair for pair in self.headers if pair[0].lower() not in FRAMING]
        if self.status != 204:  # which may not have one (RFC 9110, section 8.6)
            length = len(self.body) if self.length is None else self.length
            headers.append(("Content-Length", str(length)))
        headers.append(("Connection", "close"))
        lines = [f"HTTP/1.1 {self.status} {responses.get(self.status, '')}"]
        lines += [f"{name}: {value}" for name, value in headers]
        return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


class ConnectionHandle(Protocol):
    """The connection of one request.

    Once something is sent, or the line is cut, nothing else of the answer goes out.
    """

    def wait(self, seconds: float) -> None:
        """Keep this client waiting, and no other; a stop of the server ends it."""

    def send(self, raw: bytes) -> None:
        """Send bytes as they are, in place of the answer."""

    def hang_up(self) -> None:
        """End the connection in order (FIN)."""

    def reset(self) -> None:
        """Abort the connection (RST)."""
