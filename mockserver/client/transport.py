"""What a request is sent by, and what comes back: the same over a socket and in the process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPMessage
from typing import Any, Protocol


class Unreachable(ConnectionError):
    """There was no answer, or none of a mockserver: it is not there, or a fault took the answer."""


@dataclass(frozen=True)
class Answer:
    """An answer of the API: its status, its headers (names in any case), its body's bytes."""

    status: int
    headers: HTTPMessage = field(repr=False)
    data: bytes

    @property
    def json(self) -> Any:
        """The body, parsed; None where there is none. Raises ``ValueError`` where it is no JSON."""
        return json.loads(self.data) if self.data else None


class Transport(Protocol):
    """Where requests go. Safe for threads."""

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        """Send a request to a path, with its query, and wait for the whole answer.

        It is sent once, never again: whether to repeat a write is the caller's to say. Raises
        ``Unreachable``.
        """
        ...

    def close(self) -> None:
        """Let go of what is kept open; the next request opens it again."""
        ...


def encoded(value: Any) -> bytes:
    """A value as a body of JSON."""
    return json.dumps(value).encode()
