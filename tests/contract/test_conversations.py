"""Conversations (reference.md, "Conversation")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract.conftest import Api

NOW = 705106800
FRANK, CLIFF, KEVIN = "WAz8eIbvDR60rouK", "GDuwNZ6Ct1AtrQtV", "VYmwyVrujkXIjvEf"
PLAZA, APARTMENT = "l7cGNIBKZiNJ6wqF", "WscwreW05x4T3ZCX"
DIRECT, MESSAGE = "xgQQXg3hrtjh7AvZ", "SIuAFUNKdSYHZF2w"
OWNERS = pytest.mark.parametrize(
    ("kind", "attribute", "owner_id"),
    [("contacts", "contact_id", FRANK), ("groups", "group_id", PLAZA)],
)


@OWNERS
def test_a_conversation_is_with_a_contact_or_of_a_group(
    client: Api, kind: str, attribute: str, owner_id: str
) -> None:
    other = {"contact_id": None, "group_id": None}
    first = client.create("conversations", **(other | {attribute: owner_id}))
    client.remove("conversations", first["id"])
    created = client.create("conversations", **{attribute: owner_id})
    assert created == {
        "id": created["id"],
        "contact_id": None,
        "group_id": None,
        "pinned_message_id": None,
        "is_pinned": False,
        "is_muted": False,
        "last_active_at": None,
        "last_opened_at": None,
        "created_at": NOW + 3,
        "archived_at": None,
    } | {attribute: owner_id}
    assert {**created, "id": first["id"], "created_at": NOW + 1} == first


@OWNERS
def test_create_adds_a_conversation_and_owner_keeps_the_first(
    client: Api, kind: str, attribute: str, owner_id: str
) -> None:
    owner = client.retrieve(kind, owner_id)
    created = [client.create("conversations", **{attribute: owner_id})["id"] for _ in range(3)]
    assert client.ids("/v1/conversations")[:3] == created[::-1]
    assert client.retrieve(kind, owner_id) == owner


def test_owner_without_conversation_gets_the_new_one(client: Api) -> None:
    assert client.retrieve("contacts", CLIFF)["conversation_id"] is None
    first = client.create("conversations", contact_id=CLIFF)
    client.create("conversations", contact_id=CLIFF)
    assert client.retrieve("contacts", CLIFF)["conversation_id"] == first["id"]


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ({}, ["contact_id", "group_id", "exactly one"]),
        ({"contact_id": None}, ["contact_id", "group_id", "exactly one"]),
        ({"contact_id": None, "group_id": None}, ["contact_id", "group_id", "exactly one"]),
        ({"contact_id": FRANK, "group_id": PLAZA}, ["contact_id", "group_id", "exactly one"]),
        ({"contact_id": "nobody"}, ["contact_id: there is no contact 'nobody'"]),
        ({"contact_id": PLAZA}, [f"contact_id: there is no contact '{PLAZA}'"]),
        ({"group_id": FRANK}, [f"group_id: there is no group '{FRANK}'"]),
        ({"contact_id": FRANK.lower()}, [FRANK.lower(), f"'{FRANK}'"]),
        ({"contact_id": ""}, ["contact_id"]),
        ({"contact_id": 5, "group_id": []}, ["contact_id: must be", "group_id: must be"]),
        ({"contact_id": "no", "group_id": "none"}, ["exactly one", "'no'", "'none'"]),
    ],
)
def test_exactly_one_existing_owner_is_required(
    client: Api, values: dict[str, Any], texts: list[str]
) -> None:
    before = client.ids("/v1/conversations")
    client.post("/v1/conversations", json=values).refused(400, *texts)
    assert client.ids("/v1/conversations") == before


@pytest.mark.parametrize(
    ("name", "value", "other"),
    [
        ("is_pinned", True, False),
        ("is_muted", True, False),
        ("archived_at", 0, None),
        ("archived_at", 253402300799, 5),
        ("pinned_message_id", MESSAGE, None),
        ("pinned_message_id", "lyZPwYCGbEp573sJ", MESSAGE),
    ],
)
def test_each_updatable_attribute_can_be_set_and_reset(
    client: Api, name: str, value: Any, other: Any
) -> None:
    before = client.retrieve("conversations", DIRECT)
    for new in (value, other, value):
        assert client.change("conversations", DIRECT, **{name: new}) == {**before, name: new}
        assert client.retrieve("conversations", DIRECT) == {**before, name: new}


def test_update_of_several_attributes_is_atomic(client: Api) -> None:
    values = {"is_pinned": True, "is_muted": True, "archived_at": 5, "pinned_message_id": MESSAGE}
    before = client.retrieve("conversations", DIRECT)
    wrong = {**values, "pinned_message_id": "nothing"}
    client.put(f"/v1/conversations/{DIRECT}", json=wrong).refused(400, "pinned_message_id")
    assert client.retrieve("conversations", DIRECT) == before
    assert client.change("conversations", DIRECT, **values) == {**before, **values}


def test_only_a_message_of_the_conversation_can_be_pinned(client: Api) -> None:
    path = f"/v1/conversations/{DIRECT}"
    elsewhere = client.send("s4WycXedwhQrEFuM")["id"]
    gone = client.send(DIRECT)["id"]
    client.remove("messages", gone)
    for value in (elsewhere, gone, "nothing", "", DIRECT):
        client.put(path, json={"pinned_message_id": value}).refused(400, "pinned_message_id")
    near = client.put(path, json={"pinned_message_id": MESSAGE.lower()})
    near.refused(400, "pinned_message_id", f"'{MESSAGE}'")
    assert client.retrieve("conversations", DIRECT)["pinned_message_id"] is None


def test_deleted_message_is_unpinned(client: Api) -> None:
    other = client.send(DIRECT)["id"]
    before = client.change("conversations", DIRECT, pinned_message_id=MESSAGE, is_pinned=True)
    client.remove("messages", other)
    assert client.retrieve("conversations", DIRECT) == before
    client.remove("messages", MESSAGE)
    assert client.retrieve("conversations", DIRECT) == {**before, "pinned_message_id": None}


def test_only_sending_sets_last_active_at(client: Api) -> None:
    before = client.retrieve("conversations", DIRECT)
    sent = client.send(DIRECT)
    after = {**before, "last_active_at": sent["created_at"]}
    assert client.retrieve("conversations", DIRECT) == after
    client.change("messages", sent["id"], message="changed")
    upload = client.upload(message_id=sent["id"])
    client.remove("attachments", upload["id"])
    client.remove("messages", sent["id"])
    client.send("s4WycXedwhQrEFuM")
    assert client.retrieve("conversations", DIRECT) == after


def test_reading_does_not_set_last_opened_at(client: Api) -> None:
    before = client.walk("/v1/conversations")
    client.retrieve("conversations", DIRECT)
    client.walk(f"/v1/messages?conversation_id={DIRECT}")
    client.retrieve("messages", MESSAGE)
    client.walk(f"/v1/attachments?conversation_id={DIRECT}")
    assert client.walk("/v1/conversations") == before
    assert before[0]["last_opened_at"] is not None


@OWNERS
def test_owner_moves_to_oldest_remaining_conversation(
    client: Api, kind: str, attribute: str, owner_id: str
) -> None:
    owner = client.retrieve(kind, owner_id)
    first = owner["conversation_id"]
    second, third, fourth = (
        client.create("conversations", **{attribute: owner_id})["id"] for _ in range(3)
    )
    # The newest conversation is the last active one; activity must not matter.
    client.send(fourth)
    left = {first: second, third: second, second: fourth, fourth: None}
    for to_delete, moved in left.items():
        client.remove("conversations", to_delete)
        assert client.retrieve(kind, owner_id) == {**owner, "conversation_id": moved}
    again = client.create("conversations", **{attribute: owner_id})
    assert client.retrieve(kind, owner_id)["conversation_id"] == again["id"]


def test_fixture_owners_of_two_conversations_move_too(client: Api) -> None:
    for kind, owner_id, attribute in (
        ("contacts", KEVIN, "contact_id"),
        ("groups", APARTMENT, "group_id"),
    ):
        conversations = client.walk("/v1/conversations")[::-1]  # oldest first
        owned = [item["id"] for item in conversations if item[attribute] == owner_id]
        assert client.retrieve(kind, owner_id)["conversation_id"] == owned[0]
        client.remove("conversations", owned[0])
        assert client.retrieve(kind, owner_id)["conversation_id"] == owned[1]
