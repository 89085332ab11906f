"""Contacts send, edit, delete and read messages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.control.simulation_client import (
    DIRECT,
    FAMILY_CONVERSATION,
    FILE,
    FRANK,
    FRANK_ID,
    FRANK_MESSAGE,
    PLAZA_CONVERSATION,
    USER,
    SimulationClient,
)


@pytest.fixture
def simulation(client: Any) -> SimulationClient:
    return SimulationClient(client)


@pytest.mark.parametrize("frank", [FRANK, FRANK_ID])
def test_a_contact_sends_the_user_a_message(simulation: SimulationClient, frank: str) -> None:
    before = simulation.now
    sent = simulation.run("message", from_=frank, message="Who has the tickets?")
    assert simulation.events() == [("message.created", sent)]
    assert sent == simulation.get(f"messages/{sent['id']}")
    assert (sent["conversation_id"], sent["message"]) == (DIRECT, "Who has the tickets?")
    assert sent["contact"]["username"] == FRANK
    assert (sent["read_at"], sent["updated_at"]) == (None, None)
    assert sent["created_at"] == sent["contact"]["last_active_at"] == before + 1 == simulation.now
    assert simulation.get(f"conversations/{DIRECT}")["last_active_at"] == before + 1
    assert simulation.get(f"contacts/{FRANK_ID}")["last_active_at"] == before + 1
    assert simulation.get("messages?limit=1")["data"] == [sent]


def test_a_member_sends_a_message_to_a_group(simulation: SimulationClient) -> None:
    sent = simulation.run(
        "message", from_=FRANK, conversation_id=FAMILY_CONVERSATION, message="Count off!"
    )
    assert sent["conversation_id"] == FAMILY_CONVERSATION
    assert simulation.events() == [("message.created", sent)]


def test_a_first_message_creates_the_conversation(simulation: SimulationClient) -> None:
    before = simulation.now
    file = simulation.client.post("/v1/attachments", json={"file": "a.txt"}).json["id"]
    sent = simulation.run("message", from_="Cliff", message="Hm.", attachments=[FILE, file])
    types = [kind for kind, _ in simulation.events()]
    assert types == ["conversation.created", "attachment.created", "message.created"]
    (_, conversation), (_, attachment), (_, payload) = simulation.events()
    # Payloads are rendered at the end of the request, after all its changes.
    assert conversation == simulation.get(f"conversations/{sent['conversation_id']}")
    assert conversation["contact_id"] == sent["contact"]["id"]
    assert conversation["last_active_at"] == conversation["created_at"] == before + 2
    assert (
        simulation.get(f"contacts/{sent['contact']['id']}")["conversation_id"] == conversation["id"]
    )
    assert attachment == sent["attachments"][0]
    assert attachment["message_id"] == sent["id"]
    assert payload == sent
    again = simulation.run("message", from_="Cliff", message="Hm!")
    assert again["conversation_id"] == conversation["id"]


def test_attachments_of_a_message_keep_their_order(simulation: SimulationClient) -> None:
    free = simulation.client.post("/v1/attachments", json={"file": "a.txt"}).json["id"]
    named = {"filename": "dir/b", "file_type": "image/png"}
    sent = simulation.run(
        "message", from_=FRANK, message="", attachments=[FILE, {"id": free}, named]
    )
    files = [(a["filename"], a["file_type"], a["file_size"]) for a in sent["attachments"]]
    assert files == [
        ("plan.pdf", "application/pdf", 4),
        ("a.txt", "text/plain", 0),
        ("b", "image/png", 0),
    ]
    assert {message["message_id"] for message in sent["attachments"]} == {sent["id"]}
    path = f"/_assets/{simulation.client.token.removeprefix('sandbox_')}/attachments"
    served = simulation.client.get(f"{path}/{sent['attachments'][0]['id']}/plan.pdf")
    assert (served.data, served.headers["Content-Type"]) == (b"%PDF", "application/pdf")


def test_a_contact_edits_a_message(simulation: SimulationClient) -> None:
    before = simulation.now
    edited = simulation.run(
        "edit", message_id=FRANK_MESSAGE, message="We leave at nine.", attachments=[FILE]
    )
    assert [kind for kind, _ in simulation.events()] == ["attachment.created", "message.updated"]
    assert simulation.events()[1][1] == edited == simulation.get(f"messages/{FRANK_MESSAGE}")
    assert edited["message"] == "We leave at nine."
    assert edited["updated_at"] == edited["contact"]["last_active_at"] == before + 1
    assert [message["filename"] for message in edited["attachments"]] == ["plan.pdf"]
    bare = simulation.run("edit", message_id=FRANK_MESSAGE, attachments=[])
    assert (bare["message"], bare["attachments"]) == ("We leave at nine.", [])
    assert simulation.get(f"attachments/{edited['attachments'][0]['id']}")["message_id"] is None


def test_deleting_a_message_deletes_its_attachments(simulation: SimulationClient) -> None:
    sent = simulation.run("message", from_=FRANK, message="A", attachments=[FILE])
    simulation.client.put(f"/v1/conversations/{DIRECT}", json={"pinned_message_id": sent["id"]})
    message = simulation.get(f"messages/{sent['id']}")
    assert simulation.run("delete", message_id=sent["id"]) == {"deleted": sent["id"]}
    assert simulation.events() == [
        ("attachment.deleted", message["attachments"][0]),
        ("message.deleted", message),
    ]
    assert simulation.client.get(f"/v1/messages/{sent['id']}").status == 404
    assert simulation.get(f"conversations/{DIRECT}")["pinned_message_id"] is None
    assert simulation.get(f"contacts/{FRANK_ID}")["last_active_at"] == simulation.now


def test_a_contact_reads_a_whole_conversation(simulation: SimulationClient) -> None:
    own = [simulation.send_message(), simulation.send_message()]
    simulation.run("message", from_=FRANK, message="Later.")
    own.append(simulation.send_message())
    elsewhere = simulation.send_message(PLAZA_CONVERSATION)
    before = simulation.now
    read = simulation.run("read", from_=FRANK, conversation_id=DIRECT)["data"]
    assert [message["id"] for message in read] == own
    assert [message["read_at"] for message in read] == [before + 1] * 3
    assert [message["updated_at"] for message in read] == [None] * 3, "reading is not an edit"
    assert simulation.events() == [("message.updated", message) for message in read]
    assert simulation.get(f"contacts/{FRANK_ID}")["last_active_at"] == before + 1 == simulation.now
    assert simulation.get(f"messages/{elsewhere}")["read_at"] is None


def test_a_contact_reads_up_to_a_message(simulation: SimulationClient) -> None:
    own = [simulation.send_message()]
    franks_message = simulation.run("message", from_=FRANK, message="Later.")
    own += [simulation.send_message(), simulation.send_message()]
    read = simulation.run("read", from_=FRANK, message_id=franks_message["id"])["data"]
    assert [message["id"] for message in read] == own[:1]
    assert simulation.get(f"messages/{franks_message['id']}")["read_at"] is None, (
        "it is not the user's message"
    )
    read = simulation.run("read", from_=FRANK, message_id=own[1])["data"]
    assert [message["id"] for message in read] == own[1:2]
    assert simulation.get(f"messages/{own[2]}")["read_at"] is None


def test_the_users_next_request_continues_from_an_action(simulation: SimulationClient) -> None:
    """The clock, ids and order continue."""
    sent = simulation.run("message", from_=FRANK, message="A")
    own = simulation.send_message()
    page = simulation.get(f"messages?conversation_id={DIRECT}&limit=2")["data"]
    assert [message["id"] for message in page] == [own, sent["id"]]
    assert [message["created_at"] - sent["created_at"] for message in page] == [1, 0]
    assert page[0]["contact"]["id"] == USER
