"""The bytes at the local asset paths (reference.md, "Attachment")."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import HttpResponse
    from tests.contract.conftest import Api

INVOICE = "Nc6yKKMpcxiiFxp6"


def sandbox_of(client: Api) -> str:
    return client.token.removeprefix("sandbox_")


@pytest.fixture
def file(client: Api) -> Callable[..., HttpResponse]:
    """Return an attachment's file, with the default setting."""

    def get(
        record: Any, filename: str | None = None, owner: Api | None = None, **headers: str
    ) -> HttpResponse:
        name = filename or record["file_url"].rpartition("/")[2]
        path = f"/_assets/{sandbox_of(owner or client)}/attachments/{record['id']}/{name}"
        return client.get(path, headers={"Authorization": "", **headers})

    return get


def upload(client: Api, filename: str, content: bytes, media_type: str) -> Any:
    parts = [("file", (filename, content, media_type))]
    return client.post("/v1/attachments", multipart=parts).json


@pytest.mark.parametrize(
    ("filename", "media_type", "content"),
    [
        ("a.bin", "application/octet-stream", bytes(range(256))),
        ("a.txt", "text/plain", "héllo\r\n".encode()),
        ("a.txt", "text/plain", b"\xff\xfe no UTF-8"),
        ("a.html", "text/html", b"<script>alert(document.cookie)</script>"),
        ("a.svg", "image/svg+xml", b"<svg onload='alert(1)'/>"),
        ("a.json", "application/json", b"{}"),
        ("empty", "audio/mpeg", b""),
        ("big.bin", "video/mp4", bytes(1_000_000)),
    ],
)
def test_uploaded_file_is_served_unchanged(
    client: Api, file: Callable[..., HttpResponse], filename: str, media_type: str, content: bytes
) -> None:
    response = file(upload(client, filename, content, media_type))
    assert (response.status, response.data) == (200, content)
    assert response.headers["Content-Type"].partition(";")[0] == media_type
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"].split("; ")


def test_file_sent_as_text_is_empty(client: Api, file: Callable[..., HttpResponse]) -> None:
    response = file(client.upload("../a.pdf"))
    assert (response.status, response.data) == (200, b"")
    assert response.headers["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(
    "filename",
    [
        "two words.txt",
        "100%.txt",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "a?b#c&d=e.txt",
        "a;b.txt",
        "'\"<script>alert(1)</script>.html".replace("/", ""),
        "菜单 🎄.pdf",
        "line\r\nSet-Cookie: x=y.txt",
        "nul\0.txt",
        "...",
        " ",
        "\u202egpj.exe",
        "x" * 2000,
    ],
)
def test_hostile_filename_is_served_safely(
    client: Api, file: Callable[..., HttpResponse], filename: str
) -> None:
    attachment = client.upload(filename)
    assert attachment["filename"] == filename
    response = file(attachment)
    assert (response.status, response.data) == (200, b"")
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "media_type",
    ['text/html; x="', "nonsense", "a/b/c", "text/plain, text/html", "../..", "é/é", "x" * 5000],
)
def test_hostile_media_type_is_served_safely(
    client: Api, file: Callable[..., HttpResponse], media_type: str
) -> None:
    attachment = upload(client, "a.txt", b"x", media_type)
    assert attachment["file_type"] in ("text/html", "text/plain")
    response = file(attachment)
    assert response.data == b"x"
    assert response.headers["Content-Type"].partition(";")[0] == attachment["file_type"]


def test_fixture_files_are_stable_placeholders(
    client: Api, neighbour: Api, file: Callable[..., HttpResponse]
) -> None:
    for record in client.walk("/v1/attachments"):
        response = file(record)
        assert (response.status, bool(response.data)) == (200, True)
        neighbour.retrieve("attachments", record["id"])
        assert file(record, owner=neighbour).data == response.data


def test_placeholder_matches_its_media_type(client: Api, file: Callable[..., HttpResponse]) -> None:
    response = file(client.retrieve("attachments", INVOICE))
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.data.startswith(b"%PDF-")


def test_renamed_file_is_served_under_the_new_name_only(
    client: Api, file: Callable[..., HttpResponse]
) -> None:
    attachment = upload(client, "old.txt", b"content", "text/plain")
    renamed = client.change("attachments", attachment["id"], filename="new.html")
    response = file(renamed)
    assert (response.status, response.data) == (200, b"content")
    assert response.headers["Content-Type"].partition(";")[0] == "text/plain"
    file(attachment).refused(404)


def test_deleted_file_is_not_served(client: Api, file: Callable[..., HttpResponse]) -> None:
    attachment = upload(client, "a.txt", b"x", "text/plain")
    sent = client.send("xgQQXg3hrtjh7AvZ", attachments=[attachment["id"]])
    client.remove("messages", sent["id"])
    file(attachment).refused(404)
    invoice = client.retrieve("attachments", INVOICE)
    client.remove("attachments", INVOICE)
    file(invoice).refused(404)


def test_files_of_another_sandbox_are_separate(
    client: Api, neighbour: Api, file: Callable[..., HttpResponse]
) -> None:
    attachment = upload(client, "a.txt", b"x", "text/plain")
    neighbour.retrieve("attachments", INVOICE)
    file(attachment, owner=neighbour).refused(404)
    assert file(attachment).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/_assets/",
        "/_assets/{sandbox}/attachments/{id}",
        "/_assets/{sandbox}/attachments/{id}/other.pdf",
        "/_assets/{sandbox}/attachments/{id}/../../../../etc/passwd",
        "/_assets/{sandbox}/attachments/nothing/a.pdf",
        "/_assets/nowhere/attachments/{id}/Invoice_room_service__Plaza_Hotel.pdf",
        "/_assets/{sandbox}/files/{id}",
    ],
)
def test_unknown_asset_is_a_404(client: Api, path: str) -> None:
    client.retrieve("attachments", INVOICE)
    client.get(path.format(sandbox=sandbox_of(client), id=INVOICE)).refused(404)


def test_avatar_is_a_stable_picture_per_name(client: Api, neighbour: Api) -> None:
    client.retrieve("contacts", "WAz8eIbvDR60rouK")
    neighbour.retrieve("contacts", "WAz8eIbvDR60rouK")
    frank, again, kate = (
        client.get(f"/_assets/{sandbox_of(owner)}/avatars/{name}.jpg")
        for owner, name in ((client, "frank"), (neighbour, "frank"), (client, "kate"))
    )
    assert frank.headers["Content-Type"].partition(";")[0] == "image/svg+xml"
    assert frank.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in frank.headers["Content-Security-Policy"].split("; ")
    assert frank.data == again.data != kate.data


def test_a_hostile_avatar_name_is_escaped(client: Api) -> None:
    client.retrieve("attachments", INVOICE)
    name = "%3Cscript%3Ealert(1)%3C%2Fscript%3E.png"
    response = client.get(f"/_assets/{sandbox_of(client)}/avatars/{name}")
    assert response.status == 200
    assert b"<script" not in response.data


@pytest.mark.parametrize(
    ("value", "content", "content_range"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=4-4", b"4", "bytes 4-4/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=7-99", b"789", "bytes 7-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
        ("Bytes=0-3", b"0123", "bytes 0-3/10"),
    ],
)
def test_a_range_of_a_file_is_a_206(
    client: Api, file: Callable[..., HttpResponse], value: str, content: bytes, content_range: str
) -> None:
    attachment = upload(client, "a.txt", b"0123456789", "text/plain")
    response = file(attachment, Range=value)
    assert (response.status, response.data) == (206, content)
    assert response.headers["Content-Range"] == content_range
    assert response.headers["Content-Length"] == str(len(content))
    assert response.headers["Accept-Ranges"] == "bytes"
    assert len(response.headers.getlist("Date")) == 1


@pytest.mark.parametrize(
    "value",
    ["bytes=0-1,4-5", "bytes=5-3", "bytes=", "bytes=a-b", "bytes=-", "chars=0-3", "0-3", ""],
)
def test_several_ranges_and_invalid_ones_are_ignored(
    client: Api, file: Callable[..., HttpResponse], value: str
) -> None:
    attachment = upload(client, "a.txt", b"0123456789", "text/plain")
    response = file(attachment, Range=value)
    assert (response.status, response.data) == (200, b"0123456789")
    assert response.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("value", ["bytes=10-", "bytes=99-100"])
def test_a_range_after_the_end_is_a_416(
    client: Api, file: Callable[..., HttpResponse], value: str
) -> None:
    attachment = upload(client, "a.txt", b"0123456789", "text/plain")
    response = file(attachment, Range=value).refused(416, "byte 10")
    assert response.headers["Content-Range"] == "bytes */10"


def test_an_unchanged_file_is_a_304(client: Api, file: Callable[..., HttpResponse]) -> None:
    attachment = upload(client, "a.txt", b"0123456789", "text/plain")
    tag = file(attachment).headers["ETag"]
    same = file(attachment, **{"If-None-Match": tag})
    assert (same.status, same.data) == (304, b"")
    assert file(attachment, **{"If-None-Match": '"x"'}).status == 200
    assert file(attachment, **{"Range": "bytes=0-1", "If-Range": tag}).status == 206
    assert file(attachment, **{"Range": "bytes=0-1", "If-Range": '"x"'}).status == 200


def test_a_head_request_ignores_the_range(client: Api) -> None:
    client.retrieve("attachments", INVOICE)
    path = f"/_assets/{sandbox_of(client)}/avatars/a.jpg"
    response = client("HEAD", path, headers={"Range": "bytes=0-1"})
    assert (response.status, response.data) == (200, b"")
    assert int(response.headers["Content-Length"]) > 2
