"""Reactions, sent in two forms and returned in one (reference.md, "Message")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract.conftest import Api

MESSAGE = "SIuAFUNKdSYHZF2w"


@pytest.mark.parametrize(
    ("reactions", "expected"),
    [
        ({}, []),
        ([], []),
        ([{}], []),
        ({"heart": ["Gus"]}, [{"heart": ["Gus"]}]),
        ([{"heart": ["Gus"]}], [{"heart": ["Gus"]}]),
        ({"z": ["b", "a"], "a": ["c"]}, [{"z": ["b", "a"]}, {"a": ["c"]}]),
        ([{"z": ["b", "a"]}, {"a": ["c"]}], [{"z": ["b", "a"]}, {"a": ["c"]}]),
        ([{"z": ["b"], "y": ["a"]}, {"a": ["c"]}], [{"z": ["b"]}, {"y": ["a"]}, {"a": ["c"]}]),
    ],
)
def test_both_request_forms_return_an_array(client: Api, reactions: Any, expected: Any) -> None:
    before = client.change("messages", MESSAGE, reactions={"old": ["x"]})
    after = client.change("messages", MESSAGE, reactions=reactions)
    assert after == {**before, "reactions": expected, "updated_at": before["updated_at"] + 1}
    assert client.retrieve("messages", MESSAGE) == after


def test_returned_reactions_can_be_sent_back(client: Api) -> None:
    reactions = {"red_angry_face": ["KateMcCallister", "Gus"], "heart": ["Gus"]}
    changed = client.change("messages", MESSAGE, reactions=reactions)
    assert client.change("messages", MESSAGE, reactions=changed["reactions"]) == changed
    assert client.change("messages", MESSAGE, reactions=reactions) == changed


def test_reactions_replace_the_old_ones(client: Api) -> None:
    client.change("messages", MESSAGE, reactions={"heart": ["Gus"], "kiss": ["Gus"]})
    after = client.change("messages", MESSAGE, reactions={"heart": ["Kate"]})
    assert after["reactions"] == [{"heart": ["Kate"]}]


@pytest.mark.parametrize(
    "name",
    ["👍🏽", " ", "two words", "a.b[c]", "__proto__", "0", "id", "file_url", "\0", "x" * 5000],
)
def test_names_and_usernames_are_free_text(client: Api, name: str) -> None:
    after = client.change("messages", MESSAGE, reactions={name: [name, "nobody"]})
    assert after["reactions"] == [{name: [name, "nobody"]}]


@pytest.mark.parametrize(
    ("reactions", "texts"),
    [
        ("heart", ["reactions"]),
        (5, ["reactions"]),
        (None, ["reactions"]),
        (["heart"], ["reactions[0]"]),
        ([{"heart": ["Gus"]}, None, []], ["reactions[1]", "reactions[2]"]),
        ({"heart": "Gus"}, ["reactions.heart", "array"]),
        ({"heart": None, "kiss": {}}, ["reactions.heart", "reactions.kiss"]),
        ({"heart": [5]}, ["reactions.heart"]),
        ({"heart": ["Gus", None]}, ["reactions.heart"]),
        ({"heart": [["Gus"]]}, ["reactions.heart"]),
        ({"heart": [""]}, ["reactions.heart"]),
        ({"": ["Gus"]}, ["reactions", "empty"]),
        # Neither is dropped, and neither takes precedence.
        ([{"heart": ["Gus"]}, {"heart": ["Kate"]}], ["reactions[1].heart", "twice"]),
    ],
)
def test_other_forms_of_reactions_are_rejected(
    client: Api, reactions: Any, texts: list[str]
) -> None:
    before = client.retrieve("messages", MESSAGE)
    client.put(f"/v1/messages/{MESSAGE}", json={"reactions": reactions}).refused(400, *texts)
    assert client.retrieve("messages", MESSAGE) == before
