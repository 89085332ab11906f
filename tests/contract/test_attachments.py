"""Attachments (reference.md, "Attachment"); messages with attachments: test_message_attachments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from tests.contract.conftest import Api

NOW = 705106800
INVOICE = "Nc6yKKMpcxiiFxp6"
HOST = "https://assets.protocol.chat/attachments/"


def test_a_file_is_stored_with_its_bytes_name_and_type(client: Api) -> None:
    content = bytes(range(256)) * 3
    response = client.post(
        "/v1/attachments", multipart=[("file", ("polka.bin", content, "audio/x-polka"))]
    )
    assert response.json == {
        "id": response.json["id"],
        "message_id": None,
        "filename": "polka.bin",
        "file_url": f"{HOST}polka.bin",
        "file_type": "audio/x-polka",
        "file_size": 768,
        "created_at": NOW + 1,
    }


@pytest.mark.parametrize("way", ["form", "multipart", "json"])
def test_text_instead_of_file_is_a_path(client: Api, way: str) -> None:
    pairs = [("file", "../Invoice_room_service__Plaza_Hotel.pdf")]
    response = client.post("/v1/attachments", **{way: dict(pairs) if way == "json" else pairs})
    assert response.json == {
        "id": response.json["id"],
        "message_id": None,
        "filename": "Invoice_room_service__Plaza_Hotel.pdf",
        "file_url": f"{HOST}Invoice_room_service__Plaza_Hotel.pdf",
        "file_type": "application/pdf",
        "file_size": 0,
        "created_at": NOW + 1,
    }


def test_file_form_may_contain_other_attributes(client: Api) -> None:
    message = client.send("xgQQXg3hrtjh7AvZ")["id"]
    file = ("a.txt", b"abc", "text/plain")
    pairs: list[tuple[str, Any]] = [("message_id", message), ("file", file)]
    for order in (pairs, pairs[::-1]):
        response = client.post("/v1/attachments", multipart=order)
        assert (response.json["message_id"], response.json["file_size"]) == (message, 3)


@pytest.mark.parametrize(
    ("path", "filename"),
    [
        ("a.txt", "a.txt"),
        ("../a.txt", "a.txt"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\Kevin\\a.txt", "a.txt"),
        ("a/b\\c.txt", "c.txt"),
        ("a\\b/c.txt", "c.txt"),
        ("...", "..."),
        (".bashrc", ".bashrc"),
        ("%2e%2e%2fa.txt", "%2e%2e%2fa.txt"),
        ("two words.txt", "two words.txt"),
        ("菜单 🎄.pdf", "菜单 🎄.pdf"),
        ("<script>.html", "<script>.html"),
        ("x" * 1000, "x" * 1000),
    ],
)
def test_a_filename_is_the_last_segment_of_a_path(client: Api, path: str, filename: str) -> None:
    attachment = client.upload(path)
    assert (attachment["filename"], attachment["file_url"]) == (
        filename,
        HOST + quote(filename, safe=""),
    )
    renamed = client.change("attachments", INVOICE, filename=path)
    assert (renamed["filename"], renamed["file_url"]) == (filename, attachment["file_url"])


@pytest.mark.parametrize("path", ["", "/", "a/", "a\\", ".", "..", "a/..", "C:\\.", "//"])
def test_path_without_a_filename_is_rejected(client: Api, path: str) -> None:
    before = client.walk("/v1/attachments")
    client.post("/v1/attachments", json={"file": path}).refused(400, "file")
    client.post("/v1/attachments", form=[("file", path)]).refused(400, "file")
    client.put(f"/v1/attachments/{INVOICE}", json={"filename": path}).refused(400, "filename")
    assert client.walk("/v1/attachments") == before


@pytest.mark.parametrize("filename", ["../../up.txt", "C:\\up.txt"])
def test_file_part_name_is_reduced_to_last_segment(client: Api, filename: str) -> None:
    parts = [("file", (filename, b"x", "text/plain"))]
    assert client.post("/v1/attachments", multipart=parts).json["filename"] == "up.txt"


@pytest.mark.parametrize(
    ("filename", "guessed"),
    [
        ("a.pdf", "application/pdf"),
        ("a.PNG", "image/png"),
        ("a.jpeg", "image/jpeg"),
        ("a.mp3", "audio/mpeg"),
        ("a.tar.gz", "application/gzip"),
        ("a.html", "text/html"),
        ("a.unheard-of", "application/octet-stream"),
        ("doorcode", "application/octet-stream"),
    ],
)
def test_missing_media_type_is_guessed_from_the_name(
    client: Api, filename: str, guessed: str
) -> None:
    assert client.upload(filename)["file_type"] == guessed
    # urllib3 would guess the type, so the part is written by hand.
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\n'
    body = head.encode() + b"bytes\r\n--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    response = client.post("/v1/attachments", body=body, headers=headers)
    assert (response.json["file_type"], response.json["file_size"]) == (guessed, 5)


def test_sent_media_type_overrides_the_name(client: Api) -> None:
    parts = [("file", ("a.pdf", b"x", "text/plain"))]
    assert client.post("/v1/attachments", multipart=parts).json["file_type"] == "text/plain"


def test_empty_file_has_size_0(client: Api) -> None:
    parts = [("file", ("a.txt", b"", "text/plain"))]
    assert client.post("/v1/attachments", multipart=parts).json["file_size"] == 0


def test_update_changes_filename_and_url_only(client: Api) -> None:
    before = client.retrieve("attachments", INVOICE)
    after = client.change("attachments", INVOICE, filename="bill.txt")
    # The type belongs to the content, which stays.
    assert after == {**before, "filename": "bill.txt", "file_url": f"{HOST}bill.txt"}
    assert client.retrieve("attachments", INVOICE) == after
    for name in ("message_id", "file_url", "file_type", "file_size", "file"):
        values = {name: before.get(name, "x")}
        client.put(f"/v1/attachments/{INVOICE}", json=values).refused(400, f"'{name}'")


def test_two_attachments_may_have_the_same_name(client: Api) -> None:
    first, second = client.upload("a.txt"), client.upload("a.txt")
    assert first["id"] != second["id"]
    assert first["file_url"] == second["file_url"]


@pytest.mark.parametrize("value", [5, None, True, [], {}, ["a.txt"]])
def test_file_in_json_is_a_path(client: Api, value: Any) -> None:
    client.post("/v1/attachments", json={"file": value}).refused(400, "file")
