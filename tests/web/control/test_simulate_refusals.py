"""Invalid actions are refused with all their problems and change nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.control.simulation_client import (
    DIRECT,
    EMPTY_CONVERSATION,
    FAMILY_CONVERSATION,
    FRANK,
    FRANK_ID,
    FRANK_MESSAGE,
    PLAZA,
    PLAZA_CONVERSATION,
    USER_MESSAGE,
    SimulationClient,
)

MESSAGE = {"from": FRANK, "message": "A"}
UNKNOWN_ID = "aaaaaaaaaaaaaaaa"
USER = "'LinnieMcCallister' is the authenticated user"


@pytest.fixture
def simulation(client: Any) -> SimulationClient:
    return SimulationClient(client)


@pytest.mark.parametrize(
    ("action", "values", "messages"),
    [
        ("message", {}, ["from: is required", "message: is required"]),
        (
            "message",
            {"from": "FrankMcCalister", "message": "", "conversation_id": UNKNOWN_ID, "mesage": 1},
            [
                "from: no contact has the id or username 'FrankMcCalister'; "
                "did you mean 'FrankMcCallister'?",
                "message: may not be empty",
                f"conversation_id: there is no conversation '{UNKNOWN_ID}'",
                "unknown attribute 'mesage'; did you mean 'message'?",
            ],
        ),
        ("message", {**MESSAGE, "from": "LinnieMcCallister"}, [f"from: {USER}", "(/v1)"]),
        (
            "message",
            {**MESSAGE, "conversation_id": PLAZA_CONVERSATION},
            [
                f"from: '{FRANK}' is not in the conversation '{PLAZA_CONVERSATION}' of the group "
                "'Plaza Hotel'; its members: 'Hector', 'Cedric', 'Hester', 'Cliff'"
            ],
        ),
        (
            "message",
            {**MESSAGE, "from": "Cliff", "conversation_id": DIRECT},
            [f"from: 'Cliff' is not in the conversation '{DIRECT}'; its members: '{FRANK}'"],
        ),
        (
            "message",
            {**MESSAGE, "conversation_id": EMPTY_CONVERSATION},
            ["'Lost & Found'; its members: none"],
        ),
        (
            "message",
            {
                **MESSAGE,
                "attachments": [
                    {"filename": "a.txt", "content": "%"},
                    {"content": "", "size": 1},
                    {"filename": "a/", "file_type": "pdf"},
                    7,
                ],
            },
            [
                "attachments[0].content: must be bytes in base64",
                "attachments[1].filename: is required",
                "attachments[1]: unknown attribute 'size'",
                "attachments[2].filename: must name a file",
                "attachments[2].file_type: must be a MIME type",
                "attachments[3]: must be an id, not 7",
            ],
        ),
        (
            "message",
            {**MESSAGE, "attachments": [{"filename": "a.txt"}, UNKNOWN_ID]},
            [f"attachments[1]: there is no attachment '{UNKNOWN_ID}'"],
        ),
        ("edit", {"message": "A"}, ["message_id: is required"]),
        (
            "edit",
            {"message_id": UNKNOWN_ID, "message": "A"},
            [f"there is no message '{UNKNOWN_ID}'"],
        ),
        (
            "edit",
            {"message_id": USER_MESSAGE, "attachments": [UNKNOWN_ID]},
            [
                "the user's own; edit or delete it through the API, "
                f"at /v1/messages/{USER_MESSAGE}",
                "attachments[0]: there is no attachment",
            ],
        ),
        (
            "delete",
            {"message_id": USER_MESSAGE},
            ["the user's own", f"/v1/messages/{USER_MESSAGE}"],
        ),
        ("delete", {"message_id": UNKNOWN_ID}, [f"there is no message '{UNKNOWN_ID}'"]),
        (
            "react",
            {"from": "Cliff", "message_id": FRANK_MESSAGE, "reaction": ""},
            ["reaction: may not be empty", "from: 'Cliff' is not in", f"its members: '{FRANK}'"],
        ),
        (
            "unreact",
            {"from": FRANK, "message_id": UNKNOWN_ID, "reaction": "joy"},
            ["message_id: there"],
        ),
        ("read", {"from": FRANK}, ["give exactly one of conversation_id and message_id, not none"]),
        (
            "read",
            {"from": FRANK, "conversation_id": DIRECT, "message_id": USER_MESSAGE},
            ["give exactly one of conversation_id and message_id, not 2"],
        ),
        ("read", {"from": "Cliff", "message_id": USER_MESSAGE}, ["from: 'Cliff' is not in"]),
        ("active", {"contact": "LinnieMcCallister"}, [f"contact: {USER}"]),
        (
            "join",
            {"contact": FRANK_ID.lower(), "group_id": PLAZA.lower()},
            ["contact: no contact has", f"group_id: there is no group '{PLAZA.lower()}'"],
        ),
        ("leave", {"contact": FRANK}, ["group_id: is required"]),
        ("open", {"conversation_id": None}, ["conversation_id: may not be null"]),
        ("open", {"conversation_id": UNKNOWN_ID}, ["conversation_id: there is no conversation"]),
    ],
)
def test_an_invalid_action_names_all_its_problems(
    simulation: SimulationClient, action: str, values: dict[str, Any], messages: list[str]
) -> None:
    before = simulation.state
    simulation.request(action, **values).refused(400, *messages)
    assert simulation.state == before
    entry = simulation.last_entry()
    assert (entry["operation"], entry["status"]) == (f"simulate.{action}", 400)
    assert (entry["changes"], entry["events"]) == ([], [])


def test_an_ambiguous_username_is_refused(simulation: SimulationClient) -> None:
    again = {"username": FRANK, "phone_number": "1"}
    other = simulation.client.post("/v1/contacts", json=again).json
    response = simulation.request("active", contact=FRANK)
    response.refused(400, f"2 contacts have the username '{FRANK}'", f"{FRANK_ID}, {other['id']}")
    assert simulation.run("message", from_=other["id"], message="A")["contact"]["id"] == other["id"]


def test_an_error_names_at_most_ten_members(simulation: SimulationClient) -> None:
    contact_ids = [contact_id["id"] for contact_id in simulation.client.walk("/v1/contacts")]
    others = [contact_id for contact_id in contact_ids if contact_id != FRANK_ID]
    group = simulation.client.post("/v1/groups", json={"name": "All", "contacts": others}).json
    response = simulation.request("message", **MESSAGE, conversation_id=group["conversation_id"])
    message = response.refused(400, f" and {len(others) - 10} more").json["message"]
    assert message.count("', '") == 9


def test_a_deleted_contact_cannot_act(simulation: SimulationClient) -> None:
    sent = simulation.run("message", from_=FRANK, conversation_id=FAMILY_CONVERSATION, message="A")
    simulation.client.delete(f"/v1/contacts/{FRANK_ID}")
    before = simulation.state
    for action in ("edit", "delete"):
        simulation.request(action, message_id=sent["id"]).refused(400, "message_id", "was deleted")
    simulation.request("message", **MESSAGE).refused(400, "from: no contact has")
    assert simulation.state == before


def test_a_contact_that_left_a_group_cannot_edit_in_it(simulation: SimulationClient) -> None:
    sent = simulation.run("message", from_=FRANK, conversation_id=FAMILY_CONVERSATION, message="A")
    simulation.run("leave", contact=FRANK, group_id="fprEZrh9IcdV51AS")
    for action in ("edit", "delete"):
        simulation.request(action, message_id=sent["id"]).refused(
            400, "message_id", f"'{FRANK}' is not in"
        )


def test_an_attachment_of_another_message_is_refused(simulation: SimulationClient) -> None:
    sent = simulation.run("message", **MESSAGE, attachments=[{"filename": "a.txt"}])
    [attachment] = sent["attachments"]
    before = simulation.state
    values = {**MESSAGE, "attachments": [{"filename": "b.txt"}, attachment]}
    simulation.request("message", **values).refused(
        400, "attachments[1]", f"belongs to message '{sent['id']}'"
    )
    simulation.request("edit", message_id=FRANK_MESSAGE, attachments=[attachment["id"]]).refused(
        400, sent["id"]
    )
    assert simulation.state == before
    assert simulation.run("edit", message_id=sent["id"], attachments=[attachment["id"]]) == sent


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        ({"form": [("from", FRANK), ("message", "A")]}, 415, "Content-Type: application/json"),
        ({"body": b"{", "headers": {"Content-Type": "application/json"}}, 400, "not valid JSON"),
        ({"json": MESSAGE, "headers": {"Origin": "http://evil.example"}}, 403, "another origin"),
        ({"json": [MESSAGE]}, 400, "must be a JSON object"),
    ],
)
def test_an_invalid_body_does_nothing(
    simulation: SimulationClient, options: Any, status: int, message: str
) -> None:
    before = simulation.state
    simulation.client.post("/_sandbox/simulate/message", **options).refused(status, message)
    assert simulation.state == before


def test_an_unknown_action_is_not_found(simulation: SimulationClient) -> None:
    simulation.request("sing", **MESSAGE).refused(404, "/_sandbox/simulate/sing")
    simulation.client.get("/_sandbox/simulate/message").refused(405)
