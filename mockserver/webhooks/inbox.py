"""One inbox: what has come, and what is answered next."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.journal.exchange import REDACTED
from mockserver.webhooks.inbox_message import Message, attribute, event_in
from mockserver.webhooks.programmed_response import Reaction
from mockserver.webhooks.signature import HEADER, verifies

MOST_MESSAGES = 1000
MOST_BYTES = 8 * 1024 * 1024


class Inbox:
    """A receiver of deliveries. Its answers are given in turn, and the last of them stays.

    It keeps up to 1,000 messages, and 8 MB of bodies; the oldest go first, and are counted.
    """

    def __init__(self) -> None:
        self.messages: deque[Message] = deque()
        self._secret: str | None = None
        self._answers: Sequence[Reaction] = (Reaction(),)
        self._received = self._evicted = self._bytes = 0

    def receive(self, at: int, headers: Mapping[str, str], body: bytes) -> Reaction:
        """Keep a delivery; returns what it is answered."""
        answer, *others = self._answers
        self._answers = others or [answer]
        self._received += 1
        event = event_in(body)
        message = Message(
            number=self._received,
            at=at,
            headers=headers,
            body=body,
            event=event,
            verified=self._verified(headers, body),
            duplicate_of=self._first(attribute(event, "id")),
            answer=answer,
        )
        self.messages.append(message)
        self._bytes += len(body)
        while len(self.messages) > MOST_MESSAGES or self._bytes > MOST_BYTES:
            self._bytes -= len(self.messages.popleft().body)
            self._evicted += 1
        return answer

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Verify and answer as ``SETTINGS`` has read; what is not given is as at the start."""
        self._secret = settings.get("secret")
        answers = [Reaction(**each) for each in settings.get("answers", ())]
        self._answers = answers or [Reaction()]

    def to_dict(self) -> dict[str, Any]:
        """Its settings, with the answers that are still to be given, and how much has come."""
        return {
            "secret": self._secret and REDACTED,
            "answers": [each.to_dict() for each in self._answers],
            "received": self._received,
            "evicted": self._evicted,
        }

    def _verified(self, headers: Mapping[str, str], body: bytes) -> bool | None:
        if self._secret is None:
            return None
        given = next((value for name, value in headers.items() if name.lower() == HEADER), "")
        return verifies(self._secret, body, given)

    def _first(self, event_id: Any) -> int | None:
        """The number of the first message with this event, if there was one."""
        for each in self.messages:
            if event_id is not None and attribute(each.event, "id") == event_id:
                return each.duplicate_of or each.number
        return None
