"""The deliveries of the check, and whether a receiver must accept or refuse them."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from mockserver import __version__
from mockserver.faults.response import DRIFT_EVENT, add_drift
from mockserver.resources.base import ALL
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.schema import ValidatedInput
from mockserver.seeding.load import Loader
from mockserver.storage.ids import digest_id
from mockserver.unpatched import read_text
from mockserver.webhooks.signature import HEADER, signature

PLAIN = "Bring a ladder. I have a plan, and it needs a ladder."
UNICODE = "Grüße aus Paris, 林美玲! \U0001fa9c\U0001f1eb\U0001f1f7"
LARGE = 1_000_000  # minimum bytes of the text of a large message


@dataclass(frozen=True)
class SignedEvent:
    """An event as sent: its bytes and signature, in pieces with pauses if ``slowly`` is set."""

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


def sign(body: bytes, secret: str) -> SignedEvent:
    """Return a delivery of ``body``, signed with ``secret``."""
    return SignedEvent(body, signature(secret, body))


class SampleConversation:
    """A conversation of the default fixtures in which a contact writes to the user.

    The ids of its events derive from ``seed``.
    """

    def __init__(self, seed: str) -> None:
        resources = ResourceRegistry()
        self._messages = resources.messages
        self._world = Loader(resources).load("default", seed=seed)
        conversations = self._world["conversation"].find(ALL)
        self._conversation = next(item for item in conversations if item["contact_id"])

    def send(self, text: str) -> dict[str, Any]:
        """Send a message, and return its event."""
        world, conversation = self._world, self._conversation
        world.begin()
        values = {"conversation_id": conversation["id"], "message": text}
        self._messages.send(world, conversation["contact_id"], values)
        return self._commit()

    def edit(self, event: dict[str, Any], text: str) -> dict[str, Any]:
        """Edit the message of an event, and return the new event."""
        self._world.begin()
        values = ValidatedInput({"message": text})
        self._messages.update(self._world, event["payload"]["id"], values)
        return self._commit()

    def _commit(self) -> dict[str, Any]:
        [event] = self._world.commit().events
        self._world.release()
        return event._asdict()


@dataclass(frozen=True)
class ReceiverCheck:
    """A check of the responses to some deliveries; ``checks.toml`` explains the attributes."""

    name: str
    deliveries: Sequence[SignedEvent]
    description: str
    noun: str
    fix: str
    reason: str = ""
    is_valid: bool = True
    depends_on: Sequence[str] = ("valid",)

    @property
    def is_first(self) -> bool:
        """True for the check of a valid delivery, on which all others depend."""
        return not self.depends_on


def all_checks(secret: str, seed: str) -> list[ReceiverCheck]:
    """Return all checks, for a receiver that verifies signatures with ``secret``."""
    checks = tomllib.loads(read_text(__package__, "checks.toml"))
    deliveries = _deliveries(SampleConversation(seed), secret)
    return [ReceiverCheck(name, deliveries[name], **check) for name, check in checks.items()]


def _deliveries(conversation: SampleConversation, secret: str) -> dict[str, list[SignedEvent]]:
    def signed(event: dict[str, Any]) -> SignedEvent:
        return sign(orjson.dumps(event), secret)

    valid = signed(conversation.send(PLAIN))
    indented = json.dumps(conversation.send(PLAIN), indent=2).encode()
    unicode = conversation.send(UNICODE)
    # An attacker may have seen the first delivery, but does not have the secret.
    forged = orjson.dumps(conversation.send(PLAIN))
    duplicate = signed(conversation.send(PLAIN))
    created = conversation.send(PLAIN)
    updated = conversation.edit(created, "Never mind the ladder.")
    unknown_id = digest_id(f"{DRIFT_EVENT}/{created['id']}")
    unknown_type = {**conversation.send(PLAIN), "id": unknown_id, "type": DRIFT_EVENT}
    unknown_attributes = add_drift(conversation.send(PLAIN))
    text = f"{UNICODE} "
    large = conversation.send(text * (LARGE // len(text.encode()) + 1))
    return {
        "valid": [valid],
        "exact bytes": [signed(unicode), sign(indented, secret)],
        "unsigned": [SignedEvent(forged, None)],
        "other secret": [sign(forged, f"not {secret}")],
        "tampered": [replace(valid, body=forged)],
        "duplicate": [duplicate, duplicate],
        "out of order": [signed(updated), signed(created)],
        "unknown type": [signed(unknown_type)],
        "unknown attributes": [signed(unknown_attributes)],
        "large": [signed(large)],
        "slow": [replace(signed(conversation.send(PLAIN)), slowly=True)],
    }
