"""What a sandbox's user would see in a messenger. To look leaves no trace: it is in no journal,
meets no fault, and counts against no limit."""

from __future__ import annotations

from typing import Any

from mockserver.resources.conversation_summaries import ConversationSummaries
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.schema import Draft
from mockserver.web import asset_urls
from mockserver.web.control.context import AdminContext, answer
from mockserver.web.control.route import Route
from mockserver.web.request import JsonResponse, Request

CATALOGUE = ResourceRegistry()
LIST = CATALOGUE.conversations.query.fields
MESSAGES = {
    name: each
    for name, each in CATALOGUE.messages.query.fields.items()
    if name not in CATALOGUE.messages.filters
}


def list_conversations(control: AdminContext, call: Request, **given: Any) -> JsonResponse:
    with control.sandbox(call).read() as world:
        shown = ConversationSummaries(control.catalogue).list(world, Draft(given))
    return _shown(control, call, shown)


def retrieve_conversation(control: AdminContext, call: Request, name: str) -> JsonResponse:
    with control.sandbox(call).read() as world:
        shown = ConversationSummaries(control.catalogue).retrieve(world, name)
    return _shown(control, call, shown)


def list_conversation_messages(
    control: AdminContext, call: Request, name: str, **given: Any
) -> JsonResponse:
    with control.sandbox(call).read() as world:
        shown = ConversationSummaries(control.catalogue).messages(world, name, Draft(given))
    return _shown(control, call, shown)


def _shown(control: AdminContext, call: Request, shown: dict[str, Any]) -> JsonResponse:
    """With assets that are served here, whatever clients are told: who looks is offline."""
    return answer(asset_urls.localize(shown, call.host_url, control.sandbox(call).name))


ROUTES = (
    Route(
        "GET",
        "/conversations",
        list_conversations,
        "the conversations as a messenger shows them, without a trace in the journal",
        parameters=LIST,
    ),
    Route("GET", "/conversations/<name>", retrieve_conversation, "one, by its conversation's id"),
    Route(
        "GET",
        "/conversations/<name>/messages",
        list_conversation_messages,
        "what was said in it, latest first",
        parameters=MESSAGES,
    ),
)
