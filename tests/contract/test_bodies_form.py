"""Names in forms (reference.md, "Request bodies"): no value is lost.

Each test sends both URL-encoded and multipart forms (``send``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.contract.conftest import Api, Pairs, Send

FRANK, KATE = "WAz8eIbvDR60rouK", "hSIhXBhNe8X1d8Et"
CONVERSATION = "/v1/conversations/xgQQXg3hrtjh7AvZ"
GROUP = "/v1/groups/l7cGNIBKZiNJ6wqF"
MESSAGE = "/v1/messages/SIuAFUNKdSYHZF2w"


def repeated(name: str, *values: str) -> Pairs:
    return [(name, value) for value in values]


@pytest.mark.parametrize(
    ("pairs", "members"),
    [
        (repeated("contacts[]", FRANK, KATE), [FRANK, KATE]),
        (repeated("contacts", KATE, FRANK), [KATE, FRANK]),
        (repeated("contacts[]", FRANK), [FRANK]),
        (repeated("contacts", FRANK), [FRANK]),
        (repeated("contacts[]", FRANK, FRANK, KATE), [FRANK, KATE]),
        ([("contacts[0]", KATE), ("contacts[1]", FRANK)], [KATE, FRANK]),
        ([("contacts[1]", KATE), ("contacts[0]", FRANK)], [FRANK, KATE]),
        ([("contacts[0][id]", KATE), ("contacts[1][id]", FRANK)], [KATE, FRANK]),
        ([("contacts[0]", KATE), ("contacts[1][id]", FRANK)], [KATE, FRANK]),
        ([("contacts[0][id]", KATE), ("contacts[0][username]", "any")], [KATE]),
        (repeated("contacts[][id]", KATE), [KATE]),
        ([("contacts[][id]", KATE), ("name", "Band")], [KATE]),
        (repeated("contacts[]", ""), []),
    ],
)
def test_form_array_notations(send: Send, pairs: Pairs, members: list[str]) -> None:
    response = send("PUT", GROUP, pairs)
    assert response.status == 200, response.data
    assert [member["id"] for member in response.json["contacts"]] == members


def test_a_long_array_stays_an_array_in_its_order(empty: Api) -> None:
    ids = [empty.contact(f"guest {n}")["id"] for n in range(40)]
    for name in ("contacts[]", "contacts", "contacts[{}]", "contacts[{}][id]"):
        pairs = [("name", "Band"), *((name.format(n), item) for n, item in enumerate(ids))]
        response = empty.post("/v1/groups", form=pairs)
        assert [member["id"] for member in response.json["contacts"]] == ids


@pytest.mark.parametrize(
    ("path", "pairs", "name"),
    [
        # Two objects, or one with two ids?
        (GROUP, repeated("contacts[][id]", FRANK, KATE), "contacts[][id]"),
        (GROUP, [("contacts[][id]", FRANK), ("contacts[][username]", "x")], "contacts[]"),
        (GROUP, [("contacts[][id]", FRANK), ("contacts[]", KATE)], "contacts[]"),
        # An array, an object, or a value?
        (GROUP, [("contacts", FRANK), ("contacts[]", KATE)], "contacts"),
        (GROUP, [("contacts[]", FRANK), ("contacts", KATE)], "contacts"),
        (GROUP, [("contacts[]", FRANK), ("contacts[0]", KATE)], "contacts"),
        (GROUP, [("contacts[0]", FRANK), ("contacts", KATE)], "contacts"),
        (GROUP, [("contacts[0]", FRANK), ("contacts[0][id]", KATE)], "contacts[0]"),
        (GROUP, [("contacts[0]", FRANK), ("contacts[x]", KATE)], "contacts"),
        # One entry given twice.
        (GROUP, repeated("contacts[0]", FRANK, KATE), "contacts"),
        (GROUP, repeated("contacts[0][id]", FRANK, KATE), "contacts"),
        (GROUP, [("contacts[]", FRANK), ("contacts[]", "")], "contacts"),
        (GROUP, repeated("contacts[]", "", ""), "contacts"),
        # A scalar given twice, or as an array or an object.
        (GROUP, repeated("name", "a", "b"), "name"),
        (GROUP, repeated("name", "a", "a"), "name"),
        (GROUP, repeated("archived_at", "1", "1"), "archived_at"),
        (GROUP, repeated("description", "", "x"), "description"),
        (GROUP, repeated("name[]", "a"), "name"),
        (GROUP, repeated("name[x]", "a"), "name"),
        (GROUP, [("name", "a"), ("name[]", "b")], "name"),
        (GROUP, [("name", "a"), ("name[x]", "b")], "name"),
        (CONVERSATION, repeated("is_muted", "true", "true"), "is_muted"),
        # Invalid names.
        (GROUP, [("contacts[", FRANK)], "contacts["),
        (GROUP, [("contacts]", FRANK)], "contacts]"),
        (GROUP, [("contacts[[0]]", FRANK)], "contacts[[0]]"),
        (GROUP, [("contacts[0]x", FRANK)], "contacts[0]x"),
        (GROUP, [("[contacts]", FRANK)], "[contacts]"),
        (GROUP, [("", FRANK)], "not a valid name"),
        # Nested more deeply than any body.
        (GROUP, [("contacts" + "[a]" * 9, FRANK)], "contacts"),
        (MESSAGE, [("reactions[heart][a][b][c][d][e][f]", "Gus")], "reactions"),
        # Contradicting notations for one name.
        (MESSAGE, [("reactions[heart][]", "a"), ("reactions[heart][x]", "b")], "reactions[heart]"),
        (MESSAGE, [("reactions[heart]", "a"), ("reactions[heart][]", "b")], "reactions[heart]"),
        (MESSAGE, [("reactions[heart][]", "a"), ("reactions[]", "b")], "reactions"),
        (MESSAGE, [("reactions", "heart")], "reactions"),
        (MESSAGE, [("reactions[][heart]", "a"), ("reactions[][kiss]", "b")], "reactions[]"),
    ],
)
def test_ambiguous_form_is_rejected(
    client: Api, send: Send, path: str, pairs: Pairs, name: str
) -> None:
    before = client.get(path).data
    send("PUT", path, pairs).refused(400, name)
    assert client.get(path).data == before


@pytest.mark.parametrize(
    "pairs",
    [
        repeated("contacts[]", *[FRANK] * 1000),
        repeated("contacts", *[FRANK] * 1000),
        [(f"contacts[{n}]", FRANK) for n in range(1000)],
    ],
    ids=["contacts[] 1000 times", "contacts 1000 times", "1000 names"],
)
def test_form_accepts_a_thousand_entries(send: Send, pairs: Pairs) -> None:
    assert [member["id"] for member in send("PUT", GROUP, pairs).json["contacts"]] == [FRANK]


@pytest.mark.parametrize(
    "pairs",
    [
        repeated("contacts[]", *[FRANK] * 1001),
        repeated("contacts", *[FRANK] * 1001),
        [(f"contacts[{n}]", FRANK) for n in range(1001)],
        [("contacts[5000]", FRANK)],
    ],
    ids=["contacts[] 1001 times", "contacts 1001 times", "1001 names", "contacts[5000]"],
)
def test_form_over_a_limit_is_rejected(send: Send, pairs: Pairs) -> None:
    send("PUT", GROUP, pairs).refused(400, "1000")
