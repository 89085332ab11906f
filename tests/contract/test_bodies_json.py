"""JSON bodies are typed and parsed strictly (reference.md, "Request bodies")."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract.conftest import Api

FRANK = "WAz8eIbvDR60rouK"
CONVERSATION = "xgQQXg3hrtjh7AvZ"
MESSAGE = "SIuAFUNKdSYHZF2w"
GROUP = "l7cGNIBKZiNJ6wqF"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{", "JSON"),
        (b'{"display_name": }', "column 18"),
        (b'{"display_name": "x",}', "JSON"),
        (b"{'display_name': 'x'}", "JSON"),
        (b'{"display_name": "x"} {}', "JSON"),
        (b'{"display_name": "a\nb"}', "JSON"),
        (b'{"display_name": NaN}', "NaN"),
        (b'{"display_name": -Infinity}', "Infinity"),
        (b'{"display_name": 1' + b"0" * 5000 + b"}", "JSON"),
        (b'{"display_name": "\xff"}', "UTF-8"),
        (b'{"display_name": "\xed\xa0\x80"}', "UTF-8"),
        ('{"display_name": "x"}'.encode("utf-16"), "UTF-8"),
        (b" ", "JSON"),
        (b"\x00", "JSON"),
        (b"display_name=x", "JSON"),
    ],
)
def test_malformed_json_is_rejected(client: Api, body: bytes, text: str) -> None:
    client.put(f"/v1/contacts/{FRANK}", body=body, headers=JSON).refused(400, text)


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "1", "true", '[{"display_name": "x"}]'])
def test_json_other_than_an_object_is_rejected(client: Api, body: str) -> None:
    response = client.put(f"/v1/contacts/{FRANK}", body=body.encode(), headers=JSON)
    response.refused(400, "object")


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"display_name": ['])
def test_deeply_nested_json_is_rejected(client: Api, opening: bytes) -> None:
    client.put(f"/v1/contacts/{FRANK}", body=opening * 100_000, headers=JSON).refused(400)


def test_duplicate_json_attribute_is_rejected(client: Api) -> None:
    body = b'{"other": 1, "display_name": "a", "display_name": "b"}'
    response = client.put(f"/v1/contacts/{FRANK}", body=body, headers=JSON)
    assert "other" not in response.refused(400, "'display_name'").json["message"]
    body = b'{"reactions": {"heart": ["a"], "heart": ["b"]}}'
    client.put(f"/v1/messages/{MESSAGE}", body=body, headers=JSON).refused(400, "heart")


def test_byte_order_mark_is_ignored(client: Api) -> None:
    body = b'\xef\xbb\xbf{"display_name": "Uncle"}'
    response = client.put(f"/v1/contacts/{FRANK}", body=body, headers=JSON)
    assert response.json["display_name"] == "Uncle"


WRONG: list[tuple[str, str, list[Any]]] = [
    (f"/v1/contacts/{FRANK}", "display_name", [5, True, 1.5, [], {}, ["x"]]),
    (
        f"/v1/conversations/{CONVERSATION}",
        "is_muted",
        ["true", "false", "1", 1, 0, 1.0, None, [], ""],
    ),
    (f"/v1/conversations/{CONVERSATION}", "is_pinned", ["true", 0, None]),
    (
        f"/v1/conversations/{CONVERSATION}",
        "archived_at",
        ["5", "", 5.5, True, False, [], {}, -1, 10**12, 10**30, "1992-05-06"],
    ),
    (f"/v1/conversations/{CONVERSATION}", "pinned_message_id", [5, True, [MESSAGE], {}]),
    (f"/v1/groups/{GROUP}", "name", [None, 5, True, ["x"], {}, ""]),
    (f"/v1/groups/{GROUP}", "description", [5, [], {}]),
    (f"/v1/groups/{GROUP}", "archived_at", ["5", 0.5, True]),
    (f"/v1/groups/{GROUP}", "avatar_url", [5, "frank.jpg", "ftp://a/b", "//a/b", "http://"]),
    (f"/v1/groups/{GROUP}", "contacts", [None, FRANK, {"id": FRANK}, 5, True]),
    (f"/v1/messages/{MESSAGE}", "message", [None, 5, True, ["x"], {}]),
    (f"/v1/messages/{MESSAGE}", "attachments", [None, "x", {}, 5]),
    (f"/v1/messages/{MESSAGE}", "reactions", [None, "heart", 5, True, ["heart"], [5]]),
    (
        f"/v1/messages/{MESSAGE}",
        "reactions",
        [{"heart": None}, {"heart": "Gus"}, {"heart": 5}, {"heart": {}}, {"heart": [5]}],
    ),
    ("/v1/attachments/Nc6yKKMpcxiiFxp6", "filename", [None, 5, ["x"], {}, ""]),
]


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [(path, name, value) for path, name, values in WRONG for value in values],
)
def test_value_of_wrong_type_is_rejected_by_name(
    client: Api, path: str, name: str, value: Any
) -> None:
    before = client.get(path).data
    client.put(path, json={name: value}).refused(400, name)
    assert client.get(path).data == before


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        (f"/v1/conversations/{CONVERSATION}", "is_muted", True),
        (f"/v1/conversations/{CONVERSATION}", "archived_at", 0),
        (f"/v1/conversations/{CONVERSATION}", "archived_at", 253402300799),
        (f"/v1/groups/{GROUP}", "description", "true"),
        (f"/v1/groups/{GROUP}", "description", None),
        (f"/v1/groups/{GROUP}", "avatar_url", "http://[::1]:8080/a?b=c#d"),
        (f"/v1/groups/{GROUP}", "avatar_url", "https://例え.jp/é.png"),
        (f"/v1/contacts/{FRANK}", "display_name", "5"),
    ],
)
def test_value_of_right_type_is_unchanged(client: Api, path: str, name: str, value: Any) -> None:
    response = client.put(path, json={name: value})
    assert (response.status, response.json[name]) == (200, value)
    assert type(response.json[name]) is type(value)


SURROGATES = [
    ("PUT", f"/v1/contacts/{FRANK}", {"display_name": "\ud800"}),
    ("PUT", f"/v1/contacts/{FRANK}", {"display_name": "\udfff\ud800"}),
    ("PUT", f"/v1/contacts/{FRANK}", {"\ud800": 1}),
    ("POST", "/v1/contacts", {"username": "a\ud800", "phone_number": "\udc00"}),
    ("PUT", f"/v1/groups/{GROUP}", {"name": "\ud83d"}),
    ("PUT", f"/v1/groups/{GROUP}", {"contacts": ["\ud800"]}),
    ("PUT", f"/v1/groups/{GROUP}", {"contacts": [{"id": "\ud800"}]}),
    ("PUT", f"/v1/groups/{GROUP}", {"avatar_url": "http://a/\ud800"}),
    ("PUT", f"/v1/messages/{MESSAGE}", {"message": "\ud800"}),
    ("PUT", f"/v1/messages/{MESSAGE}", {"reactions": {"\ud800": ["Gus"]}}),
    ("PUT", f"/v1/messages/{MESSAGE}", {"reactions": [{"\ud800": ["Gus"]}]}),
    ("PUT", f"/v1/messages/{MESSAGE}", {"reactions": {"\ud800": 5}}),
    ("PUT", f"/v1/messages/{MESSAGE}", {"reactions": {"heart": ["\ud800"]}}),
    ("PUT", f"/v1/messages/{MESSAGE}", {"reactions": {"heart": "\ud800"}}),
    ("POST", "/v1/messages", {"conversation_id": "\ud800", "message": "x"}),
    ("POST", "/v1/attachments", {"file": "\ud800.txt"}),
    ("POST", "/v1/attachments", {"file": "x", "message_id": "\ud800"}),
    ("PUT", "/v1/attachments/Nc6yKKMpcxiiFxp6", {"filename": "\udcff.pdf"}),
    ("PUT", f"/v1/conversations/{CONVERSATION}", {"pinned_message_id": "\ud800"}),
    ("POST", "/v1/conversations", {"contact_id": "\ud800"}),
]


@pytest.mark.parametrize(("method", "path", "values"), SURROGATES)
def test_lone_surrogate_is_rejected(
    client: Api, method: str, path: str, values: dict[str, Any]
) -> None:
    body = json.dumps(values).encode()  # escaped: \ud800 is valid JSON but invalid Unicode
    client(method, path, body=body, headers=JSON).refused(400)


def test_a_pair_of_surrogates_is_one_character(client: Api) -> None:
    body = rb'{"display_name": "\ud83c\udf84"}'
    response = client.put(f"/v1/contacts/{FRANK}", body=body, headers=JSON)
    assert response.json["display_name"] == "🎄"
