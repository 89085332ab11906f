"""The 25 endpoints: object, status and headers of each response.

The client checks every response of every test against the object's schema and key order
(``conftest.check``); these tests make sure that each endpoint is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract.conftest import Api

LINNIE = "inEIRvzjC6YLMX3o"
FRANK = "WAz8eIbvDR60rouK"
#: For each kind: an object of the fixtures, a body that creates one, a body that updates one.
ROWS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "contacts": (FRANK, {"username": "Gus", "phone_number": "1"}, {"display_name": "Polka"}),
    "conversations": ("xgQQXg3hrtjh7AvZ", {"contact_id": FRANK}, {"is_pinned": True}),
    "groups": ("l7cGNIBKZiNJ6wqF", {"name": "Band", "contacts": [FRANK]}, {"name": "Kickers"}),
    "messages": (
        "SIuAFUNKdSYHZF2w",
        {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "Hi"},
        {"reactions": {"heart": ["Gus"]}},
    ),
    "attachments": ("Nc6yKKMpcxiiFxp6", {"file": "note.txt"}, {"filename": "bill.txt"}),
}
KINDS = pytest.mark.parametrize("kind", ROWS)


@KINDS
def test_list_returns_complete_objects(client: Api, kind: str) -> None:
    for limit in (1, 100):
        response = client.get(f"/v1/{kind}?limit={limit}")
        assert response.status == 200
        assert response.json["data"]


@KINDS
def test_fixture_objects_are_equal_in_list_and_retrieve(client: Api, kind: str) -> None:
    for record in client.walk(f"/v1/{kind}"):
        assert client.retrieve(kind, record["id"]) == record


@KINDS
def test_create_returns_201_with_object_and_location(client: Api, kind: str) -> None:
    response = client.post(f"/v1/{kind}", json=ROWS[kind][1])
    assert response.status == 201
    retrieved = client.get(response.headers["Location"])
    assert retrieved.data == response.data


@KINDS
def test_update_returns_200_with_the_new_state(client: Api, kind: str) -> None:
    record_id, _, change = ROWS[kind]
    before = client.retrieve(kind, record_id)
    response = client.put(f"/v1/{kind}/{record_id}", json=change)
    assert response.status == 200
    assert response.json != before
    assert client.get(f"/v1/{kind}/{record_id}").data == response.data


@KINDS
def test_update_keeps_other_attributes(client: Api, kind: str) -> None:
    record_id, _, change = ROWS[kind]
    before = client.retrieve(kind, record_id)
    after = client.change(kind, record_id, **change)
    changed = {name for name in before if before[name] != after[name]}
    # Derived attributes change too.
    assert changed - {"updated_at", "file_url"} == set(change)


@KINDS
def test_delete_returns_204_and_removes_the_object(client: Api, kind: str) -> None:
    record_id = ROWS[kind][0]
    assert client.exists(kind, record_id)
    response = client.delete(f"/v1/{kind}/{record_id}")
    assert (response.status, response.data) == (204, b"")
    assert not client.exists(kind, record_id)
    client.delete(f"/v1/{kind}/{record_id}").refused(404, record_id)
    client.put(f"/v1/{kind}/{record_id}", json={}).refused(404, record_id)


@KINDS
def test_create_without_a_body_means_empty_object(client: Api, kind: str) -> None:
    for content_type in (None, "application/json", "text/plain"):
        headers = {"Content-Type": content_type} if content_type else {}
        response = client.post(f"/v1/{kind}", headers=headers)
        assert response.refused(400).data == client.post(f"/v1/{kind}", json={}).data


@KINDS
def test_update_without_a_body_changes_nothing(client: Api, kind: str) -> None:
    record_id = ROWS[kind][0]
    before = client.get(f"/v1/{kind}/{record_id}")
    response = client.put(f"/v1/{kind}/{record_id}")
    assert (response.status, response.data) == (200, before.data)


@pytest.mark.parametrize("path", [f"/v1/{kind}" for kind in ROWS] + [f"/v1/contacts/{FRANK}"])
def test_head_is_a_get_without_the_body(client: Api, path: str) -> None:
    whole, head = client.get(path), client("HEAD", path)
    assert (head.status, head.data) == (200, b"")
    for name in ("Content-Type", "Content-Length"):
        assert head.headers[name] == whole.headers[name]


def test_head_of_unknown_object_is_a_404(client: Api) -> None:
    assert client("HEAD", "/v1/contacts/nobody").status == 404


def test_text_in_any_script_is_returned_unchanged(client: Api) -> None:
    text = '林美玲 🕷️ رشيد \u2028 \x00\x1f\x7f \\ " </script> \ufeff\U0010ffff'
    sent = client.send("xgQQXg3hrtjh7AvZ", text)
    assert sent["message"] == text
    assert client.retrieve("messages", sent["id"])["message"] == text


def test_new_ids_are_16_letters_and_digits(client: Api) -> None:
    ids = [client.create(kind, **ROWS[kind][1])["id"] for kind in ROWS for _ in range(5)]
    assert len(set(ids)) == len(ids)
    assert all(len(new_id) == 16 and new_id.isascii() and new_id.isalnum() for new_id in ids)


def test_the_authenticated_user_is_a_contact(client: Api) -> None:
    assert client.retrieve("contacts", LINNIE)["username"] == "LinnieMcCallister"
    assert LINNIE in client.ids("/v1/contacts")
