"""What a sandbox's user would see in a messenger, and whether anything has moved."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from mockserver.client.base import SandboxResource


class Chats(SandboxResource):
    """The conversations of one sandbox, dressed. To look leaves no trace in the journal."""

    def chats(self, **query: Any) -> dict[str, Any]:
        """A page of conversations, each with its title, the others in it, the latest message and
        the number of unread ones; ``query`` is that of ``GET /v1/conversations``."""
        return self._ask("GET", "/conversations", **query)

    def chat(self, conversation_id: str) -> dict[str, Any]:
        """One of them."""
        return self._ask("GET", _chat(conversation_id))

    def chat_messages(self, conversation_id: str, **query: Any) -> dict[str, Any]:
        """A page of its messages, latest first; ``query`` has limit and cursors."""
        return self._ask("GET", f"{_chat(conversation_id)}/messages", **query)

    def counters(self) -> dict[str, Any]:
        """Counts that move whenever there is something new to see, and the clock."""
        return self._ask("GET", "/counters")


def _chat(conversation_id: str) -> str:
    return f"/conversations/{quote(conversation_id, safe='')}"
