"""Puts deliveries on the wire, and says what came back."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mockserver.checks.webhook.delivery import Delivery
from mockserver.webhooks.target import Target

PIECES = 8
PAUSE = 0.25
"""Seconds between the pieces of a delivery that arrives slowly."""

FAILURES = {
    "connection_failed": "the connection closed without an answer",
    "unknown_error": "an answer that is no HTTP",
}


class Unreachable(ConnectionError):
    """Nobody listens at a target."""


@dataclass(frozen=True)
class Outcome:
    """What came back: a status, or in which way there was none."""

    status: int | None = None
    failure: str = ""

    def __str__(self) -> str:
        return self.failure if self.status is None else str(self.status)


@dataclass(frozen=True)
class HttpClient:
    """Sends to one target, as webhooks are sent, and waits up to ``seconds`` for each answer.
    ``pause`` waits for so many seconds."""

    target: Target
    seconds: float
    pause: Callable[[float], object]

    def __call__(self, delivery: Delivery) -> Outcome:
        """Deliver on a connection of its own; raises ``Unreachable``."""
        from mockserver.webhooks.client import post

        if delivery.slowly:
            # Whoever waits for the pieces has as long for the answer as ever.
            length = {"Content-Length": str(len(delivery.body))}
            slow = self.seconds + (PIECES - 1) * PAUSE
            headers = {**delivery.headers, **length}
            found = post(self.target, headers, self._pieces(delivery.body), slow)
        else:
            found = post(self.target, delivery.headers, delivery.body, self.seconds)
        if not found.connected:
            raise Unreachable(f"nobody answers at {self._url}: {found.detail}")
        if found.status is not None:
            return Outcome(found.status)
        late = f"no answer within {self.seconds:g} s"
        return Outcome(failure=FAILURES.get(found.reason or "", late))

    @property
    def _url(self) -> str:
        return f"{self.target.scheme}://{self.target.authority}{self.target.path}"

    def _pieces(self, body: bytes) -> Iterator[bytes]:
        size = math.ceil(len(body) / PIECES)
        for start in range(0, len(body), size):
            if start:
                self.pause(PAUSE)
            yield body[start : start + size]
