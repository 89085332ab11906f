"""What contacts and groups have in common: each comes with a conversation and takes it along."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.resources.base import Casualties, Resource, records_of
from mockserver.resources.conversations import OWNERS, Conversations
from mockserver.schema.schema import Draft
from mockserver.storage.collection import Record
from mockserver.storage.world import World


class Owner(Resource):
    """A resource whose objects own conversations."""

    def __init__(self, conversations: Conversations) -> None:
        self.conversations = conversations

    def create(self, world: World, draft: Draft) -> Record:
        values = draft.settle(self.check(world, draft.values, None))
        record = self.build(world, self.complete(values))
        # The record is saved with its conversation's id, so that its event tells it; the events
        # come cause first.
        conversation = self.conversations.build(world, {OWNERS[self.kind]: record["id"]})
        record["conversation_id"] = conversation["id"]
        self.save(world, record)
        self.conversations.save(world, conversation)
        return self.present(world, record)

    def casualties(self, world: World, records: Sequence[Record]) -> Casualties:
        lost = list(records_of(world, "conversation", OWNERS[self.kind], records))
        return [*self.conversations.casualties(world, lost), (self, [*records])]
