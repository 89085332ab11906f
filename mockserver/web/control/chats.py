"""What a sandbox's user would see in a messenger. To look leaves no trace: it is in no journal,
meets no fault, and counts against no limit."""

from __future__ import annotations

from typing import Any

from mockserver.resources.catalogue import Catalogue
from mockserver.resources.chats import Chats
from mockserver.schema.attributes import Draft
from mockserver.web import assets
from mockserver.web.call import Answer, Call
from mockserver.web.control.control import Control, answer
from mockserver.web.control.route import Route

CATALOGUE = Catalogue()
LIST = CATALOGUE.conversations.query.fields
MESSAGES = {
    name: each
    for name, each in CATALOGUE.messages.query.fields.items()
    if name not in CATALOGUE.messages.filters
}


def list_chats(control: Control, call: Call, **given: Any) -> Answer:
    with control.sandbox(call).reading() as world:
        shown = Chats(control.catalogue).list(world, Draft(given))
    return _shown(control, call, shown)


def retrieve_chat(control: Control, call: Call, name: str) -> Answer:
    with control.sandbox(call).reading() as world:
        shown = Chats(control.catalogue).retrieve(world, name)
    return _shown(control, call, shown)


def list_chat_messages(control: Control, call: Call, name: str, **given: Any) -> Answer:
    with control.sandbox(call).reading() as world:
        shown = Chats(control.catalogue).messages(world, name, Draft(given))
    return _shown(control, call, shown)


def _shown(control: Control, call: Call, shown: dict[str, Any]) -> Answer:
    """With assets that are served here, whatever clients are told: who looks is offline."""
    return answer(assets.localised(shown, call.host_url, control.sandbox(call).name))


ROUTES = (
    Route(
        "GET",
        "/chats",
        list_chats,
        "the conversations as a messenger shows them, without a trace in the journal",
        parameters=LIST,
    ),
    Route("GET", "/chats/<name>", retrieve_chat, "one, by its conversation's id"),
    Route(
        "GET",
        "/chats/<name>/messages",
        list_chat_messages,
        "what was said in it, latest first",
        parameters=MESSAGES,
    ),
)
