"""The filters of each list (reference.md, "Pagination" and each resource)."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.conftest import Api

FAMILY, APARTMENT = "fprEZrh9IcdV51AS", "WscwreW05x4T3ZCX"
CONVERSATION = "xgQQXg3hrtjh7AvZ"
FILTERS: dict[str, dict[str, Callable[[Any], bool]]] = {
    "contacts": {"active": lambda contact: contact["last_active_at"] is not None},
    "conversations": {
        "muted": lambda conversation: conversation["is_muted"],
        "archived": lambda conversation: conversation["archived_at"] is not None,
        "pinned": lambda conversation: conversation["is_pinned"],
    },
    "groups": {"archived": lambda group: group["archived_at"] is not None},
}


def varied(client: Api) -> None:
    """Make each combination of the conversations' filters find an object."""
    for number, record_id in enumerate(client.ids("/v1/conversations")):
        client.change(
            "conversations",
            record_id,
            is_muted=bool(number & 1),
            is_pinned=bool(number & 2),
            archived_at=0
            if number & 4
            else None,  # a filter by timestamp includes the smallest one
        )


@pytest.mark.parametrize("kind", FILTERS)
def test_filters_combine_and_false_filters_nothing(client: Api, kind: str) -> None:
    if kind == "conversations":
        varied(client)
    items = client.walk(f"/v1/{kind}")
    names = list(FILTERS[kind])
    for values in product((None, "true", "1", "false", "0"), repeat=len(names)):
        filters = {n: v for n, v in zip(names, values, strict=True) if v is not None}
        flags = [name for name, value in filters.items() if value in ("true", "1")]
        expected = [item for item in items if all(FILTERS[kind][name](item) for name in flags)]
        assert expected, filters
        assert client.walk(f"/v1/{kind}?{urlencode(filters)}") == expected


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, filters in FILTERS.items() for name in filters]
)
@pytest.mark.parametrize("value", ["", "yes", "True", "2", "null", " true"])
def test_boolean_filter_rejects_other_values(client: Api, kind: str, name: str, value: str) -> None:
    client.get(f"/v1/{kind}?{urlencode({name: value})}").refused(400, name, "boolean")


def test_conversations_can_be_filtered_by_group(client: Api) -> None:
    listed = client.walk("/v1/conversations")
    for group in (FAMILY, APARTMENT):
        expected = [item for item in listed if item["group_id"] == group]
        assert client.walk(f"/v1/conversations?group_id={group}") == expected
        assert expected
    both = client.walk(f"/v1/conversations?group_id={FAMILY}&pinned=true")
    assert [conversation["group_id"] for conversation in both] == [FAMILY]
    assert client.walk(f"/v1/conversations?group_id={FAMILY}&pinned=true&archived=true") == []


@pytest.mark.parametrize("kind", ["messages", "attachments"])
def test_messages_and_attachments_filter_by_conversation(client: Api, kind: str) -> None:
    of_message = {
        message["id"]: message["conversation_id"] for message in client.walk("/v1/messages")
    }
    items = client.walk(f"/v1/{kind}")

    def conversation_of(item: Any) -> str | None:
        return item["conversation_id"] if kind == "messages" else of_message.get(item["message_id"])

    for conversation in client.ids("/v1/conversations"):
        expected = [item for item in items if conversation_of(item) == conversation]
        assert client.walk(f"/v1/{kind}?conversation_id={conversation}") == expected
    assert {conversation_of(item) for item in items} & {CONVERSATION}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("conversations", "group_id"),
        ("messages", "conversation_id"),
        ("attachments", "conversation_id"),
    ],
)
def test_filter_by_unknown_id_finds_nothing(client: Api, kind: str, name: str) -> None:
    for value in ("nobody", "0123456789abcdef", CONVERSATION.swapcase(), "é", "a&b"):
        page = client.get(f"/v1/{kind}?{urlencode({name: value})}").json
        assert page == {"has_more": False, "data": []}


@pytest.mark.parametrize("cursor", ["starting_after", "ending_before"])
@pytest.mark.parametrize("limit", [1, 3, 100])
def test_filtered_out_object_is_a_valid_cursor(client: Api, cursor: str, limit: int) -> None:
    varied(client)
    listed = client.walk("/v1/conversations")
    for position, conversation in enumerate(listed):
        query = f"muted=true&archived=true&{cursor}={conversation['id']}&limit={limit}"
        page = client.get(f"/v1/conversations?{query}").json
        beyond = listed[position + 1 :] if cursor == "starting_after" else listed[:position]
        matches = [item for item in beyond if item["is_muted"] and item["archived_at"] is not None]
        nearest = matches[:limit] if cursor == "starting_after" else matches[-limit:]
        assert page == {"has_more": len(matches) > limit, "data": nearest}


def test_cursor_in_another_conversation_is_valid(client: Api) -> None:
    messages = client.walk("/v1/messages")
    cursor = next(message for message in messages if message["conversation_id"] != CONVERSATION)
    page = client.get(
        f"/v1/messages?conversation_id={CONVERSATION}&starting_after={cursor['id']}&limit=100"
    ).json
    older = messages[messages.index(cursor) + 1 :]
    assert page["data"] == [item for item in older if item["conversation_id"] == CONVERSATION]


def test_cursor_must_exist_even_if_filter_finds_nothing(client: Api) -> None:
    client.get("/v1/messages?conversation_id=nobody&starting_after=nobody").refused(400, "nobody")


def test_updated_object_keeps_its_position_in_filtered_list(client: Api) -> None:
    varied(client)
    muted = client.ids("/v1/conversations?muted=true")
    client.change("conversations", muted[3], is_muted=False)
    assert client.ids("/v1/conversations?muted=true") == muted[:3] + muted[4:]
    client.change("conversations", muted[3], is_muted=True)
    assert client.ids("/v1/conversations?muted=true") == muted


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("contacts", "archived"),
        ("contacts", "group_id"),
        ("groups", "muted"),
        ("messages", "contact_id"),
        ("attachments", "message_id"),
        ("conversations", "contact_id"),
        ("conversations", "is_muted"),
    ],
)
def test_unknown_filter_is_rejected(client: Api, kind: str, name: str) -> None:
    client.get(f"/v1/{kind}?{name}=true").refused(400, f"unknown parameter '{name}'")
