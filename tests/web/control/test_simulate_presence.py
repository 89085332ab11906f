"""The other side reacts, comes active, joins and leaves; the user opens a conversation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.control.acting import (
    DIRECT,
    FAMILY,
    FAMILY_TALK,
    FRANK,
    FRANK_ID,
    MINE,
    PLAZA,
    PLAZA_TALK,
    USER,
    BotHost,
)

#: Acts that change nothing once they are done, and on a clock that stands still.
AGAIN = [
    ("edit", {"message_id": "SIuAFUNKdSYHZF2w", "message": "At nine."}),
    ("react", {"from": FRANK, "message_id": MINE, "reaction": "joy"}),
    ("unreact", {"from": FRANK, "message_id": MINE, "reaction": "joy"}),
    ("read", {"from": FRANK, "conversation_id": DIRECT}),
    ("join", {"contact": FRANK, "group_id": PLAZA}),
    ("leave", {"contact": FRANK, "group_id": FAMILY}),
]
FROZEN = [
    ("active", {"contact": FRANK}),
    ("open", {"conversation_id": DIRECT}),
]


@pytest.fixture
def stage(client: Any) -> BotHost:
    return BotHost(client)


def test_a_contact_reacts_and_takes_it_back(stage: BotHost) -> None:
    before = stage.now
    reacted = stage.act("react", from_=FRANK, message_id=MINE, reaction="joy")
    assert reacted["reactions"] == [{"joy": [FRANK]}]
    assert stage.events() == [("message.updated", reacted)]
    assert reacted == stage.get(f"messages/{MINE}")
    assert reacted["updated_at"] == before + 1 == stage.now
    assert stage.get(f"contacts/{FRANK_ID}")["last_active_at"] == before + 1
    cleared = stage.act("unreact", from_=FRANK, message_id=MINE, reaction="joy")
    assert (cleared["reactions"], cleared["updated_at"]) == ([], before + 2)
    assert stage.events() == [("message.updated", cleared)]


def test_reactions_of_others_stay_as_they_are(stage: BotHost) -> None:
    mine = stage.say(FAMILY_TALK)
    given = {"joy": ["KateMcCallister"], "sob": ["BuzzMcCallister"], "none": []}
    stage.client.put(f"/v1/messages/{mine}", json={"reactions": given})
    act = {"from_": FRANK, "message_id": mine}
    shown = stage.act("react", **act, reaction="joy")["reactions"]
    assert shown == [
        {"joy": ["KateMcCallister", FRANK]},
        {"sob": ["BuzzMcCallister"]},
        {"none": []},
    ]
    stage.act("react", **act, reaction="ok")
    stage.act("unreact", **act, reaction="joy")
    shown = stage.act("unreact", **act, reaction="none")["reactions"]
    assert shown == [{name: users} for name, users in given.items()] + [{"ok": [FRANK]}]


def test_a_contact_comes_active(stage: BotHost) -> None:
    active = stage.act("active", contact=FRANK)
    assert active["last_active_at"] == stage.now
    assert stage.events() == [("contact.updated", active)]
    assert active == stage.get(f"contacts/{FRANK_ID}")


def test_a_contact_joins_a_group_and_leaves_it(stage: BotHost) -> None:
    before = stage.get(f"groups/{PLAZA}")
    joined = stage.act("join", contact=FRANK, group_id=PLAZA)
    assert stage.events() == [("group.updated", joined)]
    assert joined == stage.get(f"groups/{PLAZA}")
    assert joined["contacts"][:-1] == before["contacts"]
    assert joined["contacts"][-1]["id"] == FRANK_ID
    assert joined["contacts"][-1]["last_active_at"] == stage.now
    stage.act("message", from_=FRANK, conversation_id=PLAZA_TALK, message="Room service!")
    left = stage.act("leave", contact=FRANK_ID, group_id=PLAZA)
    assert stage.events() == [("group.updated", left)]
    assert left == before == stage.get(f"groups/{PLAZA}")
    refused = stage.try_("message", from_=FRANK, conversation_id=PLAZA_TALK, message="Hello?")
    refused.refused(400, FRANK, "'Hector', 'Cedric', 'Hester', 'Cliff'")


def test_the_user_opens_a_conversation_in_another_client(stage: BotHost) -> None:
    heard = stage.act("message", from_=FRANK, message="A")
    opened = stage.act("open", conversation_id=DIRECT)
    assert opened["last_opened_at"] == stage.now == opened["last_active_at"] + 1
    assert stage.events() == [("conversation.updated", opened)]
    assert opened == stage.get(f"conversations/{DIRECT}")
    assert stage.get(f"contacts/{USER}")["last_active_at"] == stage.now
    assert stage.get(f"messages/{heard['id']}") == heard, "opening is not said to read"


@pytest.mark.parametrize(("act", "values"), AGAIN + FROZEN)
def test_what_changes_nothing_has_no_consequences(stage: BotHost, act: str, values: Any) -> None:
    if (act, values) in FROZEN:
        stage.client.put("/_sandbox/clock", json={"mode": "frozen"})
    first = stage.act(act, **values)
    before = stage.state
    again = stage.act(act, **values)
    assert again == (first if act != "read" else {"data": []})
    assert stage.state == before
    assert (stage.last()["changes"], stage.last()["events"]) == ([], [])
