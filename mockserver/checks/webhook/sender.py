"""Sends deliveries to a receiver and returns its responses."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from mockserver.checks.webhook.checks import SignedEvent
from mockserver.webhooks.client import post
from mockserver.webhooks.target import DEFAULT_PORTS, Target, TargetNotAllowed, resolve_target

PIECES = 8
PAUSE = 0.25
"""Seconds between the pieces of a slow delivery."""

FAILURES = {
    "connection_failed": "the connection closed without a response",
    "unknown_error": "a response that is not HTTP",
}


class ReceiverUnreachable(ConnectionError):
    """No connection to the receiver; the text says why."""


@dataclass(frozen=True)
class ReceiverResponse:
    """The status of a response, or the reason why there was none."""

    status: int | None = None
    failure: str = ""

    def __str__(self) -> str:
        return self.failure if self.status is None else str(self.status)


@dataclass(frozen=True)
class DeliverySender:
    """Sends to one receiver as webhooks are sent, with ``timeout`` seconds for each response.

    ``wait(seconds)`` pauses between the pieces of a slow delivery.
    """

    target: Target
    timeout: float
    wait: Callable[[float], object]

    def __call__(self, delivery: SignedEvent) -> ReceiverResponse:
        """Send a delivery on a new connection. Raises ``ReceiverUnreachable``."""
        if delivery.slowly:
            # A receiver that waits for the pieces has the same time for its response.
            timeout = self.timeout + (PIECES - 1) * PAUSE
            outcome = post(self.target, delivery.headers, self._pieces(delivery.body), timeout)
        else:
            outcome = post(self.target, delivery.headers, delivery.body, self.timeout)
        if not outcome.connected:
            url = f"{self.target.scheme}://{self.target.authority}{self.target.path}"
            raise ReceiverUnreachable(f"no receiver at {url}: {outcome.detail}")
        if outcome.status is not None:
            return ReceiverResponse(outcome.status)
        timed_out = f"no response within {self.timeout:g} s"
        return ReceiverResponse(failure=FAILURES.get(outcome.reason or "", timed_out))

    def _pieces(self, body: bytes) -> Iterator[bytes]:
        size = math.ceil(len(body) / PIECES)
        for start in range(0, len(body), size):
            if start:
                self.wait(PAUSE)
            yield body[start : start + size]


def receiver_target(url: str, allowed_hosts: Collection[str] = ()) -> Target:
    """Return where ``url`` leads: loopback or an allowed host. Raises ``TargetNotAllowed``."""
    try:
        parts = urlsplit(url)
        is_valid = parts.scheme in DEFAULT_PORTS and parts.hostname and parts.port != 0
    except ValueError:  # an invalid port or IPv6 address
        is_valid = False
    if not is_valid or not url.isascii() or not url.isprintable():
        example = "http://127.0.0.1:8000/webhooks"
        raise TargetNotAllowed(f"{url!r} is not the URL of a receiver, such as {example}")
    return resolve_target(url, allowed_hosts)
