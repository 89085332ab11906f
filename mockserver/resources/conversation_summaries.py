"""Conversations as a messenger lists them: title, participants, last message, unread count."""

from mockserver.resources.base import index_key
from mockserver.resources.conversations import owner_of
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.schema import ValidatedInput
from mockserver.storage.collection import Record
from mockserver.storage.paging import PageRequest
from mockserver.storage.world import World

MAX_UNREAD = 100
"""Maximum ``unread`` count of a summary: only this many latest messages are examined."""


class ConversationSummaries:
    """A read-only view of a world's conversations, for the dashboard."""

    def __init__(self, resources: ResourceRegistry) -> None:
        self.resources = resources

    def list(self, world: World, query: ValidatedInput) -> Record:
        """Return a page of summaries, with the API's order, filters and cursors."""
        page = self.resources.conversations.list(world, query)
        return {**page, "data": [self._summarize(world, record) for record in page["data"]]}

    def retrieve(self, world: World, conversation_id: str) -> Record:
        """Return a conversation's summary; raise ``NotFound`` if the id is unknown."""
        conversation = self.resources.conversations.retrieve(world, conversation_id)
        return self._summarize(world, conversation)

    def messages(self, world: World, conversation_id: str, query: ValidatedInput) -> Record:
        """Return a page of messages, latest first; raise ``NotFound`` for an unknown id."""
        self.resources.conversations.find(world, conversation_id)
        query.values = {**query.values, "conversation_id": conversation_id}
        return self.resources.messages.list(world, query)

    def _summarize(self, world: World, conversation: Record) -> Record:
        kind, owner = owner_of(world, conversation)
        key = index_key("conversation_id", conversation["id"])
        latest, _ = world["message"].page(key, PageRequest(MAX_UNREAD))
        ids = [owner["id"]] if kind == "contact" else owner["contacts"]
        others = [world["contact"][contact_id] for contact_id in ids if contact_id != world.user_id]
        contacts, messages = self.resources.contacts, self.resources.messages
        return {
            "conversation": conversation,
            "kind": kind,
            "title": owner["display_name" if kind == "contact" else "name"] or owner["username"],
            "avatar_url": owner["avatar_url"],
            "user": contacts.retrieve(world, world.user_id),
            "others": [contacts.present(world, contact) for contact in others],
            "last_message": messages.present(world, latest[0]) if latest else None,
            "unread": sum(_is_unread(record, conversation, world.user_id) for record in latest),
        }


def _is_unread(message: Record, conversation: Record, user_id: str) -> bool:
    opened = conversation["last_opened_at"]
    return (
        message["contact"] != user_id
        and message["read_at"] is None
        and (opened is None or message["created_at"] > opened)
    )
