"""Webhooks, their configuration, deliveries and delivery attempts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import orjson

from mockserver.errors import hide_query
from mockserver.journal.exchange import redact
from mockserver.schema import wildcard
from mockserver.schema.compound import List
from mockserver.schema.fields import HttpUrl, Length, NonEmptyString, StrictBoolean
from mockserver.schema.schema import Schema
from mockserver.schema.wildcard import Wildcard
from mockserver.settings import PATTERNS

#: ``pending``: before an attempt. ``held``: until a release. ``retrying``: after a failure, with
#: the next attempt at ``due``. ``dropped``: without a further attempt.
State = Literal["pending", "held", "retrying", "delivered", "failed", "dropped"]
STATES: tuple[State, ...] = get_args(State)
OVERHEAD = 1000  # estimated bytes in memory of a delivery or an attempt, less bodies and headers

SHORT = Length(max=2000)
#: Event types, or patterns such as ``message.*``.
EVENT_TYPES = List(Wildcard(), validate=Length(min=1, max=100))
CREATE_WEBHOOK = Schema.with_fields(
    name=NonEmptyString(validate=SHORT),
    url=HttpUrl(required=True, validate=SHORT),
    events=EVENT_TYPES,
    secret=NonEmptyString(validate=SHORT),
    enabled=StrictBoolean(),
)
UPDATE_WEBHOOK = Schema.with_fields(**{**CREATE_WEBHOOK.fields, "url": HttpUrl(validate=SHORT)})


@dataclass(frozen=True)
class WebhookConfig:
    """The server's settings for webhooks.

    ``timeout`` limits an attempt, in seconds. ``retries`` are seconds after the event.
    ``allowed_hosts`` may receive deliveries besides loopback. ``standard_webhooks`` adds the
    headers of Standard Webhooks. ``initial_webhooks`` are registered in every new sandbox.
    """

    timeout: float = 5.0
    retries: Sequence[int] = (5, 300, 1800, 7200, 18_000, 36_000)
    allowed_hosts: Sequence[str] = ()
    standard_webhooks: bool = False
    initial_webhooks: Sequence[Mapping[str, object]] = ()


def parse_retry_schedule(text: str) -> tuple[int, ...]:
    """Parse ``5,300,1800``: seconds after the event at which to retry. Raises ``ValueError``."""
    pattern, description = PATTERNS["webhook_retries"]
    if not re.fullmatch(pattern, text):
        raise ValueError(f"invalid retry schedule {text!r}: use {description}")
    return tuple(sorted(int(seconds) for seconds in text.split(",") if seconds))


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A registered webhook. ``events`` are event types, or patterns such as ``message.*``."""

    id: str
    name: str
    url: str
    events: Sequence[str] = ("*",)
    secret: str
    enabled: bool = True

    def subscribes_to(self, event_type: str) -> bool:
        """Return whether the webhook is enabled and receives events of this type."""
        return self.enabled and any(
            wildcard.matches(event_type, pattern) for pattern in self.events
        )

    def to_dict(self, *, reveal_secret: bool = False) -> dict[str, Any]:
        if reveal_secret:
            return {**vars(self)}
        # A suffix would reveal too much of a short secret.
        hidden = "…" + (self.secret[-4:] if len(self.secret) >= 12 else "")
        return {**vars(self), "url": hide_query(self.url), "secret": hidden}


@dataclass(frozen=True)
class Outcome:
    """The result of an attempt: the response, if any, and the reason for a failure.

    ``reason`` is None for a 2xx response; reasons are named as in Slack's Events API. ``ms`` is the
    duration in real milliseconds.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    reason: str | None = None
    detail: str = ""
    ms: float = 0.0
    #: False if no connection could be established.
    connected: bool = True

    @property
    def delivered(self) -> bool:
        """True for a 2xx response, the only success in Standard Webhooks."""
        return self.reason is None

    @property
    def retry_after(self) -> int:
        """Seconds in the response's ``Retry-After``; 0 if absent or not a number."""
        value = self.headers.get("retry-after", "")
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 9 else 0


@dataclass(frozen=True)
class Attempt:
    """One attempt of a delivery, at Unix time ``at`` on the sandbox's clock."""

    at: int
    headers: Mapping[str, str]
    outcome: Outcome

    def __str__(self) -> str:
        outcome = self.outcome
        return f"{outcome.status or outcome.reason or 'delivered'} {outcome.detail}".rstrip()

    @property
    def size(self) -> int:
        """Approximate memory in the log, in bytes."""
        headers = sum(len(name) + len(value) for name, value in self.outcome.headers.items())
        return OVERHEAD + len(self.outcome.body) + len(self.outcome.detail) + headers

    def to_dict(self) -> dict[str, Any]:
        outcome = self.outcome
        response = {
            "status": outcome.status,
            "headers": redact(outcome.headers.items()),
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


@dataclass
class Delivery:
    """The delivery of one event to one webhook.

    ``number`` counts the deliveries of the sandbox. ``webhook`` is the webhook as it was when the
    event happened. ``body`` has the exact bytes that each attempt signs and sends. ``at`` is the
    time of the event, as Unix time on the sandbox's clock. ``action`` is the action of the delivery
    rule that matched, or None.
    """

    number: int
    webhook: Webhook
    event_id: str
    event_type: str
    body: bytes
    request_id: str | None
    at: int
    #: When the latest attempt was enqueued, on the sandbox's clock.
    enqueued_at: int = 0
    state: State = "pending"
    due: int | None = None
    action: Mapping[str, Any] | None = None
    attempts: list[Attempt] = field(default_factory=list)
    #: Version of the delivery log at this delivery's latest change.
    version: int = 0

    @property
    def id(self) -> str:
        return f"delivery_{self.number}"

    @property
    def is_final(self) -> bool:
        """True if another attempt is made only on request."""
        return self.state in ("delivered", "failed", "dropped")

    @property
    def is_processed(self) -> bool:
        """True once the delivery was attempted, held or dropped."""
        return bool(self.attempts) or self.state in ("held", "dropped")

    @property
    def size(self) -> int:
        """Approximate memory in the log, in bytes."""
        return OVERHEAD + len(self.body) + sum(attempt.size for attempt in self.attempts)

    def to_summary(self) -> dict[str, Any]:
        """Return the entry for a list of deliveries."""
        last = self.attempts[-1].outcome if self.attempts else None
        return {
            "id": self.id,
            "webhook": self.webhook.id,
            "url": hide_query(self.webhook.url),
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

    def to_detail(self) -> dict[str, Any]:
        """Return the summary with the body, as JSON and as text (``raw``), and all attempts."""
        return {
            **self.to_summary(),
            "body": orjson.loads(self.body),
            "raw": self.body.decode(),
            "attempts": [attempt.to_dict() for attempt in self.attempts],
        }

    def to_fired(self) -> dict[str, Any]:
        """Return the latest attempt as an entry of ``fired`` in the result of a clock advance."""
        return {
            "at": self.attempts[-1].at if self.attempts else self.at,
            "type": "delivery.attempt",
            "delivery": self.id,
            "webhook": self.webhook.id,
            "event": self.event_type,
            "attempt": len(self.attempts),
            "state": self.state,
        }
