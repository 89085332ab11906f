"""A delivery: the bytes of an event, and what goes with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from mockserver import __version__
from mockserver.storage.world import Event
from mockserver.webhooks.signature import HEADER, signature


@dataclass(frozen=True)
class Delivery:
    """What is sent at once, or ``slowly``, piece by piece; ``proof`` is the signature, if any."""

    body: bytes
    proof: str | None
    slowly: bool = False

    @property
    def headers(self) -> Mapping[str, str]:
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(self.body)),
            "User-Agent": f"mockserver/{__version__}",
        }
        return headers if self.proof is None else {**headers, HEADER: self.proof}


def encoded(event: Event) -> bytes:
    """An event as it is sent (reference, "Events and webhooks")."""
    return orjson.dumps(event._asdict())


def signed(body: bytes, secret: str) -> Delivery:
    return Delivery(body, signature(secret, body))
