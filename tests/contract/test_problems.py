"""All problems of a request are reported at once (reference.md, "Request bodies")."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.contract.conftest import Api

FRANK = "WAz8eIbvDR60rouK"
GROUP, MESSAGE = "/v1/groups/l7cGNIBKZiNJ6wqF", "/v1/messages/SIuAFUNKdSYHZF2w"


def test_all_problems_of_a_create_are_reported_at_once(client: Api) -> None:
    values = {"username": "", "avatar_url": "frank.jpg", "display_name": 5, "phonenumber": "1"}
    client.post("/v1/contacts", json=values).refused(
        400,
        "username: may not be empty",
        "phone_number: is required",
        "avatar_url: must be",
        "display_name: must be",
        "unknown attribute 'phonenumber'; did you mean 'phone_number'?",
    )


def test_unknown_references_are_reported_with_other_problems(client: Api) -> None:
    contacts = [FRANK, "nobody", {"id": "no one"}, FRANK.lower()]
    values = {"contacts": contacts, "names": 1, "archived_at": "now"}
    client.put(GROUP, json=values).refused(
        400,
        "contacts[1]: there is no contact 'nobody'",
        "contacts[2]: there is no contact 'no one'",
        f"contacts[3]: there is no contact '{FRANK.lower()}'",
        f"did you mean '{FRANK}'?",
        "unknown attribute 'names'; did you mean 'name'?",
        "archived_at: must be",
    )


def test_invalid_array_entries_are_reported_by_index(client: Api) -> None:
    contacts = [FRANK, 5, "", {"id": 5}, {}, None, [FRANK]]
    response = client.put(GROUP, json={"contacts": contacts})
    response.refused(400, *(f"contacts[{index}]" for index in (1, 2, 3, 4, 5, 6)))
    assert "contacts[0]" not in response.json["message"]


def test_invalid_reactions_are_reported_by_name(client: Api) -> None:
    reactions = {"heart": "Gus", "kiss": [5], "fine": ["Gus"], "": ["Gus"]}
    response = client.put(MESSAGE, json={"reactions": reactions, "message": 5})
    response.refused(400, "reactions.heart", "reactions.kiss", "message: must be", "empty")
    assert "fine" not in response.json["message"]
    response = client.put(MESSAGE, json={"reactions": [{"fine": []}, {"heart": 5}, 7]})
    response.refused(400, "reactions[1].heart", "reactions[2]")


def test_query_problems_are_reported_with_body_problems(client: Api) -> None:
    response = client.post("/v1/contacts?expand=all", json={"username": ""})
    response.refused(400, "unknown parameter 'expand'", "username", "phone_number")


def test_a_long_value_is_not_repeated_in_the_message(client: Api) -> None:
    for name in ("display_name", "x" * 100_000):
        response = client.put(f"/v1/contacts/{FRANK}", json={name: ["x" * 100_000]}).refused(400)
        assert len(response.json["message"]) < 1000
    reactions = {"x" * 100_000: 5}
    response = client.put(MESSAGE, json={"reactions": reactions}).refused(400)
    assert len(response.json["message"]) < 1000


def test_problem_starts_with_its_attribute(client: Api) -> None:
    response = client.put(f"/v1/contacts/{FRANK}", json={"display_name": 5}).refused(400)
    assert response.json["message"].startswith("display_name: must be a string")
    response = client.put(GROUP, json={"contacts": [5]}).refused(400)
    assert response.json["message"].startswith("contacts[0]: must be an id")
    response = client.put(MESSAGE, json={"reactions": {"two words": 5}}).refused(400)
    assert response.json["message"].startswith("reactions['two words']: must be an array")
