"""One attempt to deliver: what was sent, what came back, and how it was judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_ANSWER = 2048
"""Bytes of a receiver's answer that are kept; the rest is not even read."""

MOST_HEADERS = 2048
"""Characters of an answer's headers that are kept."""

MOST_DETAIL = 500
"""Characters that are kept of what is said of a failure."""

GONE = 410


@dataclass(frozen=True)
class Outcome:
    """What came of a request: an answer, or the reason why there is none (in Slack's words)."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    reason: str | None = None
    detail: str = ""
    ms: float = 0.0
    #: Whether anybody was there at all.
    connected: bool = True

    @property
    def delivered(self) -> bool:
        """Only a 2xx is a success (Standard Webhooks)."""
        return self.reason is None

    @property
    def size(self) -> int:
        """Bytes, about."""
        headers = sum(len(name) + len(value) for name, value in self.headers.items())
        return len(self.body) + len(self.detail) + headers

    @property
    def retry_after(self) -> int:
        """The seconds that a receiver asks for, if it does."""
        asked = self.headers.get("retry-after", "")
        return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 9 else 0


@dataclass(frozen=True)
class Attempt:
    """An attempt of a delivery; ``at`` is Unix time on the sandbox's clock."""

    at: int
    headers: Mapping[str, str]
    outcome: Outcome

    def to_dict(self) -> dict[str, Any]:
        outcome = self.outcome
        response = {
            "status": outcome.status,
            "headers": dict(outcome.headers),
            "body": outcome.body.decode(errors="replace"),
        }
        return {
            "at": self.at,
            "ms": round(outcome.ms, 3),
            "reason": outcome.reason,
            "detail": outcome.detail,
            "request": {"headers": dict(self.headers)},
            "response": None if outcome.status is None else response,
        }


def reason_of(status: int) -> str | None:
    """Why an answer is a failure; None where it is none. Names as in Slack's Events API."""
    if 200 <= status < 300:
        return None
    return "too_many_redirects" if 300 <= status < 400 else "http_error"
