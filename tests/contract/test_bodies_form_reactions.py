"""Reactions in forms, whose names are free text (reference.md, "Request bodies")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract.conftest import Api

MESSAGE = "/v1/messages/SIuAFUNKdSYHZF2w"


@pytest.mark.parametrize(
    ("pairs", "reactions"),
    [
        ([("reactions[red_angry_face][]", "Gus")], [{"red_angry_face": ["Gus"]}]),
        ([("reactions[heart]", "Gus")], [{"heart": ["Gus"]}]),
        (
            [("reactions[heart][]", "Gus"), ("reactions[heart][]", "Kate")],
            [{"heart": ["Gus", "Kate"]}],
        ),
        (
            [("reactions[heart]", "Gus"), ("reactions[heart]", "Kate")],
            [{"heart": ["Gus", "Kate"]}],
        ),
        (
            [("reactions[heart][0]", "Gus"), ("reactions[heart][1]", "Kate")],
            [{"heart": ["Gus", "Kate"]}],
        ),
        (
            [("reactions[heart][]", "Gus"), ("reactions[kiss][]", "Kate")],
            [{"heart": ["Gus"]}, {"kiss": ["Kate"]}],
        ),
        (
            [("reactions[0][heart][]", "Gus"), ("reactions[1][kiss][]", "Kate")],
            [{"heart": ["Gus"]}, {"kiss": ["Kate"]}],
        ),
        ([("reactions[0][heart]", "Gus")], [{"heart": ["Gus"]}]),
        ([("reactions[][heart]", "Gus")], [{"heart": ["Gus"]}]),
        ([("reactions[]", "")], []),
    ],
)
def test_form_accepts_both_forms_of_reactions(
    client: Api, pairs: list[tuple[str, str]], reactions: list[dict[str, Any]]
) -> None:
    client.put(MESSAGE, json={"reactions": {"old": ["x"]}})
    for way in ("form", "multipart"):
        response = client.put(MESSAGE, **{way: pairs})
        assert (response.status, response.json["reactions"]) == (200, reactions)


@pytest.mark.parametrize(
    "name",
    [
        "👍🏽",
        "два слова",
        "a.b",
        "a,b",
        "a&b=c",
        "100%",
        "back\\slash",
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "id",
        "&#128077;",
        "%5B%5D",
        "+1",
        " ",
        "-1",
    ],
)
def test_the_name_of_a_reaction_is_free_text(client: Api, name: str) -> None:
    client.put(MESSAGE, json={"reactions": {"old": ["x"]}})
    for way in ("form", "multipart"):
        pairs = [(f"reactions[{name}][]", "Gus, 100% & Söhne"), (f"reactions[{name}][]", "b")]
        response = client.put(MESSAGE, **{way: pairs})
        assert response.status == 200, response.data
        assert response.json["reactions"] == [{name: ["Gus, 100% & Söhne", "b"]}]


def test_reaction_named_by_a_number_is_never_lost(client: Api) -> None:
    # In a form, it could also be an array index.
    for way in ("form", "multipart"):
        client.put(MESSAGE, **{way: [("reactions[100][]", "Gus")]}).refused(400, "reactions")
    response = client.put(MESSAGE, json={"reactions": {"100": ["Gus"]}})
    assert response.json["reactions"] == [{"100": ["Gus"]}]


def test_the_order_of_reactions_in_a_form_is_kept(client: Api) -> None:
    names = ["zebra", "apple", "mango", "Zed", "a"]
    pairs = [(f"reactions[{name}][]", "Gus") for name in names]
    response = client.put(MESSAGE, form=pairs)
    assert response.json["reactions"] == [{name: ["Gus"]} for name in names]
