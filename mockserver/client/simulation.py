"""The other side: what contacts do in a sandbox, and the user in another client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.client.base import SandboxResource
from mockserver.client.control import given

Attachment = str | Mapping[str, Any]


class Simulation(SandboxResource):
    """The other side of one sandbox. A contact is named by id or by username.

    Each act has the consequences of the real thing: the clock, the events, and who was active when.
    One that changes nothing has none. All are in the journal, as ``simulate.message`` and so on.
    """

    def simulate_message(
        self,
        from_: str,
        text: str,
        conversation_id: str | None = None,
        attachments: Sequence[Attachment] | None = None,
    ) -> dict[str, Any]:
        """A contact sends a message, which is returned.

        Without ``conversation_id`` it is the conversation with that contact, created where there
        is none. An attachment is the id of one that is free, or a file:
        ``{"filename": "plan.txt", "content": "aGk="}``, with its bytes in base64.
        """
        return self._act(
            "message",
            **{"from": from_},
            message=text,
            conversation_id=conversation_id,
            attachments=attachments,
        )

    def simulate_edit(
        self,
        message_id: str,
        text: str | None = None,
        attachments: Sequence[Attachment] | None = None,
    ) -> dict[str, Any]:
        """The contact who sent a message changes its text, its attachments, or both."""
        return self._act("edit", message_id=message_id, message=text, attachments=attachments)

    def simulate_delete(self, message_id: str) -> dict[str, Any]:
        """The contact who sent a message deletes it."""
        return self._act("delete", message_id=message_id)

    def simulate_react(self, from_: str, message_id: str, reaction: str) -> dict[str, Any]:
        """A contact reacts to a message, which is returned."""
        return self._act("react", **{"from": from_}, message_id=message_id, reaction=reaction)

    def simulate_unreact(self, from_: str, message_id: str, reaction: str) -> dict[str, Any]:
        """A contact takes a reaction back; the message is returned."""
        return self._act("unreact", **{"from": from_}, message_id=message_id, reaction=reaction)

    def simulate_read(
        self, from_: str, conversation_id: str | None = None, message_id: str | None = None
    ) -> list[dict[str, Any]]:
        """A contact reads what the user said: all of a conversation, or up to a message.

        Returns the messages that were unread until then, oldest first.
        """
        wanted = {"from": from_, "conversation_id": conversation_id, "message_id": message_id}
        data: list[dict[str, Any]] = self._act("read", **wanted)["data"]
        return data

    def simulate_active(self, contact: str) -> dict[str, Any]:
        """A contact comes active; the contact is returned."""
        return self._act("active", contact=contact)

    def simulate_join(self, contact: str, group_id: str) -> dict[str, Any]:
        """A contact joins a group, which is returned."""
        return self._act("join", contact=contact, group_id=group_id)

    def simulate_leave(self, contact: str, group_id: str) -> dict[str, Any]:
        """A contact leaves a group, which is returned."""
        return self._act("leave", contact=contact, group_id=group_id)

    def simulate_open(self, conversation_id: str) -> dict[str, Any]:
        """The user opens a conversation in another client; the conversation is returned."""
        return self._act("open", conversation_id=conversation_id)

    def _act(self, name: str, /, **values: Any) -> dict[str, Any]:
        return self._ask("POST", f"/simulate/{name}", given(**values))
