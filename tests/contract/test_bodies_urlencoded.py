"""URL-encoded forms (reference.md, "Request bodies"; WHATWG URL, section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.contract.conftest import Api

FRANK = "/v1/contacts/WAz8eIbvDR60rouK"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"display_name=a+b", "a b"),
        (b"display_name=a%2Bb", "a+b"),
        (b"display_name=a=b", "a=b"),
        (b"display_name=a;b", "a;b"),
        (b"display%5Fname=%F0%9F%8E%84", "🎄"),
        ("display_name=é".encode(), "é"),
        (b"&display_name=a&&", "a"),
        (b"display_name=100%", "100%"),
        (b"display_name=%zz", "%zz"),
        (b"display_name=%00", "\0"),
        (b"display_name=%EF%BB%BFa", "\ufeffa"),
        (b"display_name=%0D%0A", "\r\n"),
        (b"display_name=%26%23x1F384%3B", "&#x1F384;"),
    ],
)
def test_values_are_decoded_exactly_once(client: Api, body: bytes, value: str) -> None:
    response = client.put(FRANK, body=body, headers=FORM)
    assert (response.status, response.json["display_name"]) == (200, value)


@pytest.mark.parametrize("body", [b"display_name", b"display_name=", b"&display_name=&"])
def test_name_without_value_is_empty(client: Api, body: bytes) -> None:
    client.put(FRANK, json={"display_name": "Uncle"})
    assert client.put(FRANK, body=body, headers=FORM).json["display_name"] is None


@pytest.mark.parametrize(
    "body",
    [
        b"display_name=%FF",
        b"display_name=\xff",
        b"display_name=a%C3",
        b"display_name=%ED%A0%80",
        b"display_name%FF=a",
        b"display_name=a&other=%FF",
    ],
)
def test_invalid_utf8_is_rejected(client: Api, body: bytes) -> None:
    before = client.get(FRANK).data
    client.put(FRANK, body=body, headers=FORM).refused(400, "UTF-8")
    assert client.get(FRANK).data == before


@pytest.mark.parametrize(
    "body",
    [
        b'{"display_name": "Uncle"}',
        b' \r\n{"display_name": "a=b&c=d"}',
        b"{}",
        b"[]",
        b'[{"display_name": "x"}]',
    ],
)
def test_json_sent_as_a_form_is_rejected_with_a_hint(client: Api, body: bytes) -> None:
    response = client.put(FRANK, body=body, headers=FORM)
    response.refused(400, "JSON", "Content-Type: application/json")


def test_form_that_only_starts_like_json_is_accepted(client: Api) -> None:
    client.put(FRANK, body=b"{curly=1", headers=FORM).refused(400, "unknown attribute", "{curly")


def test_form_sent_as_json_is_rejected(client: Api) -> None:
    headers = {"Content-Type": "application/json"}
    client.put(FRANK, body=b"display_name=Uncle", headers=headers).refused(400, "JSON")
