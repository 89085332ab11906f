"""Unknown, read-only and missing attributes (reference.md, "Request bodies")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract.conftest import Api

FRANK = "WAz8eIbvDR60rouK"
CONVERSATION = "xgQQXg3hrtjh7AvZ"
CREATED: dict[str, set[str]] = {
    "contacts": {"username", "phone_number", "avatar_url", "display_name"},
    "conversations": {"contact_id", "group_id"},
    "groups": {"name", "description", "avatar_url", "contacts"},
    "messages": {"conversation_id", "message", "attachments"},
    "attachments": {"file", "message_id"},
}
UPDATED: dict[str, set[str]] = {
    "contacts": {"display_name"},
    "conversations": {"pinned_message_id", "is_pinned", "is_muted", "archived_at"},
    "groups": {"name", "description", "avatar_url", "contacts", "archived_at"},
    "messages": {"message", "reactions", "attachments"},
    "attachments": {"filename"},
}
ITEMS = {
    "contacts": f"/v1/contacts/{FRANK}",
    "conversations": f"/v1/conversations/{CONVERSATION}",
    "groups": "/v1/groups/l7cGNIBKZiNJ6wqF",
    "messages": "/v1/messages/SIuAFUNKdSYHZF2w",
    "attachments": "/v1/attachments/Nc6yKKMpcxiiFxp6",
}
VALID: dict[str, dict[str, Any]] = {
    "contacts": {"username": "Gus", "phone_number": "1"},
    "conversations": {"contact_id": FRANK},
    "groups": {"name": "Band"},
    "messages": {"conversation_id": CONVERSATION, "message": "Hi"},
    "attachments": {"file": "a.txt"},
}
# Complete objects, so that every attribute that an endpoint does not accept is tried.
EVERY = sorted(
    {"conversation_id", "contact_id", "group_id", "message_id", "id", "username", "phone_number"}
    | {"avatar_url", "display_name", "last_active_at", "created_at", "pinned_message_id", "name"}
    | {"is_pinned", "is_muted", "last_opened_at", "archived_at", "description", "contacts", "file"}
    | {"contact", "message", "reactions", "attachments", "read_at", "updated_at", "filename"}
    | {
        "file_url",
        "file_type",
        "file_size",
        "limit",
        "starting_after",
        "muted",
        "NAME",
        "__proto__",
    }
)


@pytest.mark.parametrize("kind", CREATED)
def test_create_accepts_documented_attributes_only(client: Api, kind: str) -> None:
    before = client.ids(f"/v1/{kind}")
    for name in EVERY:
        if name not in CREATED[kind]:
            response = client.post(f"/v1/{kind}", json={**VALID[kind], name: "x"})
            response.refused(400, f"unknown attribute '{name}'")
    assert client.ids(f"/v1/{kind}") == before


@pytest.mark.parametrize("kind", UPDATED)
def test_update_accepts_documented_attributes_only(client: Api, kind: str) -> None:
    before = client.get(ITEMS[kind])
    for name in EVERY:
        response = client.put(ITEMS[kind], json={name: before.json.get(name)})
        if name in UPDATED[kind]:
            assert response.data == before.data
        else:
            response.refused(400, f"unknown attribute '{name}'")
    assert client.get(ITEMS[kind]).data == before.data


@pytest.mark.parametrize(
    ("method", "path", "typo", "near"),
    [
        ("POST", "/v1/contacts", "user_name", "username"),
        ("POST", "/v1/contacts", "phonenumber", "phone_number"),
        ("POST", "/v1/contacts", "Username", "username"),
        ("PUT", ITEMS["contacts"], "displayname", "display_name"),
        ("PUT", ITEMS["conversations"], "muted", "is_muted"),
        ("PUT", ITEMS["conversations"], "archived", "archived_at"),
        ("POST", "/v1/groups", "contact", "contacts"),
        ("POST", "/v1/messages", "conversationId", "conversation_id"),
        ("PUT", ITEMS["messages"], "reaction", "reactions"),
        ("POST", "/v1/attachments", "files", "file"),
        ("PUT", ITEMS["attachments"], "file_name", "filename"),
    ],
)
def test_unknown_attribute_error_suggests_nearest_name(
    client: Api, method: str, path: str, typo: str, near: str
) -> None:
    for way in ({"json": {typo: "x"}}, {"form": [(typo, "x")]}, {"multipart": [(typo, "x")]}):
        client(method, path, **way).refused(400, f"'{typo}'", f"did you mean '{near}'?")


def test_unknown_attribute_error_lists_known_names(client: Api) -> None:
    client.put(ITEMS["contacts"], json={"zzz": 1}).refused(400, "'zzz'", "display_name")
    client.put(ITEMS["contacts"], json={"": 1}).refused(400, "''", "display_name")


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("contacts", ["username", "phone_number"]),
        ("groups", ["name"]),
        ("messages", ["conversation_id", "message"]),
        ("attachments", ["file"]),
    ],
)
def test_missing_required_attributes_are_named(client: Api, kind: str, missing: list[str]) -> None:
    client.post(f"/v1/{kind}", json={}).refused(400, *(f"{name}: is required" for name in missing))
    for name in missing:
        values = {key: value for key, value in VALID[kind].items() if key != name}
        response = client.post(f"/v1/{kind}", json=values)
        assert response.refused(400, f"{name}: is required").json["message"].count("required") == 1


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("contacts", "username"),
        ("contacts", "phone_number"),
        ("groups", "name"),
        ("messages", "conversation_id"),
        ("attachments", "file"),
    ],
)
def test_required_strings_reject_empty_and_null(client: Api, kind: str, name: str) -> None:
    for value in ("", None):
        client.post(f"/v1/{kind}", json={**VALID[kind], name: value}).refused(400, name)


@pytest.mark.parametrize(
    ("kind", "names"),
    [("contacts", ["avatar_url", "display_name"]), ("groups", ["description", "avatar_url"])],
)
def test_nullable_attributes_accept_null_on_create(
    client: Api, kind: str, names: list[str]
) -> None:
    created = client.create(kind, **VALID[kind], **dict.fromkeys(names))
    assert [created[name] for name in names] == [None, None]


@pytest.mark.parametrize("value", [" ", "0", "+1 (555) 0100 ext. 7", "no number", "👍", "\n"])
def test_usernames_and_phone_numbers_are_free_text(client: Api, value: str) -> None:
    created = client.create("contacts", username=value, phone_number=value)
    assert (created["username"], created["phone_number"]) == (value, value)
