"""Conversations as a messenger shows them to the user.

These reads leave no trace: they are not journaled, faulted or rate-limited. The asset URLs are
always local, so that pages work offline.
"""

from __future__ import annotations

from typing import Any

from mockserver.resources.base import PagingSchema
from mockserver.resources.conversation_summaries import ConversationSummaries
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.schema import ValidatedInput
from mockserver.web.control.context import Call, Json, Routes

RESOURCES = ResourceRegistry()
SUMMARIES = ConversationSummaries(RESOURCES)

routes = Routes()


@routes.add("GET", "/conversations", query=RESOURCES.conversations.query_schema.fields)
def list_conversations(call: Call, **query: Any) -> Json:
    """List conversation summaries as a messenger shows them."""
    with call.sandbox.read() as world:
        page = SUMMARIES.list(world, ValidatedInput(query))
    return call.localize(page)


@routes.add("GET", "/conversations/<name>")
def retrieve_conversation(call: Call, name: str) -> Json:
    """Get a conversation summary by the conversation's id."""
    with call.sandbox.read() as world:
        summary = SUMMARIES.retrieve(world, name)
    return call.localize(summary)


@routes.add("GET", "/conversations/<name>/messages", query=PagingSchema().fields)
def list_conversation_messages(call: Call, name: str, **query: Any) -> Json:
    """List the messages of a conversation, latest first."""
    with call.sandbox.read() as world:
        page = SUMMARIES.messages(world, name, ValidatedInput(query))
    return call.localize(page)
