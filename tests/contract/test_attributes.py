"""Reference, "Request bodies": unknown, read-only and missing attributes; all problems at once."""

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
# The whole of each object, so that every attribute is tried that an endpoint does not list.
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
def test_create_takes_the_attributes_of_its_table_and_refuses_every_other_by_name(
    client: Api, kind: str
) -> None:
    before = client.ids(f"/v1/{kind}")
    for name in EVERY:
        if name not in CREATED[kind]:
            answer = client.post(f"/v1/{kind}", json={**VALID[kind], name: "x"})
            answer.refused(400, f"unknown attribute '{name}'")
    assert client.ids(f"/v1/{kind}") == before


@pytest.mark.parametrize("kind", UPDATED)
def test_update_takes_the_attributes_of_its_table_and_refuses_every_other_by_name(
    client: Api, kind: str
) -> None:
    before = client.get(ITEMS[kind])
    for name in EVERY:
        answer = client.put(ITEMS[kind], json={name: before.json.get(name)})
        if name in UPDATED[kind]:
            assert answer.data == before.data
        else:
            answer.refused(400, f"unknown attribute '{name}'")
    assert client.get(ITEMS[kind]).data == before.data


@pytest.mark.parametrize(
    ("method", "path", "given", "near"),
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
def test_an_unknown_attribute_is_told_with_the_nearest_known_one(
    client: Api, method: str, path: str, given: str, near: str
) -> None:
    for way in ({"json": {given: "x"}}, {"form": [(given, "x")]}, {"multipart": [(given, "x")]}):
        client(method, path, **way).refused(400, f"'{given}'", f"did you mean '{near}'?")


def test_an_attribute_that_is_like_none_is_told_with_all_that_are_known(client: Api) -> None:
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
def test_each_required_attribute_is_asked_for_by_name(
    client: Api, kind: str, missing: list[str]
) -> None:
    client.post(f"/v1/{kind}", json={}).refused(400, *(f"{name}: is required" for name in missing))
    for name in missing:
        values = {key: value for key, value in VALID[kind].items() if key != name}
        answer = client.post(f"/v1/{kind}", json=values)
        assert answer.refused(400, f"{name}: is required").json["message"].count("required") == 1


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
def test_a_required_string_may_be_neither_empty_nor_null(client: Api, kind: str, name: str) -> None:
    for value in ("", None):
        client.post(f"/v1/{kind}", json={**VALID[kind], name: value}).refused(400, name)


@pytest.mark.parametrize("value", [" ", "0", "+1 (555) 0100 ext. 7", "no number", "👍", "\n"])
def test_usernames_and_phone_numbers_are_free_text(client: Api, value: str) -> None:
    made = client.create("contacts", username=value, phone_number=value)
    assert (made["username"], made["phone_number"]) == (value, value)


def test_all_problems_of_a_creation_are_told_at_once(client: Api) -> None:
    values = {"username": "", "avatar_url": "frank.jpg", "display_name": 5, "phonenumber": "1"}
    client.post("/v1/contacts", json=values).refused(
        400,
        "username: may not be empty",
        "phone_number: is required",
        "avatar_url: must be",
        "display_name: must be",
        "unknown attribute 'phonenumber'; did you mean 'phone_number'?",
    )


def test_unknown_references_are_told_together_with_the_other_problems(client: Api) -> None:
    contacts = [FRANK, "nobody", {"id": "no one"}, FRANK.lower()]
    values = {"contacts": contacts, "names": 1, "archived_at": "now"}
    client.put(ITEMS["groups"], json=values).refused(
        400,
        "contacts[1]: there is no contact 'nobody'",
        "contacts[2]: there is no contact 'no one'",
        f"contacts[3]: there is no contact '{FRANK.lower()}'",
        f"did you mean '{FRANK}'?",
        "unknown attribute 'names'; did you mean 'name'?",
        "archived_at: must be",
    )


def test_each_wrong_entry_of_an_array_is_told_with_its_place(client: Api) -> None:
    contacts = [FRANK, 5, "", {"id": 5}, {}, None, [FRANK]]
    answer = client.put(ITEMS["groups"], json={"contacts": contacts})
    answer.refused(400, *(f"contacts[{place}]" for place in (1, 2, 3, 4, 5, 6)))
    assert "contacts[0]" not in answer.json["message"]


def test_all_problems_of_reactions_are_told_with_their_names(client: Api) -> None:
    reactions = {"heart": "Gus", "kiss": [5], "fine": ["Gus"], "": ["Gus"]}
    answer = client.put(ITEMS["messages"], json={"reactions": reactions, "message": 5})
    answer.refused(400, "reactions.heart", "reactions.kiss", "message: must be", "empty")
    assert "fine" not in answer.json["message"]
    answer = client.put(ITEMS["messages"], json={"reactions": [{"fine": []}, {"heart": 5}, 7]})
    answer.refused(400, "reactions[1].heart", "reactions[2]")


def test_the_problems_of_the_query_are_told_with_those_of_the_body(client: Api) -> None:
    answer = client.post("/v1/contacts?expand=all", json={"username": ""})
    answer.refused(400, "unknown parameter 'expand'", "username", "phone_number")


def test_a_long_value_is_not_repeated_in_the_message(client: Api) -> None:
    for name in ("display_name", "x" * 100_000):
        answer = client.put(ITEMS["contacts"], json={name: ["x" * 100_000]}).refused(400)
        assert len(answer.json["message"]) < 1000
    reactions = {"x" * 100_000: 5}
    answer = client.put(ITEMS["messages"], json={"reactions": reactions}).refused(400)
    assert len(answer.json["message"]) < 1000
