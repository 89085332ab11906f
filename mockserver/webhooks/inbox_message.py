"""A delivery that an inbox has taken."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import orjson

from mockserver.journal.exchange import redacted
from mockserver.webhooks.programmed_response import Reaction


@dataclass(frozen=True)
class Message:
    """A delivery as it came: the ``number``-th of its inbox, at ``at`` on the sandbox's clock.

    ``event`` is the object in the body, None where that holds none. ``verified`` says whether the
    signature is right, and is None where the inbox has no secret; ``duplicate_of`` is the number of
    the first message with the same event.
    """

    number: int
    at: int
    headers: Mapping[str, str]
    body: bytes
    event: Mapping[str, Any] | None
    verified: bool | None
    duplicate_of: int | None
    answer: Reaction

    def matches(self, since: int | None = None, type: str | None = None) -> bool:
        """Whether it came after message ``since``, with an event of ``type`` (``message.*``)."""
        if since is not None and self.number <= since:
            return False
        return type is None or fnmatchcase(str(attribute(self.event, "type")), type)

    def to_dict(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "at": self.at,
            "headers": redacted(self.headers.items()),
            "body": _exactly(self.body),
            "event": self.event,
            "verified": self.verified,
            "duplicate_of": self.duplicate_of,
            "answer": self.answer.to_dict(),
        }


def event_in(body: bytes) -> Mapping[str, Any] | None:
    """The event that a body holds: the object, if it is one."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def attribute(event: Mapping[str, Any] | None, name: str) -> Any:
    return None if event is None else event.get(name)


def _exactly(body: bytes) -> Any:
    """The bytes, as text where that is what they are, else as base64."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return {"base64": b64encode(body).decode()}
