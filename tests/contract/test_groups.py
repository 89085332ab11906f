"""Groups (reference.md, "Group")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract.conftest import Api

NOW = 705106800
FRANK, KATE, LINNIE = "WAz8eIbvDR60rouK", "hSIhXBhNe8X1d8Et", "inEIRvzjC6YLMX3o"
PLAZA, CONVERSATION = "l7cGNIBKZiNJ6wqF", "ZYjVAbCE9g5XRlra"


def members(group: Any) -> list[str]:
    return [member["id"] for member in group["contacts"]]


def test_new_group_has_given_values_and_defaults_elsewhere(client: Api) -> None:
    created = client.create("groups", name="Band")
    assert created == {
        "id": created["id"],
        "name": "Band",
        "description": None,
        "avatar_url": None,
        "conversation_id": created["conversation_id"],
        "contacts": [],
        "created_at": NOW + 1,
        "archived_at": None,
    }
    values = {"description": "Polka", "avatar_url": "https://a.example/x"}
    created = client.create("groups", name="Band", contacts=[KATE, FRANK], **values)
    assert {name: created[name] for name in values} == values
    assert members(created) == [KATE, FRANK]


def test_creating_a_group_creates_its_conversation_too(client: Api) -> None:
    before = client.ids("/v1/conversations")
    created = client.group()
    assert client.ids("/v1/conversations") == [created["conversation_id"], *before]
    conversation = client.retrieve("conversations", created["conversation_id"])
    assert (conversation["group_id"], conversation["contact_id"]) == (created["id"], None)
    assert conversation["created_at"] == created["created_at"]
    assert conversation["last_active_at"] is conversation["last_opened_at"] is None


@pytest.mark.parametrize(
    ("contacts", "expected"),
    [
        ([], []),
        ([KATE, FRANK], [KATE, FRANK]),
        ([FRANK, KATE], [FRANK, KATE]),
        ([FRANK, KATE, FRANK, FRANK], [FRANK, KATE]),
        ([{"id": FRANK}], [FRANK]),
        ([{"id": FRANK, "username": "Impostor", "unknown": [1]}, KATE], [FRANK, KATE]),
        ([FRANK, {"id": FRANK}], [FRANK]),
        ([LINNIE], [LINNIE]),
    ],
)
def test_members_are_ids_or_objects_without_duplicates(
    client: Api, contacts: list[Any], expected: list[str]
) -> None:
    before = client.retrieve("contacts", FRANK)
    assert members(client.group(contacts=contacts)) == expected
    changed = client.change("groups", PLAZA, contacts=contacts)
    assert members(changed) == members(client.retrieve("groups", PLAZA)) == expected
    assert client.retrieve("contacts", FRANK) == before


@pytest.mark.parametrize(
    "unknown", ["nobody", PLAZA, FRANK.lower(), {"id": "nobody"}, {"id": PLAZA}]
)
def test_unknown_member_is_rejected_with_its_index(client: Api, unknown: Any) -> None:
    before = client.get("/v1/groups?limit=100").data
    name = unknown["id"] if isinstance(unknown, dict) else unknown
    values = {"name": "Band", "contacts": [FRANK, KATE, unknown]}
    client.post("/v1/groups", json=values).refused(400, "contacts[2]", f"'{name}'")
    client.put(f"/v1/groups/{PLAZA}", json=values).refused(400, "contacts[2]", f"'{name}'")
    assert client.get("/v1/groups?limit=100").data == before


def test_member_id_in_wrong_case_gets_the_near_miss(client: Api) -> None:
    values = {"contacts": [FRANK.swapcase()]}
    client.put(f"/v1/groups/{PLAZA}", json=values).refused(400, "contacts[0]", f"'{FRANK}'")


@pytest.mark.parametrize(
    ("name", "value", "other"),
    [
        ("name", "Waldorf", "Ritz"),
        ("description", "Old.", None),
        ("avatar_url", "http://a.example/x", None),
        ("archived_at", 0, None),
        ("archived_at", 5, 253402300799),
    ],
)
def test_each_updatable_attribute_can_be_set_and_reset(
    client: Api, name: str, value: Any, other: Any
) -> None:
    before = client.retrieve("groups", PLAZA)
    for new in (value, other, value):
        assert client.change("groups", PLAZA, **{name: new}) == {**before, name: new}
        assert client.retrieve("groups", PLAZA) == {**before, name: new}


def test_update_replaces_all_members_or_none(client: Api) -> None:
    before = members(client.retrieve("groups", PLAZA))
    assert members(client.change("groups", PLAZA, description="x")) == before
    assert members(client.change("groups", PLAZA, contacts=[KATE])) == [KATE]
    assert members(client.change("groups", PLAZA, contacts=[])) == []


def test_deleting_a_former_member_does_not_change_the_group(client: Api) -> None:
    client.change("groups", PLAZA, contacts=[KATE, FRANK])
    client.change("groups", PLAZA, contacts=[KATE])
    client.remove("contacts", FRANK)
    assert members(client.retrieve("groups", PLAZA)) == [KATE]
    client.remove("contacts", KATE)
    assert members(client.retrieve("groups", PLAZA)) == []


def test_group_cannot_be_archived_at_creation(client: Api) -> None:
    client.post("/v1/groups", json={"name": "x", "archived_at": 5}).refused(400, "archived_at")


def test_group_without_conversation_gets_the_next_one(client: Api) -> None:
    client.remove("conversations", CONVERSATION)
    assert client.retrieve("groups", PLAZA)["conversation_id"] is None
    created = client.create("conversations", group_id=PLAZA)
    assert client.retrieve("groups", PLAZA)["conversation_id"] == created["id"]
