"""A delivery: one event on its way to one webhook, and all that was tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import orjson

from mockserver.webhooks.attempt import Attempt
from mockserver.webhooks.webhook import Webhook

#: pending: its first attempt is still to come; retrying: more are, at ``due``; held: until it is
#: let go; dropped: nobody will try.
State = Literal["pending", "held", "retrying", "delivered", "failed", "dropped"]
STATES: tuple[State, ...] = get_args(State)
DONE = ("delivered", "failed", "dropped")
OVERHEAD = 1000
"""A guess, in bytes, for what an attempt is beside its answer, or a delivery beside its body."""


@dataclass
class Delivery:
    """One event for one webhook; ``at`` is the event's moment in Unix time on the sandbox's clock.

    ``body`` is the exact bytes that are signed and sent, the same at each attempt. ``webhook`` is
    as it was when the event happened. ``action`` is that of the delivery rule that matched it,
    ``number`` its place among all deliveries of the sandbox.
    """

    number: int
    webhook: Webhook
    event_id: str
    event_type: str
    body: bytes
    request_id: str | None
    at: int
    #: The moment on the sandbox's clock at which its next attempt was lined up.
    enqueued_at: int = 0
    state: State = "pending"
    due: int | None = None
    action: Mapping[str, Any] | None = None
    attempts: list[Attempt] = field(default_factory=list)
    #: Of all that ever became of the deliveries of the sandbox, which was the last of this one.
    version: int = 0

    @property
    def id(self) -> str:
        return f"delivery_{self.number}"

    @property
    def action_type(self) -> str | None:
        """The type of the delivery rule's action, if any."""
        return None if self.action is None else str(self.action["type"])

    @property
    def is_done(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self.state in DONE

    @property
    def is_settled(self) -> bool:
        """Whether anything has become of it yet: it was tried, or is kept from being."""
        return bool(self.attempts) or self.state in ("held", "dropped")

    @property
    def size(self) -> int:
        """What it takes of the log's room, in bytes."""
        answers = sum(each.outcome.size + OVERHEAD for each in self.attempts)
        return OVERHEAD + len(self.body) + answers

    def to_summary(self) -> dict[str, Any]:
        """Its line in a list."""
        last = self.attempts[-1].outcome if self.attempts else None
        return {
            "id": self.id,
            "webhook": self.webhook.id,
            "url": self.webhook.url,
            "event": self.event_id,
            "type": self.event_type,
            "request": self.request_id,
            "at": self.at,
            "state": self.state,
            "due": self.due,
            "attempts": len(self.attempts),
            "status": last and last.status,
            "reason": last and last.reason,
            "action": self.action,
        }

    def fired(self) -> dict[str, Any]:
        """Its last attempt, as one of the things that an advance of the clock has set off."""
        last = self.attempts[-1] if self.attempts else None
        return {
            "at": last.at if last else self.at,
            "type": "delivery.attempt",
            "delivery": self.id,
            "webhook": self.webhook.id,
            "event": self.event_type,
            "attempt": len(self.attempts),
            "state": self.state,
        }

    def to_detail(self) -> dict[str, Any]:
        """Everything: each attempt with its request, its answer, and the reason of its failure.

        ``raw`` is the body as it is signed and sent.
        """
        return {
            **self.to_summary(),
            "body": orjson.loads(self.body),
            "raw": self.body.decode(),
            "attempts": [attempt.to_dict() for attempt in self.attempts],
        }
