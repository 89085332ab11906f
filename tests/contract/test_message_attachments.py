"""The attachments of messages (reference.md, "Message" and "Attachment")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract.conftest import Api

DIRECT, OTHER = "xgQQXg3hrtjh7AvZ", "ZYjVAbCE9g5XRlra"
TAKEN, TAKER = "Nc6yKKMpcxiiFxp6", "LoPsJaMcPBuFNjg1"


def carried(message: Any) -> list[str]:
    return [attachment["id"] for attachment in message["attachments"]]


@pytest.fixture
def files(client: Api) -> list[str]:
    return [client.upload(f"{n}.txt")["id"] for n in range(4)]


def home(client: Api, attachment_id: str) -> str | None:
    message_id: str | None = client.retrieve("attachments", attachment_id)["message_id"]
    return message_id


def test_message_embeds_attachments_in_the_given_order(client: Api, files: list[str]) -> None:
    a, b, c, _ = files
    attachments = [c, {"id": a, "filename": "impostor", "unknown": 1}, b]
    sent = client.send(DIRECT, attachments=attachments)
    assert carried(sent) == [c, a, b]
    assert sent["attachments"] == [client.retrieve("attachments", file) for file in (c, a, b)]
    assert [attachment["message_id"] for attachment in sent["attachments"]] == [sent["id"]] * 3
    assert sent["attachments"][1]["filename"] == "0.txt"
    assert client.retrieve("messages", sent["id"]) == sent


def test_update_replaces_attachments_and_detaches_omitted_ones(
    client: Api, files: list[str]
) -> None:
    a, b, c, d = files
    sent = client.send(DIRECT, attachments=[a, b, c])
    changed = client.change("messages", sent["id"], attachments=[d, c])
    assert carried(changed) == carried(client.retrieve("messages", sent["id"])) == [d, c]
    assert [home(client, file) for file in files] == [None, None, sent["id"], sent["id"]]
    assert carried(client.change("messages", sent["id"], message="same files")) == [d, c]
    client.change("messages", sent["id"], attachments=[])
    assert [home(client, file) for file in files] == [None] * 4


def test_order_of_attachments_can_change(client: Api, files: list[str]) -> None:
    sent = client.send(DIRECT, attachments=files)
    changed = client.change("messages", sent["id"], attachments=files[::-1])
    assert carried(changed) == files[::-1]
    assert changed["updated_at"] is not None


def test_a_detached_attachment_can_go_to_another_message(client: Api, files: list[str]) -> None:
    first = client.send(DIRECT, attachments=files[:1])
    other = client.send(OTHER)
    path = f"/v1/messages/{other['id']}"
    client.put(path, json={"attachments": files[:1]}).refused(400, "attachments[0]", first["id"])
    client.change("messages", first["id"], attachments=[])
    assert carried(client.change("messages", other["id"], attachments=files[:1])) == files[:1]
    assert home(client, files[0]) == other["id"]


@pytest.mark.parametrize(
    ("unfit", "text"),
    [
        (TAKEN, TAKER),
        ({"id": TAKEN}, TAKER),
        ("nothing", "'nothing'"),
        ({"id": "nothing"}, "'nothing'"),
        (DIRECT, DIRECT),
        (TAKEN.swapcase(), f"'{TAKEN}'"),
        ("", "''"),
        (None, "null"),
        (5, "5"),
        ({}, "id"),
        ({"filename": "x"}, "id"),
    ],
)
def test_unavailable_attachment_is_rejected_with_its_index(
    client: Api, files: list[str], unfit: Any, text: str
) -> None:
    sent = client.send(DIRECT, attachments=files[:1])
    before = client.walk("/v1/messages"), client.walk("/v1/attachments")
    attachments = [files[1], unfit]
    values = {"conversation_id": DIRECT, "message": "x", "attachments": attachments}
    client.post("/v1/messages", json=values).refused(400, "attachments[1]", text)
    path = f"/v1/messages/{sent['id']}"
    client.put(path, json={"attachments": attachments}).refused(400, "attachments[1]", text)
    assert (client.walk("/v1/messages"), client.walk("/v1/attachments")) == before


def test_attachments_are_found_by_their_messages_conversation(
    client: Api, files: list[str]
) -> None:
    def listed(conversation: str) -> list[str]:
        attachment_ids = client.ids(f"/v1/attachments?conversation_id={conversation}")
        return [attachment_id for attachment_id in attachment_ids if attachment_id in files]

    a, b, c, d = files
    assert listed(DIRECT) == listed(OTHER) == []
    sent = client.send(DIRECT, attachments=[a, b])
    client.send(OTHER, attachments=[c])
    assert (listed(DIRECT), listed(OTHER)) == ([b, a], [c])
    client.change("messages", sent["id"], attachments=[d, a])
    assert (listed(DIRECT), listed(OTHER)) == ([d, a], [c])
    client.remove("attachments", d)
    assert listed(DIRECT) == [a]
    client.remove("messages", sent["id"])
    assert listed(DIRECT) == []


def test_a_renamed_attachment_shows_its_new_name_in_the_message(
    client: Api, files: list[str]
) -> None:
    sent = client.send(DIRECT, attachments=files[:1])
    renamed = client.change("attachments", files[0], filename="new.txt")
    message = client.retrieve("messages", sent["id"])
    assert message == {**sent, "attachments": [renamed]}


def test_an_upload_can_be_attached_at_once(client: Api) -> None:
    sent = client.send(DIRECT, attachments=[client.upload("first.txt")["id"]])
    upload = client.upload("second.txt", message_id=sent["id"])
    assert upload["message_id"] == sent["id"]
    message = client.retrieve("messages", sent["id"])
    assert message["attachments"] == [*sent["attachments"], upload]
    assert client.ids(f"/v1/attachments?conversation_id={DIRECT}")[0] == upload["id"]


def test_upload_to_unknown_message_is_rejected(client: Api) -> None:
    before = client.ids("/v1/attachments")
    for message_id in ("nothing", "", DIRECT, 5):
        values = {"file": "x.txt", "message_id": message_id}
        client.post("/v1/attachments", json=values).refused(400, "message_id")
    near = {"file": "x.txt", "message_id": TAKER.swapcase()}
    client.post("/v1/attachments", json=near).refused(400, "message_id", f"'{TAKER}'")
    assert client.ids("/v1/attachments") == before
