"""Conversations as a messenger shows them, with local asset URLs so that pages work offline."""

from typing import Any

from mockserver.resources.base import PagingSchema
from mockserver.resources.conversation_summaries import ConversationSummaries
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.schema import ValidatedInput
from mockserver.web.control.context import ControlRequest, Json, Routes

RESOURCES = ResourceRegistry()
SUMMARIES = ConversationSummaries(RESOURCES)

routes = Routes()


@routes.add("GET", "/conversations", query=RESOURCES.conversations.query_schema.fields)
def list_conversations(request: ControlRequest, **query: Any) -> Json:
    """List conversation summaries as a messenger shows them."""
    with request.sandbox.read() as world:
        page = SUMMARIES.list(world, ValidatedInput(query))
    return request.localize(page)


@routes.add("GET", "/conversations/<name>")
def retrieve_conversation(request: ControlRequest, name: str) -> Json:
    """Get a conversation summary by the conversation's id."""
    with request.sandbox.read() as world:
        summary = SUMMARIES.retrieve(world, name)
    return request.localize(summary)


@routes.add("GET", "/conversations/<name>/messages", query=PagingSchema().fields)
def list_conversation_messages(request: ControlRequest, name: str, **query: Any) -> Json:
    """List the messages of a conversation, latest first."""
    with request.sandbox.read() as world:
        page = SUMMARIES.messages(world, name, ValidatedInput(query))
    return request.localize(page)
