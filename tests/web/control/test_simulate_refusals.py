"""What the other side cannot do: said with who and what could, and nothing is changed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.control.acting import (
    DIRECT,
    FAMILY_TALK,
    FRANK,
    FRANK_ID,
    FRANKS,
    MINE,
    NOBODY_TALK,
    PLAZA,
    PLAZA_TALK,
    BotHost,
)

SAID = {"from": FRANK, "message": "A"}
NONE = "aaaaaaaaaaaaaaaa"
USER = "'LinnieMcCallister' is the authenticated user"


@pytest.fixture
def stage(client: Any) -> BotHost:
    return BotHost(client)


@pytest.mark.parametrize(
    ("act", "values", "said"),
    [
        ("message", {}, ["from: is required", "message: is required"]),
        (
            "message",
            {"from": "FrankMcCalister", "message": "", "conversation_id": NONE, "mesage": 1},
            [
                "from: there is no contact with the id or username 'FrankMcCalister'; "
                "did you mean 'FrankMcCallister'?",
                "message: may not be empty",
                f"conversation_id: there is no conversation '{NONE}'",
                "unknown attribute 'mesage'; did you mean 'message'?",
            ],
        ),
        ("message", {**SAID, "from": "LinnieMcCallister"}, [f"from: {USER}", "(/v1)"]),
        (
            "message",
            {**SAID, "conversation_id": PLAZA_TALK},
            [
                f"from: '{FRANK}' is not in the conversation '{PLAZA_TALK}' of the group "
                "'Plaza Hotel'; its members: 'Hector', 'Cedric', 'Hester', 'Cliff'"
            ],
        ),
        (
            "message",
            {**SAID, "from": "Cliff", "conversation_id": DIRECT},
            [f"from: 'Cliff' is not in the conversation '{DIRECT}'; its members: '{FRANK}'"],
        ),
        (
            "message",
            {**SAID, "conversation_id": NOBODY_TALK},
            ["'Lost & Found'; its members: none"],
        ),
        (
            "message",
            {
                **SAID,
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
            {**SAID, "attachments": [{"filename": "a.txt"}, NONE]},
            [f"attachments[1]: there is no attachment '{NONE}'"],
        ),
        ("edit", {"message": "A"}, ["message_id: is required"]),
        ("edit", {"message_id": NONE, "message": "A"}, [f"there is no message '{NONE}'"]),
        (
            "edit",
            {"message_id": MINE, "attachments": [NONE]},
            [
                f"the user's own; edit or delete it through the API, at /v1/messages/{MINE}",
                "attachments[0]: there is no attachment",
            ],
        ),
        ("delete", {"message_id": MINE}, ["the user's own", f"/v1/messages/{MINE}"]),
        ("delete", {"message_id": NONE}, [f"there is no message '{NONE}'"]),
        (
            "react",
            {"from": "Cliff", "message_id": FRANKS, "reaction": ""},
            ["reaction: may not be empty", "from: 'Cliff' is not in", f"its members: '{FRANK}'"],
        ),
        ("unreact", {"from": FRANK, "message_id": NONE, "reaction": "joy"}, ["message_id: there"]),
        ("read", {"from": FRANK}, ["give exactly one of conversation_id and message_id, not none"]),
        (
            "read",
            {"from": FRANK, "conversation_id": DIRECT, "message_id": MINE},
            ["give exactly one of conversation_id and message_id, not 2"],
        ),
        ("read", {"from": "Cliff", "message_id": MINE}, ["from: 'Cliff' is not in"]),
        ("active", {"contact": "LinnieMcCallister"}, [f"contact: {USER}"]),
        (
            "join",
            {"contact": FRANK_ID.lower(), "group_id": PLAZA.lower()},
            ["contact: there is no contact", f"group_id: there is no group '{PLAZA.lower()}'"],
        ),
        ("leave", {"contact": FRANK}, ["group_id: is required"]),
        ("open", {"conversation_id": None}, ["conversation_id: may not be null"]),
        ("open", {"conversation_id": NONE}, ["conversation_id: there is no conversation"]),
    ],
)
def test_what_cannot_be_done_is_told_whole_and_changes_nothing(
    stage: BotHost, act: str, values: dict[str, Any], said: list[str]
) -> None:
    before = stage.state
    stage.try_(act, **values).refused(400, *said)
    assert stage.state == before
    entry = stage.last()
    assert (entry["operation"], entry["status"]) == (f"simulate.{act}", 400)
    assert (entry["changes"], entry["events"]) == ([], [])


def test_a_username_of_several_contacts_means_none_of_them(stage: BotHost) -> None:
    again = {"username": FRANK, "phone_number": "1"}
    other = stage.client.post("/v1/contacts", json=again).json
    said = stage.try_("active", contact=FRANK)
    said.refused(400, f"2 contacts have the username '{FRANK}'", f"{FRANK_ID}, {other['id']}")
    assert stage.act("message", from_=other["id"], message="A")["contact"]["id"] == other["id"]


def test_a_message_names_a_few_of_many_members(stage: BotHost) -> None:
    everybody = [each["id"] for each in stage.client.walk("/v1/contacts")]
    others = [each for each in everybody if each != FRANK_ID]
    group = stage.client.post("/v1/groups", json={"name": "All", "contacts": others}).json
    said = stage.try_("message", **SAID, conversation_id=group["conversation_id"])
    message = said.refused(400, f" and {len(others) - 10} more").json["message"]
    assert message.count("', '") == 9


def test_who_was_deleted_does_nothing_more(stage: BotHost) -> None:
    said = stage.act("message", from_=FRANK, conversation_id=FAMILY_TALK, message="A")
    stage.client.delete(f"/v1/contacts/{FRANK_ID}")
    before = stage.state
    for act in ("edit", "delete"):
        stage.try_(act, message_id=said["id"]).refused(400, "message_id", "was deleted")
    stage.try_("message", **SAID).refused(400, "from: there is no contact")
    assert stage.state == before


def test_who_left_the_group_touches_nothing_in_it(stage: BotHost) -> None:
    said = stage.act("message", from_=FRANK, conversation_id=FAMILY_TALK, message="A")
    stage.act("leave", contact=FRANK, group_id="fprEZrh9IcdV51AS")
    for act in ("edit", "delete"):
        stage.try_(act, message_id=said["id"]).refused(400, "message_id", f"'{FRANK}' is not in")


def test_an_attachment_of_another_message_is_not_taken(stage: BotHost) -> None:
    said = stage.act("message", **SAID, attachments=[{"filename": "a.txt"}])
    [attachment] = said["attachments"]
    before = stage.state
    taken = {**SAID, "attachments": [{"filename": "b.txt"}, attachment]}
    stage.try_("message", **taken).refused(
        400, "attachments[1]", f"belongs to message '{said['id']}'"
    )
    stage.try_("edit", message_id=FRANKS, attachments=[attachment["id"]]).refused(400, said["id"])
    assert stage.state == before
    assert stage.act("edit", message_id=said["id"], attachments=[attachment["id"]]) == said


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        ({"form": [("from", FRANK), ("message", "A")]}, 415, "Content-Type: application/json"),
        ({"body": b"{", "headers": {"Content-Type": "application/json"}}, 400, "no valid JSON"),
        ({"json": SAID, "headers": {"Origin": "http://evil.example"}}, 403, "another origin"),
        ({"json": [SAID]}, 400, "must be a JSON object"),
    ],
)
def test_a_body_that_is_none_does_nothing(
    stage: BotHost, options: Any, status: int, said: str
) -> None:
    before = stage.state
    stage.client.post("/_sandbox/simulate/message", **options).refused(status, said)
    assert stage.state == before


def test_there_are_no_other_acts(stage: BotHost) -> None:
    stage.try_("sing", **SAID).refused(404, "/_sandbox/simulate/sing")
    stage.client.get("/_sandbox/simulate/message").refused(405)
