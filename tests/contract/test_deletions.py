"""What a deletion deletes, changes and keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract.conftest import Api

KINDS = ("contacts", "conversations", "groups", "messages", "attachments")
FRANK, KEVIN = "WAz8eIbvDR60rouK", "VYmwyVrujkXIjvEf"
FAMILY = "s4WycXedwhQrEFuM"
EMBEDDED = ("id", "username", "phone_number", "avatar_url", "last_active_at", "created_at")


def everything(client: Api) -> dict[str, dict[str, Any]]:
    return {kind: {record["id"]: record for record in client.walk(f"/v1/{kind}")} for kind in KINDS}


def deleted_ids(
    before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]
) -> dict[str, set[str]]:
    """Return the deleted ids by kind; no object may be new."""
    assert all(set(after[kind]) <= set(before[kind]) for kind in KINDS)
    return {kind: set(before[kind]) - set(after[kind]) for kind in KINDS}


def belongings(world: dict[str, dict[str, Any]], conversations: set[str]) -> dict[str, set[str]]:
    """Return the conversations with their messages and attachments."""
    messages = {
        message["id"]
        for message in world["messages"].values()
        if message["conversation_id"] in conversations
    }
    attachments = {
        attachment["id"]
        for attachment in world["attachments"].values()
        if attachment["message_id"] in messages
    }
    nothing: dict[str, set[str]] = {kind: set() for kind in KINDS}
    return nothing | {
        "conversations": conversations,
        "messages": messages,
        "attachments": attachments,
    }


def conversations_of(world: dict[str, dict[str, Any]], attribute: str, owner: str) -> set[str]:
    return {
        conversation["id"]
        for conversation in world["conversations"].values()
        if conversation[attribute] == owner
    }


def test_deleting_a_contact_deletes_its_conversations(client: Api) -> None:
    world = everything(client)
    several = 0
    for contact in list(world["contacts"]):
        if contact == "inEIRvzjC6YLMX3o":
            continue
        lost = conversations_of(world, "contact_id", contact)
        several += len(lost) > 1
        client.remove("contacts", contact)
        after = everything(client)
        assert deleted_ids(world, after) == {**belongings(world, lost), "contacts": {contact}}
        for group, old in world["groups"].items():
            left = [member for member in old["contacts"] if member["id"] != contact]
            assert after["groups"][group] == {**old, "contacts": left}
        world = after
    assert several


def test_deleting_a_group_deletes_its_conversations(client: Api) -> None:
    world = everything(client)
    several = 0
    for group in list(world["groups"]):
        lost = conversations_of(world, "group_id", group)
        several += len(lost) > 1
        client.remove("groups", group)
        after = everything(client)
        assert deleted_ids(world, after) == {**belongings(world, lost), "groups": {group}}
        assert after["contacts"] == world["contacts"]
        world = after
    assert several


def test_deleting_a_conversation_deletes_messages_only(client: Api) -> None:
    world = everything(client)
    for conversation in list(world["conversations"])[::2]:
        client.remove("conversations", conversation)
        after = everything(client)
        assert deleted_ids(world, after) == belongings(world, {conversation})
        world = after


def test_deleting_a_message_deletes_its_attachments_only(client: Api) -> None:
    world = everything(client)
    for message in [message for message in world["messages"].values() if message["attachments"]]:
        client.remove("messages", message["id"])
        after = everything(client)
        expected: dict[str, set[str]] = {kind: set() for kind in KINDS}
        expected["messages"] = {message["id"]}
        expected["attachments"] = {attachment["id"] for attachment in message["attachments"]}
        assert deleted_ids(world, after) == expected
        world = after


def test_deleting_an_attachment_removes_it_from_its_message(client: Api) -> None:
    world = everything(client)
    to_delete = list(world["attachments"].values())[:6]
    for attachment in to_delete:
        client.remove("attachments", attachment["id"])
        after = everything(client)
        message = world["messages"].get(attachment["message_id"])
        if message is not None:
            left = [item for item in message["attachments"] if item["id"] != attachment["id"]]
            assert after["messages"][message["id"]] == {**message, "attachments": left}
        del world["attachments"][attachment["id"]]
        world["messages"] = after["messages"]
        assert after == world


@pytest.mark.parametrize(
    "delete", ["messages", "conversations", "contacts"], ids="by deleting {}".format
)
def test_a_deleted_attachment_can_no_longer_be_attached(client: Api, delete: str) -> None:
    gus = client.contact()
    upload = client.upload()
    message = client.send(gus["conversation_id"], attachments=[upload["id"]])
    to_delete = {
        "messages": message,
        "conversations": {"id": gus["conversation_id"]},
        "contacts": gus,
    }
    client.remove(delete, to_delete[delete]["id"])
    values = {"conversation_id": FAMILY, "message": "x", "attachments": [upload["id"]]}
    client.post("/v1/messages", json=values).refused(400, "attachments[0]", upload["id"])


def test_group_message_keeps_a_deleted_senders_last_state(client: Api) -> None:
    frank = client.retrieve("contacts", FRANK)
    before = [
        message for message in client.walk("/v1/messages") if message["contact"]["id"] == FRANK
    ]
    client.remove("contacts", FRANK)
    after = [item for item in client.walk("/v1/messages") if item["contact"]["id"] == FRANK]
    stays = [item for item in before if item["conversation_id"] != frank["conversation_id"]]
    assert after == stays
    assert stays
    assert [item["contact"] for item in after] == [{n: frank[n] for n in EMBEDDED}] * len(stays)
    assert client.retrieve("messages", stays[0]["id"]) == stays[0]


def test_deleted_sender_is_not_found_elsewhere(client: Api) -> None:
    client.remove("contacts", FRANK)
    client.get(f"/v1/contacts/{FRANK}").refused(404)
    client.post("/v1/conversations", json={"contact_id": FRANK}).refused(400, "contact_id", FRANK)
    client.post("/v1/groups", json={"name": "x", "contacts": [FRANK]}).refused(400, "contacts[0]")
    # Messages of a deleted sender can still be changed and deleted.
    ids = [item["id"] for item in client.walk("/v1/messages") if item["contact"]["id"] == FRANK]
    changed = client.change("messages", ids[0], reactions={"heart": ["Gus"]})
    assert changed["contact"]["id"] == FRANK
    for message in ids:
        client.remove("messages", message)
    assert client.ids(f"/v1/messages?conversation_id={FAMILY}")


def test_deleted_objects_are_not_found_by_filters(client: Api) -> None:
    kevin = client.retrieve("contacts", KEVIN)
    client.remove("contacts", KEVIN)
    for kind in ("messages", "attachments"):
        query = f"conversation_id={kevin['conversation_id']}"
        assert client.get(f"/v1/{kind}?{query}").json == {"has_more": False, "data": []}
    assert KEVIN not in client.ids("/v1/contacts?active=true")
    assert kevin["conversation_id"] not in client.ids("/v1/conversations?pinned=true")


def test_response_without_body_has_no_content_type(client: Any) -> None:
    response = client.delete("/v1/contacts/WAz8eIbvDR60rouK")
    assert (response.status, response.data) == (204, b"")
    assert "Content-Type" not in response.headers
