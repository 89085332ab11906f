"""Conversations as a messenger shows them to the user.

These reads leave no trace: they are not journaled, faulted or rate-limited.
"""

from __future__ import annotations

from typing import Any

from mockserver.resources.conversation_summaries import ConversationSummaries
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.schema import ValidatedInput
from mockserver.web.assets import localize
from mockserver.web.control.context import AdminContext, Json, Routes
from mockserver.web.request import Request

RESOURCES = ResourceRegistry()
CONVERSATIONS_QUERY = RESOURCES.conversations.query_schema.fields
MESSAGES_QUERY = {
    name: parameter
    for name, parameter in RESOURCES.messages.query_schema.fields.items()
    if name not in RESOURCES.messages.filters
}

routes = Routes()


@routes.add("GET", "/conversations", query=CONVERSATIONS_QUERY)
def list_conversations(context: AdminContext, request: Request, **query: Any) -> Json:
    """List conversation summaries as a messenger shows them."""
    with context.sandbox(request).read() as world:
        page = ConversationSummaries(context.resources).list(world, ValidatedInput(query))
    return _response(context, request, page)


@routes.add("GET", "/conversations/<name>")
def retrieve_conversation(context: AdminContext, request: Request, name: str) -> Json:
    """Get a conversation summary by the conversation's id."""
    with context.sandbox(request).read() as world:
        summary = ConversationSummaries(context.resources).retrieve(world, name)
    return _response(context, request, summary)


@routes.add("GET", "/conversations/<name>/messages", query=MESSAGES_QUERY)
def list_conversation_messages(
    context: AdminContext, request: Request, name: str, **query: Any
) -> Json:
    """List the messages of a conversation, latest first."""
    with context.sandbox(request).read() as world:
        page = ConversationSummaries(context.resources).messages(world, name, ValidatedInput(query))
    return _response(context, request, page)


def _response(context: AdminContext, request: Request, value: dict[str, Any]) -> Json:
    """Return a response with local asset URLs whatever the setting, so that it works offline."""
    sandbox = context.sandbox(request).name
    localized: Json = localize(value, request.host_url, sandbox)
    return localized
