"""Conversations dressed as a messenger shows them: whose they are, and what was said last.

For those who look at a sandbox, as the dashboard does. What clients get is ``conversations``.
"""

from __future__ import annotations

from mockserver.resources.base import index_key
from mockserver.resources.conversations import owner_of
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.schema import Draft
from mockserver.storage.collection import Record
from mockserver.storage.paging import PageRequest
from mockserver.storage.world import World

MAX_UNREAD = 100
"""How many of a conversation's latest messages are looked at for what is unread."""


class ConversationSummaries:
    """The conversations of a world, dressed; nothing here changes any."""

    def __init__(self, resources: ResourceRegistry) -> None:
        self.resources = resources

    def list(self, world: World, draft: Draft) -> Record:
        """A page, in the API's order, by its filters and cursors (reference, "Pagination")."""
        page = self.resources.conversations.list(world, draft)
        return {**page, "data": [self._dressed(world, each) for each in page["data"]]}

    def retrieve(self, world: World, conversation_id: str) -> Record:
        """One; raises ``NotFound``."""
        shown = self.resources.conversations.retrieve(world, conversation_id)
        return self._dressed(world, shown)

    def messages(self, world: World, conversation_id: str, draft: Draft) -> Record:
        """A page of what was said in one, latest first; raises ``NotFound``."""
        self.resources.conversations.find(world, conversation_id)
        draft.values = {**draft.values, "conversation_id": conversation_id}
        return self.resources.messages.list(world, draft)

    def _dressed(self, world: World, conversation: Record) -> Record:
        """The conversation with its title, its picture, who is in it, the latest message, and how
        many from others have come since the user last opened it, up to ``MAX_UNREAD``."""
        kind, owner = owner_of(world, conversation)
        latest, _ = world["message"].page(
            index_key("conversation_id", conversation["id"]), PageRequest(MAX_UNREAD, None, None)
        )
        ids = [owner["id"]] if kind == "contact" else owner["contacts"]
        people = [world["contact"][each] for each in ids if each != world.user_id]
        name = "display_name" if kind == "contact" else "name"
        return {
            "conversation": conversation,
            "kind": kind,
            "title": owner[name] or owner["username"],
            "avatar_url": owner["avatar_url"],
            "user": self.resources.contacts.retrieve(world, world.user_id),
            "others": [self.resources.contacts.present(world, each) for each in people],
            "last_message": (self.resources.messages.present(world, latest[0]) if latest else None),
            "unread": sum(_is_unread(each, conversation, world.user_id) for each in latest),
        }


def _is_unread(message: Record, conversation: Record, user_id: str) -> bool:
    opened = conversation["last_opened_at"]
    return (
        message["contact"] != user_id
        and message["read_at"] is None
        and (opened is None or message["created_at"] > opened)
    )
