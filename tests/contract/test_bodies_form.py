"""Reference, "Request bodies": what the names and values of a form mean, and that none is lost.

All of it holds for URL-encoded and multipart forms alike, so each test is made with both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Answer
    from tests.contract.conftest import Api

    Send = Callable[[str, str, "Pairs"], Answer]

FRANK, KATE, BUZZ = "WAz8eIbvDR60rouK", "hSIhXBhNe8X1d8Et", "N0NnRbRDYQGBk8VJ"
CONVERSATION = "/v1/conversations/xgQQXg3hrtjh7AvZ"
GROUP = "/v1/groups/l7cGNIBKZiNJ6wqF"
MESSAGE = "/v1/messages/SIuAFUNKdSYHZF2w"
Pairs = list[tuple[str, str]]


@pytest.fixture(params=["form", "multipart"])
def send(client: Api, request: pytest.FixtureRequest) -> Send:
    return lambda method, path, pairs: client(method, path, **{request.param: pairs})


def repeated(name: str, *values: str) -> Pairs:
    return [(name, value) for value in values]


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("1", True), ("false", False), ("0", False)]
)
def test_a_boolean_is_true_false_1_or_0(client: Api, send: Send, text: str, value: bool) -> None:
    client.change("conversations", CONVERSATION[-16:], is_muted=not value)
    answer = send("PUT", CONVERSATION, [("is_muted", text)])
    assert answer.json["is_muted"] is value


@pytest.mark.parametrize("text", ["", "True", "TRUE", "yes", "on", "2", " true", "null", "01"])
def test_nothing_else_is_a_boolean(send: Send, text: str) -> None:
    send("PUT", CONVERSATION, [("is_muted", text)]).refused(400, "is_muted", "boolean")


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("692715600", 692715600), ("007", 7)])
def test_an_integer_is_decimal(send: Send, text: str, value: int) -> None:
    answer = send("PUT", CONVERSATION, [("archived_at", text)])
    assert answer.json["archived_at"] == value


@pytest.mark.parametrize(
    "text", ["5.0", "5.5", "1e3", "0x10", "1_000", " 5", "5 ", "٣", "-1", "null", "9" * 30, "x"]
)
def test_nothing_else_is_an_integer(send: Send, text: str) -> None:
    send("PUT", CONVERSATION, [("archived_at", text)]).refused(400, "archived_at")


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        (CONVERSATION, "archived_at", 5),
        (f"/v1/contacts/{FRANK}", "display_name", "Uncle"),
        (GROUP, "description", "Polka"),
        (GROUP, "avatar_url", "http://a/b"),
        (GROUP, "archived_at", 5),
    ],
)
def test_an_empty_value_of_what_may_be_null_is_null(
    client: Api, send: Send, path: str, name: str, value: Any
) -> None:
    assert client.put(path, json={name: value}).json[name] == value
    answer = send("PUT", path, [(name, "")])
    assert (answer.status, answer.json[name]) == (200, None)


def test_an_empty_pinned_message_is_null(client: Api, send: Send) -> None:
    client.change("conversations", CONVERSATION[-16:], pinned_message_id=MESSAGE[-16:])
    answer = send("PUT", CONVERSATION, [("pinned_message_id", "")])
    assert answer.json["pinned_message_id"] is None


def test_an_empty_owner_is_none(send: Send) -> None:
    answer = send("POST", "/v1/conversations", [("contact_id", FRANK), ("group_id", "")])
    assert (answer.status, answer.json["group_id"]) == (201, None)


@pytest.mark.parametrize(
    ("method", "path", "pairs", "name"),
    [
        ("PUT", GROUP, [("name", "")], "name"),
        ("POST", "/v1/contacts", [("username", ""), ("phone_number", "1")], "username"),
        ("POST", "/v1/contacts", [("username", "a"), ("phone_number", "")], "phone_number"),
        ("PUT", "/v1/attachments/Nc6yKKMpcxiiFxp6", [("filename", "")], "filename"),
        ("POST", "/v1/attachments", [("file", "")], "file"),
        ("PUT", GROUP, [("contacts", "")], "contacts"),
    ],
)
def test_an_empty_value_of_what_may_not_be_null_is_refused(
    send: Send, method: str, path: str, pairs: Pairs, name: str
) -> None:
    send(method, path, pairs).refused(400, name)


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
        (repeated("contacts[]", ""), []),
    ],
)
def test_an_array_may_be_sent_in_any_of_these_ways(
    send: Send, pairs: Pairs, members: list[str]
) -> None:
    answer = send("PUT", GROUP, pairs)
    assert answer.status == 200, answer.data
    assert [member["id"] for member in answer.json["contacts"]] == members


def test_a_long_array_stays_an_array_in_its_order(empty: Api) -> None:
    ids = [empty.contact(f"guest {n}")["id"] for n in range(40)]
    for name in ("contacts[]", "contacts", "contacts[{}]", "contacts[{}][id]"):
        pairs = [("name", "Band"), *((name.format(n), each) for n, each in enumerate(ids))]
        answer = empty.post("/v1/groups", form=pairs)
        assert [member["id"] for member in answer.json["contacts"]] == ids


@pytest.mark.parametrize(
    ("path", "pairs", "name"),
    [
        # Two objects, or one with two ids?
        (GROUP, repeated("contacts[][id]", FRANK, KATE), "contacts[][id]"),
        (GROUP, [("contacts[][id]", FRANK), ("contacts[][username]", "x")], "contacts[]"),
        (GROUP, [("contacts[][id]", FRANK), ("contacts[]", KATE)], "contacts[]"),
        # An array, or an object, or a value?
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
        # A scalar that is given twice, or as an array or an object.
        (GROUP, repeated("name", "a", "b"), "name"),
        (GROUP, repeated("name", "a", "a"), "name"),
        (GROUP, repeated("archived_at", "1", "1"), "archived_at"),
        (GROUP, repeated("description", "", "x"), "description"),
        (GROUP, repeated("name[]", "a"), "name"),
        (GROUP, repeated("name[x]", "a"), "name"),
        (GROUP, [("name", "a"), ("name[]", "b")], "name"),
        (GROUP, [("name", "a"), ("name[x]", "b")], "name"),
        (CONVERSATION, repeated("is_muted", "true", "true"), "is_muted"),
        # Names that are none.
        (GROUP, [("contacts[", FRANK)], "contacts["),
        (GROUP, [("contacts]", FRANK)], "contacts]"),
        (GROUP, [("contacts[[0]]", FRANK)], "contacts[[0]]"),
        (GROUP, [("contacts[0]x", FRANK)], "contacts[0]x"),
        (GROUP, [("[contacts]", FRANK)], "[contacts]"),
        (GROUP, [("", FRANK)], "no name"),
        # Deeper than anything here.
        (GROUP, [("contacts" + "[a]" * 9, FRANK)], "contacts"),
        (MESSAGE, [("reactions[heart][a][b][c][d][e][f]", "Gus")], "reactions"),
        # Where the client meant one thing and wrote another.
        (MESSAGE, [("reactions[heart][]", "a"), ("reactions[heart][x]", "b")], "reactions[heart]"),
        (MESSAGE, [("reactions[heart]", "a"), ("reactions[heart][]", "b")], "reactions[heart]"),
        (MESSAGE, [("reactions[heart][]", "a"), ("reactions[]", "b")], "reactions"),
        (MESSAGE, [("reactions", "heart")], "reactions"),
        (MESSAGE, [("reactions[][heart]", "a"), ("reactions[][kiss]", "b")], "reactions[]"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_and_nothing_changes(
    client: Api, send: Send, path: str, pairs: Pairs, name: str
) -> None:
    before = client.get(path).data
    send("PUT", path, pairs).refused(400, name)
    assert client.get(path).data == before


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
def test_more_than_a_form_may_hold_is_refused_and_said(send: Send, pairs: Pairs) -> None:
    send("PUT", GROUP, pairs).refused(400, "1000")
