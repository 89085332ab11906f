"""The inboxes of a sandbox."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.errors import NotFound, Unavailable
from mockserver.webhooks.inbox import Inbox
from mockserver.webhooks.inbox_message import Message
from mockserver.webhooks.programmed_response import Reaction

MOST_INBOXES = 16


class Inboxes:
    """The inboxes by name, each opened by the first who names it. Safe for threads."""

    def __init__(self) -> None:
        self._inboxes: dict[str, Inbox] = {}
        self._appended = 0
        self._grown = threading.Condition()

    def list(self) -> list[dict[str, Any]]:
        """All of them, without their messages."""
        with self._grown:
            names = sorted(self._inboxes)
            return [{"name": name, **self._inboxes[name].to_dict()} for name in names]

    def receive(self, name: str, at: int, headers: Mapping[str, str], body: bytes) -> Reaction:
        """Take a delivery, at the moment ``at`` (Unix seconds); returns what it is answered.

        Raises ``Unavailable`` where there are too many inboxes already, as do ``configure`` and
        ``messages``.
        """
        with self._grown:
            answer = self._open(name).receive(at, headers, body)
            self._appended += 1
            self._grown.notify_all()
            return answer

    def retrieve(self, name: str) -> dict[str, Any]:
        """One, without its messages; raises ``NotFound``."""
        with self._grown:
            return {"name": name, **self._get(name).to_dict()}

    def messages(self, name: str, **wanted: Any) -> Sequence[Message]:
        """Those that match, in the order in which they came."""
        with self._grown:
            return [each for each in self._open(name).messages if each.matches(**wanted)]

    def configure(self, name: str, settings: Mapping[str, Any]) -> None:
        """Have it verify and answer otherwise from now on; its messages stay."""
        with self._grown:
            self._open(name).configure(settings)

    def delete(self, name: str) -> None:
        """Forget one and its messages; raises ``NotFound``."""
        with self._grown:
            self._get(name)
            del self._inboxes[name]

    def reset(self) -> None:
        """Forget them all."""
        with self._grown:
            self._inboxes.clear()

    @property
    def appended(self) -> int:
        """How many messages ever came; a reset does not turn it back."""
        return self._appended

    def await_growth(self, seen: int, seconds: float) -> None:
        """Wait until more than ``seen`` messages came, or ``seconds`` have passed."""
        with self._grown:
            self._grown.wait_for(lambda: self._appended > seen, seconds)

    def _open(self, name: str) -> Inbox:
        if name not in self._inboxes and len(self._inboxes) >= MOST_INBOXES:
            known = ", ".join(sorted(self._inboxes))
            raise Unavailable(f"there are {MOST_INBOXES} inboxes already; delete one of: {known}")
        return self._inboxes.setdefault(name, Inbox())

    def _get(self, name: str) -> Inbox:
        found = self._inboxes.get(name)
        if found is None:
            known = ", ".join(sorted(self._inboxes)) or "none"
            raise NotFound(f"there is no inbox '{name}'; there are: {known}")
        return found
