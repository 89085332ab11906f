"""Contacts react, become active, join and leave; the user opens a conversation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.control.simulation_client import (
    DIRECT,
    FAMILY,
    FAMILY_CONVERSATION,
    FRANK,
    FRANK_ID,
    PLAZA,
    PLAZA_CONVERSATION,
    USER,
    USER_MESSAGE,
    SimulationClient,
)

#: Actions that change nothing when repeated, and those that do so on a frozen clock.
IDEMPOTENT = [
    ("edit", {"message_id": "SIuAFUNKdSYHZF2w", "message": "At nine."}),
    ("react", {"from": FRANK, "message_id": USER_MESSAGE, "reaction": "joy"}),
    ("unreact", {"from": FRANK, "message_id": USER_MESSAGE, "reaction": "joy"}),
    ("read", {"from": FRANK, "conversation_id": DIRECT}),
    ("join", {"contact": FRANK, "group_id": PLAZA}),
    ("leave", {"contact": FRANK, "group_id": FAMILY}),
]
IDEMPOTENT_IF_FROZEN = [
    ("active", {"contact": FRANK}),
    ("open", {"conversation_id": DIRECT}),
]


@pytest.fixture
def simulation(client: Any) -> SimulationClient:
    return SimulationClient(client)


def test_a_contact_adds_and_removes_a_reaction(simulation: SimulationClient) -> None:
    before = simulation.now
    reacted = simulation.run("react", from_=FRANK, message_id=USER_MESSAGE, reaction="joy")
    assert reacted["reactions"] == [{"joy": [FRANK]}]
    assert simulation.events() == [("message.updated", reacted)]
    assert reacted == simulation.get(f"messages/{USER_MESSAGE}")
    assert reacted["updated_at"] == before + 1 == simulation.now
    assert simulation.get(f"contacts/{FRANK_ID}")["last_active_at"] == before + 1
    cleared = simulation.run("unreact", from_=FRANK, message_id=USER_MESSAGE, reaction="joy")
    assert (cleared["reactions"], cleared["updated_at"]) == ([], before + 2)
    assert simulation.events() == [("message.updated", cleared)]


def test_reactions_of_others_are_kept(simulation: SimulationClient) -> None:
    own = simulation.send_message(FAMILY_CONVERSATION)
    reactions = {"joy": ["KateMcCallister"], "sob": ["BuzzMcCallister"], "none": []}
    simulation.client.put(f"/v1/messages/{own}", json={"reactions": reactions})
    action = {"from_": FRANK, "message_id": own}
    returned = simulation.run("react", **action, reaction="joy")["reactions"]
    assert returned == [
        {"joy": ["KateMcCallister", FRANK]},
        {"sob": ["BuzzMcCallister"]},
        {"none": []},
    ]
    simulation.run("react", **action, reaction="ok")
    simulation.run("unreact", **action, reaction="joy")
    returned = simulation.run("unreact", **action, reaction="none")["reactions"]
    assert returned == [{name: users} for name, users in reactions.items()] + [{"ok": [FRANK]}]


def test_a_contact_becomes_active(simulation: SimulationClient) -> None:
    active = simulation.run("active", contact=FRANK)
    assert active["last_active_at"] == simulation.now
    assert simulation.events() == [("contact.updated", active)]
    assert active == simulation.get(f"contacts/{FRANK_ID}")


def test_a_contact_joins_and_leaves_a_group(simulation: SimulationClient) -> None:
    before = simulation.get(f"groups/{PLAZA}")
    joined = simulation.run("join", contact=FRANK, group_id=PLAZA)
    assert simulation.events() == [("group.updated", joined)]
    assert joined == simulation.get(f"groups/{PLAZA}")
    assert joined["contacts"][:-1] == before["contacts"]
    assert joined["contacts"][-1]["id"] == FRANK_ID
    assert joined["contacts"][-1]["last_active_at"] == simulation.now
    simulation.run(
        "message", from_=FRANK, conversation_id=PLAZA_CONVERSATION, message="Room service!"
    )
    left = simulation.run("leave", contact=FRANK_ID, group_id=PLAZA)
    assert simulation.events() == [("group.updated", left)]
    assert left == before == simulation.get(f"groups/{PLAZA}")
    refused = simulation.request(
        "message", from_=FRANK, conversation_id=PLAZA_CONVERSATION, message="Hello?"
    )
    refused.refused(400, FRANK, "'Hector', 'Cedric', 'Hester', 'Cliff'")


def test_the_user_opens_a_conversation_in_another_client(simulation: SimulationClient) -> None:
    received = simulation.run("message", from_=FRANK, message="A")
    opened = simulation.run("open", conversation_id=DIRECT)
    assert opened["last_opened_at"] == simulation.now == opened["last_active_at"] + 1
    assert simulation.events() == [("conversation.updated", opened)]
    assert opened == simulation.get(f"conversations/{DIRECT}")
    assert simulation.get(f"contacts/{USER}")["last_active_at"] == simulation.now
    assert simulation.get(f"messages/{received['id']}") == received, (
        "the reference does not say that opening reads messages"
    )


@pytest.mark.parametrize(("action", "values"), IDEMPOTENT + IDEMPOTENT_IF_FROZEN)
def test_a_repeated_action_has_no_effect(
    simulation: SimulationClient, action: str, values: Any
) -> None:
    if (action, values) in IDEMPOTENT_IF_FROZEN:
        simulation.client.put("/_sandbox/clock", json={"mode": "frozen"})
    first = simulation.run(action, **values)
    before = simulation.state
    again = simulation.run(action, **values)
    assert again == (first if action != "read" else {"data": []})
    assert simulation.state == before
    assert (simulation.last_entry()["changes"], simulation.last_entry()["events"]) == ([], [])
