"""What applies to multipart forms only (reference.md, "Request bodies"; RFC 7578)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.contract.conftest import Api

FRANK = "/v1/contacts/WAz8eIbvDR60rouK"
MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}
DISPOSITION = b'Content-Disposition: form-data; name="display_name"'


def part(head: bytes, content: bytes) -> bytes:
    return b"--b\r\n" + head + b"\r\n\r\n" + content + b"\r\n"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (part(DISPOSITION, b"Uncle") + b"--b--\r\n", "Uncle"),
        (part(DISPOSITION, b"Uncle") + b"--b--", "Uncle"),
        (part(DISPOSITION, b"Uncle") + b"--b--\r\nepilogue", "Uncle"),
        (b"preamble\r\n" + part(DISPOSITION, b"Uncle") + b"--b--\r\n", "Uncle"),
        (part(DISPOSITION, b"") + b"--b--\r\n", None),
        (part(DISPOSITION, b"a\r\nb\r\n") + b"--b--\r\n", "a\r\nb\r\n"),
        (part(DISPOSITION, b"a\r\n--bogus") + b"--b--\r\n", "a\r\n--bogus"),
        (part(DISPOSITION, "🎄".encode()) + b"--b--\r\n", "🎄"),
        (part(DISPOSITION, b"a+b%20c&d=e") + b"--b--\r\n", "a+b%20c&d=e"),
        (
            part(DISPOSITION + b"\r\nContent-Type: text/plain; charset=iso-8859-1", b"\xe9")
            + b"--b--\r\n",
            "é",
        ),
        (part(DISPOSITION.lower(), b"Uncle") + b"--b--\r\n", "Uncle"),
    ],
)
def test_text_part_is_unchanged(client: Api, body: bytes, value: str | None) -> None:
    answer = client.put(FRANK, body=body, headers=MULTIPART)
    assert (answer.status, answer.json["display_name"]) == (200, value)


@pytest.mark.parametrize(
    "body",
    [
        part(DISPOSITION, b"\xff") + b"--b--\r\n",
        part(DISPOSITION, b"a\xc3") + b"--b--\r\n",
        part(DISPOSITION, b"\xed\xa0\x80") + b"--b--\r\n",
        part(b'Content-Disposition: form-data; name="\xff"', b"x") + b"--b--\r\n",
        part(b'Content-Disposition: form-data; name="display_name\xff"', b"x") + b"--b--\r\n",
    ],
)
def test_invalid_utf8_is_rejected(client: Api, body: bytes) -> None:
    before = client.get(FRANK).data
    client.put(FRANK, body=body, headers=MULTIPART).refused(400)
    assert client.get(FRANK).data == before


def test_filename_with_invalid_utf8_is_rejected(client: Api) -> None:
    head = b'Content-Disposition: form-data; name="file"; filename="\xff.txt"'
    body = part(head, b"x") + b"--b--\r\n"
    client.post("/v1/attachments", body=body, headers=MULTIPART).refused(400)


@pytest.mark.parametrize(
    "body",
    [
        b"display_name=Uncle",
        b"--b",
        b"--b\r\n",
        b"--b\r\n" + DISPOSITION,
        part(DISPOSITION, b"Uncle"),
        part(DISPOSITION, b"Uncle") + b"--b",
        part(DISPOSITION, b"Uncle")[:-2],
        part(b"Content-Type: text/plain", b"Uncle") + b"--b--\r\n",
        part(b"Content-Disposition: form-data", b"Uncle") + b"--b--\r\n",
        part(b'Content-Disposition: form-data; name=""', b"Uncle") + b"--b--\r\n",
        part(DISPOSITION, b"Uncle").replace(b"--b", b"--c") + b"--c--\r\n",
        b'{"display_name": "Uncle"}',
    ],
)
def test_malformed_multipart_body_is_rejected(client: Api, body: bytes) -> None:
    before = client.get(FRANK).data
    client.put(FRANK, body=body, headers=MULTIPART).refused(400, "multipart")
    assert client.get(FRANK).data == before


@pytest.mark.parametrize("parameters", ["", ";", "; boundary=", '; boundary=""', "; charset=utf-8"])
def test_body_without_a_boundary_is_rejected(client: Api, parameters: str) -> None:
    headers = {"Content-Type": f"multipart/form-data{parameters}"}
    body = part(DISPOSITION, b"Uncle") + b"--b--\r\n"
    client.put(FRANK, body=body, headers=headers).refused(400, "boundary")


def test_non_ascii_boundary_is_rejected(client: Api) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=\xff\xfe"}
    body = part(DISPOSITION, b"Uncle") + b"--b--\r\n"
    client.put(FRANK, body=body, headers=headers).refused(400)


def test_file_for_a_text_attribute_is_rejected(client: Api) -> None:
    file = ("name.txt", b"Uncle", "text/plain")
    client.put(FRANK, multipart=[("display_name", file)]).refused(400, "display_name", "a file")
    group = "/v1/groups/l7cGNIBKZiNJ6wqF"
    client.put(group, multipart=[("contacts[]", file)]).refused(400, "contacts[0]", "a file")
    client.put(group, multipart=[("archived_at", file)]).refused(400, "archived_at", "a file")
    conversation = "/v1/conversations/xgQQXg3hrtjh7AvZ"
    client.put(conversation, multipart=[("is_muted", file)]).refused(400, "is_muted", "a file")
    message = "/v1/messages/SIuAFUNKdSYHZF2w"
    for name in ("reactions", "reactions[heart]", "reactions[heart][]", "reactions[]"):
        client.put(message, multipart=[(name, file)]).refused(400, "reactions", "a file")


def test_file_and_text_with_one_name_are_rejected(client: Api) -> None:
    file = ("name.txt", b"Uncle", "text/plain")
    client.post("/v1/attachments", multipart=[("file", file), ("file", "x")]).refused(400, "file")
    client.post("/v1/attachments", multipart=[("file", file)] * 2).refused(400, "file")


def test_more_than_1000_parts_are_rejected(client: Api) -> None:
    pairs = [(f"name{n}", "x") for n in range(1001)]
    client.put(FRANK, multipart=pairs).refused(400, "1000")
