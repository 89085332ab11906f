"""Conversations as a messenger lists them: title, participants, last message, unread count.

Their asset URLs are local, so that pages work offline.
"""

from typing import Any

from mockserver.resources.base import PagingSchema, index_key
from mockserver.resources.conversations import owner_of
from mockserver.resources.registry import ResourceRegistry
from mockserver.schema.schema import ValidatedInput
from mockserver.storage.collection import PageRequest, Record
from mockserver.storage.world import World
from mockserver.web.control.context import ControlRequest, Json, Routes

MAX_UNREAD = 100  # in a summary: only this many latest messages are examined
RESOURCES = ResourceRegistry()

routes = Routes()


@routes.add("GET", "/conversations", query=RESOURCES.conversations.query_schema.fields)
def list_conversations(request: ControlRequest, **query: Any) -> Json:
    """List conversation summaries as a messenger shows them."""
    with request.sandbox.read() as world:
        page = RESOURCES.conversations.list(world, ValidatedInput(query))
        summaries = [_summarize(world, conversation) for conversation in page["data"]]
    return request.localize({**page, "data": summaries})


@routes.add("GET", "/conversations/<name>")
def retrieve_conversation(request: ControlRequest, name: str) -> Json:
    """Get a conversation summary by the conversation's id."""
    with request.sandbox.read() as world:
        summary = _summarize(world, RESOURCES.conversations.retrieve(world, name))
    return request.localize(summary)


@routes.add("GET", "/conversations/<name>/messages", query=PagingSchema().fields)
def list_conversation_messages(request: ControlRequest, name: str, **query: Any) -> Json:
    """List the messages of a conversation, latest first."""
    with request.sandbox.read() as world:
        RESOURCES.conversations.find(world, name)
        query["conversation_id"] = name
        page = RESOURCES.messages.list(world, ValidatedInput(query))
    return request.localize(page)


def _summarize(world: World, conversation: Record) -> Record:
    kind, owner = owner_of(world, conversation)
    key = index_key("conversation_id", conversation["id"])
    latest, _ = world["message"].page(key, PageRequest(MAX_UNREAD))
    ids = [owner["id"]] if kind == "contact" else owner["contacts"]
    others = [world["contact"][contact_id] for contact_id in ids if contact_id != world.user_id]
    contacts, messages = RESOURCES.contacts, RESOURCES.messages
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
