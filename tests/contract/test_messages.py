"""Sending and updating messages (reference.md, "Message")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract.conftest import Api

NOW = 705106800
LINNIE = "inEIRvzjC6YLMX3o"
DIRECT, MESSAGE = "xgQQXg3hrtjh7AvZ", "SIuAFUNKdSYHZF2w"


def test_a_sent_message_is_from_the_authenticated_user(client: Api) -> None:
    sent = client.send(DIRECT, "Someone stayed at home.")
    linnie = client.retrieve("contacts", LINNIE)
    attributes = ("id", "username", "phone_number", "avatar_url", "last_active_at", "created_at")
    assert sent == {
        "id": sent["id"],
        "conversation_id": DIRECT,
        "contact": {name: linnie[name] for name in attributes},
        "message": "Someone stayed at home.",
        "reactions": [],
        "attachments": [],
        "read_at": None,
        "created_at": NOW + 1,
        "updated_at": None,
    }
    assert client.ids(f"/v1/messages?conversation_id={DIRECT}")[0] == sent["id"]
    assert client.ids("/v1/messages")[0] == sent["id"]


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ({"message": "x"}, ["conversation_id: is required"]),
        ({"conversation_id": DIRECT}, ["message: is required"]),
        ({"conversation_id": "nothing", "message": "x"}, ["conversation_id", "'nothing'"]),
        ({"conversation_id": DIRECT.lower(), "message": "x"}, ["conversation_id", f"'{DIRECT}'"]),
        ({"conversation_id": "", "message": "x"}, ["conversation_id"]),
        ({"conversation_id": None, "message": "x"}, ["conversation_id"]),
        ({"conversation_id": DIRECT, "message": ""}, ["message", "empty", "attachments"]),
        ({"conversation_id": DIRECT, "message": "", "attachments": []}, ["message", "empty"]),
        (
            {"conversation_id": "nothing", "message": "", "attachments": ["no file"]},
            ["conversation_id", "attachments[0]"],
        ),
        ({"conversation_id": DIRECT, "message": "x", "reactions": {}}, ["'reactions'"]),
        ({"conversation_id": DIRECT, "message": "x", "contact_id": LINNIE}, ["'contact_id'"]),
    ],
)
def test_invalid_message_is_rejected(client: Api, values: dict[str, Any], texts: list[str]) -> None:
    before = client.ids("/v1/messages"), client.retrieve("conversations", DIRECT)
    client.post("/v1/messages", json=values).refused(400, *texts)
    assert (client.ids("/v1/messages"), client.retrieve("conversations", DIRECT)) == before


def test_an_empty_message_can_be_sent_with_an_attachment(client: Api) -> None:
    upload = client.upload()
    sent = client.send(DIRECT, "", attachments=[upload["id"]])
    assert (sent["message"], len(sent["attachments"])) == ("", 1)
    pairs = [("conversation_id", DIRECT), ("message", ""), ("attachments[]", client.upload()["id"])]
    assert client.post("/v1/messages", form=pairs).status == 201


@pytest.mark.parametrize("values", [{"message": ""}, {"message": "", "attachments": []}])
def test_message_with_attachments_can_become_empty(client: Api, values: dict[str, Any]) -> None:
    sent = client.send(DIRECT, "Hello", attachments=[client.upload()["id"]])
    path = f"/v1/messages/{sent['id']}"
    if "attachments" in values:
        client.put(path, json=values).refused(400, "message", "empty")
    else:
        assert client.put(path, json=values).json["message"] == ""
        # An update can no longer remove the attachments.
        client.put(path, json={"attachments": []}).refused(400, "message", "empty")
        assert client.put(path, json={"attachments": [], "message": "x"}).status == 200
    client.put(f"/v1/messages/{MESSAGE}", json={"message": ""}).refused(400, "message", "empty")


def test_updated_at_is_null_until_a_value_changes(client: Api) -> None:
    sent = client.send(DIRECT, "Hello")
    updates: list[dict[str, Any]] = [
        {},
        {"message": "Hello"},
        {"reactions": {}},
        {"reactions": []},
        {"message": "Hello", "reactions": [], "attachments": []},
    ]
    for same in updates:
        assert client.change("messages", sent["id"], **same) == sent


@pytest.mark.parametrize("value", [{"message": "Bye"}, {"reactions": {"heart": ["Gus"]}}])
def test_updated_at_is_the_time_of_the_last_change(client: Api, value: dict[str, Any]) -> None:
    sent = client.send(DIRECT, "Hello")
    first = client.change("messages", sent["id"], **value)
    assert first["updated_at"] == sent["created_at"] + 1
    assert client.change("messages", sent["id"], **value) == first
    second = client.change("messages", sent["id"], message="Again")
    assert second["updated_at"] == first["updated_at"] + 1
    assert second["created_at"] == sent["created_at"]


def test_attaching_and_detaching_set_updated_at(client: Api) -> None:
    sent, upload = client.send(DIRECT), client.upload()
    attached = client.change("messages", sent["id"], attachments=[upload["id"]])
    assert attached["updated_at"] == upload["created_at"] + 1
    assert client.change("messages", sent["id"], attachments=[upload["id"]]) == attached
    detached = client.change("messages", sent["id"], attachments=[])
    assert detached["updated_at"] == attached["updated_at"] + 1


def test_a_message_of_another_sender_can_be_updated_and_deleted(client: Api) -> None:
    changed = client.change("messages", MESSAGE, message="changed")
    assert changed["contact"]["id"] != LINNIE
    client.remove("messages", MESSAGE)
    assert not client.exists("messages", MESSAGE)
    assert MESSAGE not in client.ids(f"/v1/messages?conversation_id={DIRECT}")


@pytest.mark.parametrize("name", ["conversation_id", "contact", "read_at", "created_at", "id"])
def test_update_cannot_change_conversation_or_sender(client: Api, name: str) -> None:
    present = client.retrieve("messages", MESSAGE)[name]
    client.put(f"/v1/messages/{MESSAGE}", json={name: present}).refused(400, f"'{name}'")


def test_a_message_of_any_length_can_be_sent(client: Api) -> None:
    text = "All work and no play. " * 20_000
    assert client.send(DIRECT, text)["message"] == text


def test_empty_message_without_attachment_accepts_reactions(
    client: Api,
) -> None:
    upload = client.upload()
    sent = client.send(DIRECT, "", attachments=[upload["id"]])
    client.remove("attachments", upload["id"])
    after = client.change("messages", sent["id"], reactions={"heart": ["Gus"]})
    assert (after["message"], after["attachments"]) == ("", [])
