"""Behavior of bodies of all three content types (reference.md, "Request bodies")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract.conftest import Api

FRANK = "WAz8eIbvDR60rouK"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
ENDPOINTS = [
    ("POST", "/v1/contacts"),
    ("PUT", f"/v1/contacts/{FRANK}"),
    ("POST", "/v1/messages"),
    ("PUT", "/v1/attachments/Nc6yKKMpcxiiFxp6"),
]


def typed(content_type: str) -> dict[str, str]:
    return {"Content-Type": content_type}


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "application/jsonp", "text/json", "nonsense", "*/*"],
)
@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_other_content_types_get_a_415_naming_the_valid_ones(
    client: Api, method: str, path: str, content_type: str
) -> None:
    response = client(method, path, body=b'{"display_name": "x"}', headers=typed(content_type))
    response.refused(415, f"'{content_type}'", JSON, FORM, "multipart/form-data")


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_a_body_without_a_type_is_a_415(client: Api, method: str, path: str) -> None:
    client(method, path, body=b'{"display_name": "x"}').refused(415, "without a Content-Type", JSON)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json; charset=utf-8", b'{"display_name": "Uncle"}'),
        ("Application/JSON", b'{"display_name": "Uncle"}'),
        ("application/x-www-form-urlencoded; charset=UTF-8", b"display_name=Uncle"),
        ("APPLICATION/X-WWW-FORM-URLENCODED", b"display_name=Uncle"),
        (
            'Multipart/Form-Data; boundary="b"',
            b'--b\r\nContent-Disposition: form-data; name="display_name"\r\n\r\nUncle\r\n--b--\r\n',
        ),
    ],
)
def test_content_type_accepts_parameters_and_any_case(
    client: Api, content_type: str, body: bytes
) -> None:
    response = client.put(f"/v1/contacts/{FRANK}", body=body, headers=typed(content_type))
    assert (response.status, response.json["display_name"]) == (200, "Uncle")


@pytest.mark.parametrize("content_type", [JSON, FORM, "multipart/form-data; boundary=b", "a/b"])
def test_empty_body_means_empty_object(client: Api, content_type: str) -> None:
    before = client.retrieve("contacts", FRANK)
    response = client.put(f"/v1/contacts/{FRANK}", body=b"", headers=typed(content_type))
    assert (response.status, response.json) == (200, before)


def test_multipart_body_without_parts_means_empty_object(client: Api) -> None:
    headers = typed("multipart/form-data; boundary=b")
    client.post("/v1/groups", body=b"--b--\r\n", headers=headers).refused(400, "name")


CREATIONS: dict[str, list[tuple[str, str]]] = {
    "contacts": [("username", "Gus Polinski"), ("phone_number", "+1 414"), ("avatar_url", "")],
    "conversations": [("contact_id", FRANK)],
    "groups": [("name", "Kenosha & Kickers 🎷"), ("contacts[]", FRANK), ("description", "")],
    "messages": [("conversation_id", "xgQQXg3hrtjh7AvZ"), ("message", "a=b&c;d%20\r\n+é")],
    "attachments": [("file", "../polka.mp3")],
}
MEANT: dict[str, dict[str, Any]] = {
    "contacts": {"username": "Gus Polinski", "phone_number": "+1 414", "avatar_url": None},
    "conversations": {"contact_id": FRANK},
    "groups": {"name": "Kenosha & Kickers 🎷", "contacts": [FRANK], "description": None},
    "messages": {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "a=b&c;d%20\r\n+é"},
    "attachments": {"file": "../polka.mp3"},
}


@pytest.mark.parametrize("kind", CREATIONS)
def test_the_three_content_types_mean_the_same(client: Api, neighbour: Api, kind: str) -> None:
    path, pairs = f"/v1/{kind}", CREATIONS[kind]
    by_json = client.post(path, json=MEANT[kind])
    by_form = neighbour.post(path, form=pairs)
    third = type(client)(client.url, neighbour.token + "_third", client.pool)
    by_multipart = third.post(path, multipart=pairs)
    assert by_json.status == 201
    # Equal requests to equal sandboxes return equal bytes.
    assert by_json.data == by_form.data == by_multipart.data


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (JSON, b'{"display_name": "x"'),
        (JSON, b'["display_name"]'),
        (JSON, b"display_name=x"),
        (FORM, b'{"display_name": "x"}'),
        (FORM, b"display_name=x&display_name=y"),
        ("multipart/form-data; boundary=b", b"--b\r\nno part"),
        ("text/plain", b"display_name=x"),
    ],
)
def test_rejected_body_changes_nothing(client: Api, content_type: str, body: bytes) -> None:
    before = client.get(f"/v1/contacts/{FRANK}").data
    response = client.put(f"/v1/contacts/{FRANK}", body=body, headers=typed(content_type))
    assert response.status in (400, 415)
    assert client.get(f"/v1/contacts/{FRANK}").data == before
    count = len(client.ids("/v1/contacts"))
    assert client.post("/v1/contacts", body=body, headers=typed(content_type)).status >= 400
    assert len(client.ids("/v1/contacts")) == count


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip, identity"])
def test_compressed_body_is_rejected(client: Api, encoding: str) -> None:
    headers = typed(JSON) | {"Content-Encoding": encoding}
    client.put(f"/v1/contacts/{FRANK}", body=b"{}", headers=headers).refused(415, encoding)
