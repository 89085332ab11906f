"""The deliveries that a receiver must handle, with the responses it should give."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from mockserver import __version__
from mockserver.faults.schema_drift import EVENT, add_drift
from mockserver.resources.base import ALL
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.schema import ValidatedInput
from mockserver.seeding.load import Loader
from mockserver.storage.ids import digest_id
from mockserver.storage.world import Event
from mockserver.webhooks.signature import HEADER, signature

PLAIN = "Bring a ladder. I have a plan, and it needs a ladder."
UNICODE = "Grüße aus Paris, 林美玲! \U0001fa9c\U0001f1eb\U0001f1f7"
LARGE = 1_000_000


@dataclass(frozen=True)
class SignedEvent:
    """The bytes of an event, and their signature, if any.

    They are sent at once or, if ``slowly`` is set, in pieces.
    """

    body: bytes
    signature: str | None
    slowly: bool = False

    @property
    def headers(self) -> Mapping[str, str]:
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(self.body)),
            "User-Agent": f"mockserver/{__version__}",
        }
        return headers if self.signature is None else {**headers, HEADER: self.signature}


def encode(event: Event) -> bytes:
    """Return an event as it is sent (contract/reference.md, "Events and webhooks")."""
    return orjson.dumps(event._asdict())


def sign(body: bytes, secret: str) -> SignedEvent:
    """Return a delivery with a valid signature."""
    return SignedEvent(body, signature(secret, body))


class SampleConversation:
    """A conversation of the default fixtures in which a contact writes to the user.

    The same seed gives the same ids.
    """

    def __init__(self, seed: str) -> None:
        resources = ResourceRegistry()
        self._messages = resources.messages
        self._world = Loader(resources).load("default", seed=seed)
        conversations = self._world["conversation"].find(ALL)
        self._conversation = next(each for each in conversations if each["contact_id"])

    def send(self, text: str) -> Event:
        """Return the event of a new message."""
        world, conversation = self._world, self._conversation
        world.begin()
        values = {"conversation_id": conversation["id"], "message": text}
        self._messages.send(world, conversation["contact_id"], values)
        return self._commit()

    def edit(self, event: Event, text: str) -> Event:
        """Return the event of an edit of a message."""
        self._world.begin()
        self._messages.update(self._world, event.payload["id"], ValidatedInput({"message": text}))
        return self._commit()

    def _commit(self) -> Event:
        [event] = self._world.commit().events
        self._world.release()
        return event


@dataclass(frozen=True)
class ReceiverCheck:
    """Deliveries that a receiver must accept or, unless ``is_valid``, refuse.

    ``noun`` names them in a finding, and ``reason`` says why they matter. If a check that this one
    ``depends_on`` failed with the same response, this one proves nothing new.
    """

    name: str
    description: str
    noun: str
    fix: str
    deliveries: Sequence[SignedEvent]
    is_valid: bool = True
    reason: str = ""
    depends_on: tuple[str, ...] = ("valid",)

    @property
    def is_first(self) -> bool:
        """True for the check that all others depend on."""
        return not self.depends_on


def all_checks(secret: str, seed: str) -> list[ReceiverCheck]:
    """Return all checks for a receiver that knows ``secret``."""
    conversation = SampleConversation(seed)
    valid = sign(encode(conversation.send(PLAIN)), secret)
    return [
        *_valid(conversation, secret, valid),
        *_forged(conversation, secret, valid),
        *_unusual(conversation, secret),
    ]


def _valid(
    conversation: SampleConversation, secret: str, valid: SignedEvent
) -> list[ReceiverCheck]:
    indented = json.dumps(conversation.send(PLAIN)._asdict(), indent=2).encode()
    return [
        ReceiverCheck(
            "valid",
            "message.created, as documented",
            "a valid delivery",
            "compare x-protocol-signature with the hexadecimal HMAC-SHA256 of the body, keyed with "
            "this webhook's secret, and respond 200",
            [valid],
            depends_on=(),
        ),
        ReceiverCheck(
            "exact bytes",
            "non-ASCII characters; JSON with line breaks",
            "a body with another JSON formatting",
            "verify the received bytes before parsing them: serializing JSON again changes the "
            "bytes",
            [sign(encode(conversation.send(UNICODE)), secret), sign(indented, secret)],
        ),
    ]


def _forged(
    conversation: SampleConversation, secret: str, captured: SignedEvent
) -> list[ReceiverCheck]:
    """Return the deliveries of an attacker who has seen one but does not know the secret."""
    body = encode(conversation.send(PLAIN))
    return [
        ReceiverCheck(
            "unsigned",
            "no x-protocol-signature",
            "an unsigned delivery",
            "respond 401 if x-protocol-signature is missing",
            [SignedEvent(body, None)],
            is_valid=False,
        ),
        ReceiverCheck(
            "other secret",
            "signed with another webhook's secret",
            "a delivery signed with another secret",
            "respond 401 unless the signature matches your own secret; its presence proves nothing",
            [sign(body, f"not {secret}")],
            is_valid=False,
            depends_on=("valid", "unsigned"),
        ),
        ReceiverCheck(
            "tampered",
            "the signature of the first delivery, another body",
            "a tampered delivery",
            "compute the signature of each body; one that was valid for another body proves "
            "nothing",
            [replace(captured, body=body)],
            is_valid=False,
            depends_on=("valid", "unsigned", "other secret"),
        ),
    ]


def _unusual(conversation: SampleConversation, secret: str) -> list[ReceiverCheck]:
    def signed(event: Event | dict[str, Any]) -> SignedEvent:
        return sign(orjson.dumps(event) if isinstance(event, dict) else encode(event), secret)

    duplicate = signed(conversation.send(PLAIN))
    created = conversation.send(PLAIN)
    updated = conversation.edit(created, "Never mind the ladder.")
    unknown_id = digest_id(f"{EVENT}/{created.id}")
    unknown_type = Event(unknown_id, EVENT, conversation.send(PLAIN).payload)
    unknown_attributes = add_drift(conversation.send(PLAIN)._asdict())
    text = f"{UNICODE} "
    large = conversation.send(text * (LARGE // len(text.encode()) + 1))
    slow = replace(signed(conversation.send(PLAIN)), slowly=True)
    return [
        ReceiverCheck(
            "duplicate",
            "the same event twice",
            "a duplicate",
            "store the ids of handled events, and respond 200 to an id that comes again",
            [duplicate, duplicate],
            reason="a delivery without a response in time is sent again",
        ),
        ReceiverCheck(
            "out of order",
            "message.updated before its message.created",
            "events out of order",
            "treat an update of an unknown object as new: its payload is the whole object",
            [signed(updated), signed(created)],
            reason="a retried delivery arrives late",
        ),
        ReceiverCheck(
            "unknown type",
            f"an event of the type {EVENT}",
            "an event of an unknown type",
            "respond 200 to unknown types and ignore them",
            [signed(unknown_type)],
            reason="later versions of the API may add types",
        ),
        ReceiverCheck(
            "unknown attributes",
            "unknown attributes, in another order",
            "unknown attributes",
            "ignore unknown attributes, and do not depend on the order of keys",
            [signed(unknown_attributes)],
            reason="later versions of the API may add attributes",
        ),
        ReceiverCheck(
            "large",
            f"a message of {LARGE // 1_000_000} MB",
            "a large delivery",
            "raise the maximum body size of your receiver and of any proxy in front of it",
            [signed(large)],
            reason="the API does not limit the size of a message",
            depends_on=("valid", "exact bytes"),
        ),
        ReceiverCheck(
            "slow",
            "the body in pieces",
            "a delivery that arrives slowly",
            "read until Content-Length bytes have arrived, with a longer timeout between pieces",
            [slow],
            reason="networks are sometimes slow",
        ),
    ]
