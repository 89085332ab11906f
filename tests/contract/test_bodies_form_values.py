"""Values in forms (reference.md, "Request bodies").

Each test sends both URL-encoded and multipart forms (``send``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract.conftest import Api, Pairs, Send

FRANK = "WAz8eIbvDR60rouK"
CONVERSATION = "/v1/conversations/xgQQXg3hrtjh7AvZ"
GROUP = "/v1/groups/l7cGNIBKZiNJ6wqF"
MESSAGE = "/v1/messages/SIuAFUNKdSYHZF2w"


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("1", True), ("false", False), ("0", False)]
)
def test_a_boolean_is_true_false_1_or_0(client: Api, send: Send, text: str, value: bool) -> None:
    client.change("conversations", CONVERSATION[-16:], is_muted=not value)
    response = send("PUT", CONVERSATION, [("is_muted", text)])
    assert response.json["is_muted"] is value


@pytest.mark.parametrize("text", ["", "True", "TRUE", "yes", "on", "2", " true", "null", "01"])
def test_other_values_are_not_booleans(send: Send, text: str) -> None:
    send("PUT", CONVERSATION, [("is_muted", text)]).refused(400, "is_muted", "boolean")


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("692715600", 692715600), ("007", 7)])
def test_an_integer_is_decimal(send: Send, text: str, value: int) -> None:
    response = send("PUT", CONVERSATION, [("archived_at", text)])
    assert response.json["archived_at"] == value


@pytest.mark.parametrize(
    "text", ["5.0", "5.5", "1e3", "0x10", "1_000", " 5", "5 ", "٣", "-1", "null", "9" * 30, "x"]
)
def test_other_values_are_not_integers(send: Send, text: str) -> None:
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
def test_empty_value_of_a_nullable_attribute_is_null(
    client: Api, send: Send, path: str, name: str, value: Any
) -> None:
    assert client.put(path, json={name: value}).json[name] == value
    response = send("PUT", path, [(name, "")])
    assert (response.status, response.json[name]) == (200, None)


def test_an_empty_pinned_message_is_null(client: Api, send: Send) -> None:
    client.change("conversations", CONVERSATION[-16:], pinned_message_id=MESSAGE[-16:])
    response = send("PUT", CONVERSATION, [("pinned_message_id", "")])
    assert response.json["pinned_message_id"] is None


def test_empty_owner_means_null(send: Send) -> None:
    response = send("POST", "/v1/conversations", [("contact_id", FRANK), ("group_id", "")])
    assert (response.status, response.json["group_id"]) == (201, None)


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
def test_empty_value_of_other_attributes_is_rejected(
    send: Send, method: str, path: str, pairs: Pairs, name: str
) -> None:
    send(method, path, pairs).refused(400, name)


def test_nested_array_is_rejected(send: Send) -> None:
    """Nested arrays are invalid in JSON too, but qs would flatten them."""
    response = send("PUT", GROUP, [("contacts[][]", FRANK)])
    response.refused(400, "'contacts[][]'", "contacts[]")
