"""Inboxes: built-in webhook receivers that record deliveries and send configured responses."""

import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

import orjson

from mockserver.errors import REDACTED, NotFound, Unavailable
from mockserver.faults.base import MAX_DELAY
from mockserver.journal.exchange import redact, text_or_base64
from mockserver.journal.watch import Watches
from mockserver.schema import wildcard
from mockserver.schema.compound import List, Shorthand
from mockserver.schema.fields import Length, NonEmptyString, StrictBoolean, integer
from mockserver.schema.schema import Schema
from mockserver.schema.strict_json import has_more_values, is_too_deep
from mockserver.webhooks.signature import HEADER, signature

HANG_UP = "hang_up"
MAX_RESPONSES = 1000
MAX_MESSAGES = 1000
MAX_BYTES = 8 * 1024 * 1024
MAX_INBOXES = 16


def expand_response(value: Any) -> Any:
    """Expand the short forms ``500`` and ``"hang_up"`` to objects; return others unchanged."""
    if value == HANG_UP:
        return {HANG_UP: True}
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"status": value}
    return value


STATUS = integer(200, 599)
RESPONSE = Shorthand(
    Schema.with_fields(status=STATUS, delay=integer(0, MAX_DELAY), hang_up=StrictBoolean()),
    expand_response,
    f"a status, '{HANG_UP}', or an object with status and delay",
    [STATUS.json_schema(), {"const": HANG_UP}],
)

SETTINGS = Schema.with_fields(
    secret=NonEmptyString(allow_none=True),
    answers=List(RESPONSE, validate=Length(1, MAX_RESPONSES)),
)


@dataclass(frozen=True)
class ProgrammedResponse:
    """A response, sent after ``delay`` milliseconds, or a closed connection for ``hang_up``."""

    status: int = 200
    delay: int = 0
    hang_up: bool = False

    def to_dict(self) -> dict[str, Any]:
        result = {HANG_UP: True} if self.hang_up else {"status": self.status}
        return {**result, "delay": self.delay}


@dataclass(frozen=True)
class InboxMessage:
    """A received delivery.

    ``number`` counts the messages of the inbox. ``at`` is Unix time on the sandbox's clock.
    ``headers`` have lowercase names. ``event`` is the JSON object in the body, or None.
    ``verified`` is true if the signature is valid, and None if no secret is known.
    ``duplicate_of`` is the number of the first message with the same event id, or None. ``answer``
    is the response that was sent.
    """

    number: int
    at: int
    headers: Mapping[str, str]
    body: bytes
    event: Mapping[str, Any] | None
    verified: bool | None
    duplicate_of: int | None
    answer: ProgrammedResponse

    def matches(self, since: int | None = None, type: str | None = None) -> bool:
        """Return whether the message is after number ``since`` and its event type matches."""
        if since is not None and self.number <= since:
            return False
        return type is None or wildcard.matches(str((self.event or {}).get("type")), type)

    def to_dict(self) -> dict[str, Any]:
        return {
            **vars(self),
            "headers": redact(self.headers.items()),
            "body": text_or_base64(self.body),
            "answer": self.answer.to_dict(),
        }


class Inbox:
    """A built-in webhook receiver. It sends its responses in turn and repeats the last one.

    It keeps up to ``MAX_MESSAGES`` messages and ``MAX_BYTES`` of bodies, but always the latest
    message, and counts evicted ones.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.messages: deque[InboxMessage] = deque()
        self._secret: str | None = None
        self._responses: Sequence[ProgrammedResponse] = (ProgrammedResponse(),)
        self._received = self._evicted = self._bytes = 0

    def receive(
        self, at: int, headers: Mapping[str, str], body: bytes, secrets: Sequence[str]
    ) -> InboxMessage:
        """Record a delivery; ``secrets`` are those of the webhooks that deliver here."""
        response, *remaining = self._responses
        self._responses = remaining or [response]
        self._received += 1
        event = _parse_event(body)
        message = InboxMessage(
            number=self._received,
            at=at,
            headers=headers,
            body=body,
            event=event,
            verified=self._verify(headers, body, secrets),
            duplicate_of=self._find_duplicate(event),
            answer=response,
        )
        self.messages.append(message)
        self._bytes += len(body)
        return message

    def evict(self) -> Iterator[InboxMessage]:
        """Remove and yield the oldest messages until the rest is within the limits."""
        while len(self.messages) > MAX_MESSAGES or (
            self._bytes > MAX_BYTES and len(self.messages) > 1
        ):
            message = self.messages.popleft()
            self._bytes -= len(message.body)
            self._evicted += 1
            yield message

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Apply ``SETTINGS``; a setting that is absent is reset to its default."""
        self._secret = settings.get("secret")
        responses = [ProgrammedResponse(**values) for values in settings.get("answers", ())]
        self._responses = responses or [ProgrammedResponse()]

    def to_dict(self) -> dict[str, Any]:
        """Return the secret, redacted, the responses still to send, and the message counts."""
        return {
            "name": self.name,
            "secret": self._secret and REDACTED,
            "answers": [response.to_dict() for response in self._responses],
            "received": self._received,
            "evicted": self._evicted,
        }

    def _verify(
        self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str]
    ) -> bool | None:
        secrets = secrets if self._secret is None else [self._secret]
        received = headers.get(HEADER, "").encode()
        expected = [signature(secret, body).encode() for secret in secrets]
        return any(compare_digest(item, received) for item in expected) if expected else None

    def _find_duplicate(self, event: Mapping[str, Any] | None) -> int | None:
        event_id = (event or {}).get("id")
        for message in self.messages if event_id is not None else ():
            if (message.event or {}).get("id") == event_id:
                return message.duplicate_of or message.number
        return None


class Inboxes:
    """The inboxes of a sandbox by name. Thread-safe.

    ``receive``, ``messages`` and ``configure`` create an inbox when its name is first used, and
    raise ``Unavailable`` if there are too many.
    """

    def __init__(self) -> None:
        self._inboxes: dict[str, Inbox] = {}
        self._lock = threading.Lock()
        #: Number of messages ever received; a reset does not change it.
        self.appended = 0
        #: Each entry is the name of an inbox and a message.
        self.watches: Watches[tuple[str, InboxMessage]] = Watches(
            self._lock, self._entries, topic=lambda entry: entry[0]
        )

    def list(self) -> list[dict[str, Any]]:
        """Return all inboxes, without their messages."""
        with self._lock:
            return [self._inboxes[name].to_dict() for name in sorted(self._inboxes)]

    def retrieve(self, name: str) -> dict[str, Any]:
        """Return an inbox without its messages; raise ``NotFound`` if it does not exist."""
        with self._lock:
            return self._get(name).to_dict()

    def configure(self, name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Set the secret and the responses of an inbox, keep its messages, and return it."""
        with self._lock:
            inbox = self._open(name)
            inbox.configure(settings)
            return inbox.to_dict()

    def delete(self, name: str) -> None:
        """Delete an inbox and its messages; raise ``NotFound`` if it does not exist."""
        with self._lock:
            for message in self._get(name).messages:
                self.watches.count((name, message), -1)
            del self._inboxes[name]

    def reset(self) -> None:
        with self._lock:
            for entry in self._entries():
                self.watches.count(entry, -1)
            self._inboxes.clear()

    def receive(
        self,
        name: str,
        at: int,
        headers: Mapping[str, str],
        body: bytes,
        secrets: Sequence[str] = (),
    ) -> ProgrammedResponse:
        """Record a delivery at Unix time ``at``, and return the response to send.

        ``secrets`` are those of the webhooks that deliver to this inbox.
        """
        with self._lock:
            inbox = self._open(name)
            message = inbox.receive(at, headers, body, secrets)
            self.appended += 1
            self.watches.count((name, message), 1)
            for evicted in inbox.evict():
                self.watches.count((name, evicted), -1)
            return message.answer

    def messages(self, name: str, **filters: Any) -> Sequence[InboxMessage]:
        """Return the messages that match ``since`` and ``type``, in the order of their arrival."""
        with self._lock:
            return [message for message in self._open(name).messages if message.matches(**filters)]

    def _entries(self) -> Iterator[tuple[str, InboxMessage]]:
        for name, inbox in self._inboxes.items():
            for message in inbox.messages:
                yield name, message

    def _open(self, name: str) -> Inbox:
        if name not in self._inboxes and len(self._inboxes) >= MAX_INBOXES:
            known = ", ".join(sorted(self._inboxes))
            raise Unavailable(f"at most {MAX_INBOXES} inboxes can exist; delete one of: {known}")
        return self._inboxes.setdefault(name, Inbox(name))

    def _get(self, name: str) -> Inbox:
        inbox = self._inboxes.get(name)
        if inbox is None:
            known = ", ".join(sorted(self._inboxes)) or "none"
            raise NotFound(f"unknown inbox '{name}'; existing inboxes: {known}")
        return inbox


def _parse_event(body: bytes) -> Mapping[str, Any] | None:
    """Return the JSON object in the body; None if it is anything else, too deep, or too large."""
    try:
        value = None if has_more_values(body) else orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) and not is_too_deep(value) else None
