"""The other side says, edits, deletes and reads: what is answered, told and kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.control.acting import (
    DIRECT,
    FAMILY_TALK,
    FILE,
    FRANK,
    FRANK_ID,
    FRANKS,
    PLAZA_TALK,
    USER,
    BotHost,
)


@pytest.fixture
def stage(client: Any) -> BotHost:
    return BotHost(client)


@pytest.mark.parametrize("frank", [FRANK, FRANK_ID])
def test_a_contact_says_something_to_the_user(stage: BotHost, frank: str) -> None:
    before = stage.now
    said = stage.act("message", from_=frank, message="Who has the tickets?")
    assert stage.events() == [("message.created", said)]
    assert said == stage.get(f"messages/{said['id']}")
    assert (said["conversation_id"], said["message"]) == (DIRECT, "Who has the tickets?")
    assert said["contact"]["username"] == FRANK
    assert (said["read_at"], said["updated_at"]) == (None, None)
    assert said["created_at"] == said["contact"]["last_active_at"] == before + 1 == stage.now
    assert stage.get(f"conversations/{DIRECT}")["last_active_at"] == before + 1
    assert stage.get(f"contacts/{FRANK_ID}")["last_active_at"] == before + 1
    assert stage.get("messages?limit=1")["data"] == [said]


def test_a_member_says_something_in_a_group(stage: BotHost) -> None:
    said = stage.act("message", from_=FRANK, conversation_id=FAMILY_TALK, message="Count off!")
    assert said["conversation_id"] == FAMILY_TALK
    assert stage.events() == [("message.created", said)]


def test_the_first_word_of_a_contact_opens_the_conversation(stage: BotHost) -> None:
    before = stage.now
    file = stage.client.post("/v1/attachments", json={"file": "a.txt"}).json["id"]
    said = stage.act("message", from_="Cliff", message="Hm.", attachments=[FILE, file])
    types = [kind for kind, _ in stage.events()]
    assert types == ["conversation.created", "attachment.created", "message.created"]
    (_, conversation), (_, attachment), (_, told) = stage.events()
    # Payloads are rendered when the request is done: with what followed.
    assert conversation == stage.get(f"conversations/{said['conversation_id']}")
    assert conversation["contact_id"] == said["contact"]["id"]
    assert conversation["last_active_at"] == conversation["created_at"] == before + 2
    assert stage.get(f"contacts/{said['contact']['id']}")["conversation_id"] == conversation["id"]
    assert attachment == said["attachments"][0]
    assert attachment["message_id"] == said["id"]
    assert told == said
    again = stage.act("message", from_="Cliff", message="Hm!")
    assert again["conversation_id"] == conversation["id"]


def test_files_come_with_a_message_and_keep_their_place(stage: BotHost) -> None:
    free = stage.client.post("/v1/attachments", json={"file": "a.txt"}).json["id"]
    named = {"filename": "dir/b", "file_type": "image/png"}
    said = stage.act("message", from_=FRANK, message="", attachments=[FILE, {"id": free}, named])
    shown = [(a["filename"], a["file_type"], a["file_size"]) for a in said["attachments"]]
    assert shown == [
        ("plan.pdf", "application/pdf", 4),
        ("a.txt", "text/plain", 0),
        ("b", "image/png", 0),
    ]
    assert {each["message_id"] for each in said["attachments"]} == {said["id"]}
    path = f"/_assets/{stage.client.token.removeprefix('sandbox_')}/attachments"
    served = stage.client.get(f"{path}/{said['attachments'][0]['id']}/plan.pdf")
    assert (served.data, served.headers["Content-Type"]) == (b"%PDF", "application/pdf")


def test_a_contact_edits_what_they_said(stage: BotHost) -> None:
    before = stage.now
    edited = stage.act("edit", message_id=FRANKS, message="We leave at nine.", attachments=[FILE])
    assert [kind for kind, _ in stage.events()] == ["attachment.created", "message.updated"]
    assert stage.events()[1][1] == edited == stage.get(f"messages/{FRANKS}")
    assert edited["message"] == "We leave at nine."
    assert edited["updated_at"] == edited["contact"]["last_active_at"] == before + 1
    assert [each["filename"] for each in edited["attachments"]] == ["plan.pdf"]
    bare = stage.act("edit", message_id=FRANKS, attachments=[])
    assert (bare["message"], bare["attachments"]) == ("We leave at nine.", [])
    assert stage.get(f"attachments/{edited['attachments'][0]['id']}")["message_id"] is None


def test_a_contact_deletes_what_they_said_with_what_came_with_it(stage: BotHost) -> None:
    said = stage.act("message", from_=FRANK, message="A", attachments=[FILE])
    stage.client.put(f"/v1/conversations/{DIRECT}", json={"pinned_message_id": said["id"]})
    shown = stage.get(f"messages/{said['id']}")
    assert stage.act("delete", message_id=said["id"]) == {"deleted": said["id"]}
    assert stage.events() == [
        ("attachment.deleted", shown["attachments"][0]),
        ("message.deleted", shown),
    ]
    assert stage.client.get(f"/v1/messages/{said['id']}").status == 404
    assert stage.get(f"conversations/{DIRECT}")["pinned_message_id"] is None
    assert stage.get(f"contacts/{FRANK_ID}")["last_active_at"] == stage.now


def test_a_contact_reads_all_that_the_user_said(stage: BotHost) -> None:
    mine = [stage.say(), stage.say()]
    stage.act("message", from_=FRANK, message="Later.")
    mine.append(stage.say())
    elsewhere = stage.say(PLAZA_TALK)
    before = stage.now
    read = stage.act("read", from_=FRANK, conversation_id=DIRECT)["data"]
    assert [each["id"] for each in read] == mine
    assert [each["read_at"] for each in read] == [before + 1] * 3
    assert [each["updated_at"] for each in read] == [None] * 3, "it was read, not edited"
    assert stage.events() == [("message.updated", each) for each in read]
    assert stage.get(f"contacts/{FRANK_ID}")["last_active_at"] == before + 1 == stage.now
    assert stage.get(f"messages/{elsewhere}")["read_at"] is None


def test_a_contact_reads_up_to_a_message(stage: BotHost) -> None:
    mine = [stage.say()]
    franks = stage.act("message", from_=FRANK, message="Later.")
    mine += [stage.say(), stage.say()]
    read = stage.act("read", from_=FRANK, message_id=franks["id"])["data"]
    assert [each["id"] for each in read] == mine[:1]
    assert stage.get(f"messages/{franks['id']}")["read_at"] is None, "it was not the user's"
    read = stage.act("read", from_=FRANK, message_id=mine[1])["data"]
    assert [each["id"] for each in read] == mine[1:2]
    assert stage.get(f"messages/{mine[2]}")["read_at"] is None


def test_what_a_contact_does_is_not_undone_by_the_users_next_request(stage: BotHost) -> None:
    """The clock, ids and order go on from there."""
    said = stage.act("message", from_=FRANK, message="A")
    mine = stage.say()
    page = stage.get(f"messages?conversation_id={DIRECT}&limit=2")["data"]
    assert [each["id"] for each in page] == [mine, said["id"]]
    assert [each["created_at"] - said["created_at"] for each in page] == [1, 0]
    assert page[0]["contact"]["id"] == USER
