"""Simulated actions of other contacts, bots, and summaries of conversations."""

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

from mockserver.client import types
from mockserver.client.control import SandboxClient, read_document

Attachment = str | Mapping[str, Any]
Script = str | PathLike[str] | Mapping[str, Any]


class SimulateClient(SandboxClient):
    """Actions of other contacts of a sandbox, or of the user in another client.

    A contact is given by id or username. Unless an action changes nothing, it advances the clock,
    emits events and updates ``last_active_at``, as a real one does. The journal lists it as an
    operation such as ``simulate.message``.
    """

    def message(
        self,
        from_: str,
        text: str,
        conversation_id: str | None = None,
        attachments: Sequence[Attachment] | None = None,
    ) -> types.MessageDict:
        """Send a message from a contact, and return the message.

        ``conversation_id`` defaults to the conversation with that contact, which is created if
        needed. An attachment is an id that is on no message yet, or a file with its content in
        base64: ``{"filename": "plan.txt", "content": "aGk="}``.
        """
        values = {"from": from_, "message": text, "attachments": attachments}
        return self._act("message", conversation_id=conversation_id, **values)

    def edit(
        self,
        message_id: str,
        text: str | None = None,
        attachments: Sequence[Attachment] | None = None,
    ) -> types.MessageDict:
        """Edit the text or the attachments of a contact's message, and return the message."""
        return self._act("edit", message_id=message_id, message=text, attachments=attachments)

    def delete(self, message_id: str) -> types.DeletedDict:
        """Delete a contact's message."""
        return self._act("delete", message_id=message_id)

    def react(self, from_: str, message_id: str, reaction: str) -> types.MessageDict:
        """Add a contact's reaction to a message, and return the message."""
        return self._act("react", **{"from": from_}, message_id=message_id, reaction=reaction)

    def unreact(self, from_: str, message_id: str, reaction: str) -> types.MessageDict:
        """Remove a contact's reaction from a message, and return the message."""
        return self._act("unreact", **{"from": from_}, message_id=message_id, reaction=reaction)

    def read(
        self, from_: str, conversation_id: str | None = None, message_id: str | None = None
    ) -> list[types.MessageDict]:
        """Mark the user's messages as read by a contact; return the messages that were unread.

        Give a conversation to mark all its messages, or a message to mark it and all before it.
        """
        target = {"conversation_id": conversation_id, "message_id": message_id}
        return self._act("read", **{"from": from_}, **target)["data"]

    def active(self, contact: str) -> types.ContactDict:
        """Mark a contact as active now, and return the contact."""
        return self._act("active", contact=contact)

    def join(self, contact: str, group_id: str) -> types.GroupDict:
        """Add a contact to a group, and return the group."""
        return self._act("join", contact=contact, group_id=group_id)

    def leave(self, contact: str, group_id: str) -> types.GroupDict:
        """Remove a contact from a group, and return the group."""
        return self._act("leave", contact=contact, group_id=group_id)

    def open(self, conversation_id: str) -> types.ConversationDict:
        """Open a conversation as the user in another client, and return the conversation."""
        return self._act("open", conversation_id=conversation_id)

    def _act(self, name: str, /, **values: Any) -> Any:
        return self._request("POST", "simulate", name, **values)


class BotsClient(SandboxClient):
    """The bots of a sandbox: simulated contacts that act on its clock."""

    def start(self, script: Script, seed: str | int | None = None) -> types.BotsDict:
        """Start the bots of a script, in place of any running ones; return their status.

        ``script`` is the name of a shipped script (``office``, ``support-queue``), a document, or
        the path of a JSON file. The same ``seed`` gives the same actions; the default is the seed
        of the sandbox. Raises ``ApiError`` with every problem of an invalid script.
        """
        is_name = isinstance(script, str) and not script.endswith(".json")
        document = script if is_name else read_document(script, "script")
        seed = None if seed is None else str(seed)
        return self._request("PUT", "bots", script=document, seed=seed)

    def get(self) -> types.BotsDict:
        """Return the running bots and their next actions; raises ``ApiError`` (404) if none run."""
        return self._request("GET", "bots")

    def stop(self) -> types.BotsStoppedDict:
        """Stop the bots, and return their last status. Their contacts and messages stay."""
        return self._request("DELETE", "bots")

    def scripts(self) -> list[dict[str, Any]]:
        """Return the shipped scripts as documents, to copy and change."""
        return self._request("GET", "bots", "scripts")["data"]

    def transcript(
        self, since: str | None = None, **filters: Any
    ) -> list[types.TranscriptLineDict]:
        """Return the actions of bots and user after the line ``since``, or all, oldest first.

        ``since`` is the id of a line; ``filters`` are ``conversation_id`` and ``limit``.
        """
        return self._pages("bots", "transcript", since=since, **filters)

    def transcript_text(self, **filters: Any) -> str:
        """Return the transcript as text; ``filters`` as for ``transcript``, and ``since``."""
        return self._request("GET", "bots", "transcript", **filters, format="text")


class ConversationsClient(SandboxClient):
    """Conversations as a messenger shows them. These requests are not in the journal."""

    def list(self, **query: Any) -> types.ConversationPageDict:
        """Return a page of conversations with title, participants, last message and unread count.

        ``query`` has the parameters of ``GET /v1/conversations``.
        """
        return self._request("GET", "conversations", **query)

    def get(self, id: str) -> types.ConversationSummaryDict:
        """Return a conversation with title, participants, last message and unread count."""
        return self._request("GET", "conversations", id)

    def messages(self, id: str, **query: Any) -> types.MessagePageDict:
        """Return a page of a conversation's messages, latest first.

        ``query`` may have ``limit``, and ``starting_after`` or ``ending_before``.
        """
        return self._request("GET", "conversations", id, "messages", **query)
