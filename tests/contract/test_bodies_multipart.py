"""What applies to multipart forms only (reference.md, "Request bodies"; RFC 7578)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.contract.conftest import Api

FRANK = "/v1/contacts/WAz8eIbvDR60rouK"
MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}
DISPOSITION = b'Content-Disposition: form-data; name="display_name"'


MESSAGE = "/v1/messages/SIuAFUNKdSYHZF2w"
GROUP = "/v1/groups/l7cGNIBKZiNJ6wqF"
FRANK_ID, USER_ID = "WAz8eIbvDR60rouK", "inEIRvzjC6YLMX3o"


def json_part(
    name: str, content: str, more: str = "", media_type: str = "application/json"
) -> bytes:
    """Return a part as curl sends ``-F 'NAME=CONTENT;type=application/json'``."""
    head = f'Content-Disposition: form-data; name="{name}"{more}\r\nContent-Type: {media_type}'
    return part(head.encode(), content.encode())


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
    response = client.put(FRANK, body=body, headers=MULTIPART)
    assert (response.status, response.json["display_name"]) == (200, value)


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


@pytest.mark.parametrize("more", ["", '; filename="blob"'], ids=["text", "file of a browser"])
@pytest.mark.parametrize(
    ("path", "parts", "json"),
    [
        (MESSAGE, [("reactions", '{"joy": ["A"]}')], {"reactions": {"joy": ["A"]}}),
        (MESSAGE, [("reactions", '[{"joy": ["A"]}]')], {"reactions": [{"joy": ["A"]}]}),
        (MESSAGE, [("reactions[joy]", '["A", "B"]')], {"reactions": {"joy": ["A", "B"]}}),
        (MESSAGE, [("message", '"hello"')], {"message": "hello"}),
        (MESSAGE, [("message", '"Gr\\u00fc\\u00dfe"')], {"message": "Grüße"}),
        (FRANK, [("display_name", "null")], {"display_name": None}),
        (FRANK, [("display_name", '"null"')], {"display_name": "null"}),
        (GROUP, [("archived_at", "705106800")], {"archived_at": 705106800}),
        (GROUP, [("contacts", f'["{USER_ID}"]')], {"contacts": [USER_ID]}),
        (GROUP, [("contacts", f'"{USER_ID}"')], {"contacts": [USER_ID]}),
        (GROUP, [("contacts", f'{{"id": "{USER_ID}"}}')], {"contacts": [{"id": USER_ID}]}),
        (
            GROUP,
            [("contacts", f'{{"id": "{USER_ID}"}}'), ("contacts", f'{{"id": "{FRANK_ID}"}}')],
            {"contacts": [{"id": USER_ID}, {"id": FRANK_ID}]},
        ),
        (
            GROUP,
            [("contacts[]", f'"{USER_ID}"'), ("contacts[]", f'"{FRANK_ID}"')],
            {"contacts": [USER_ID, FRANK_ID]},
        ),
        (GROUP, [("contacts", "[]")], {"contacts": []}),
    ],
)
def test_json_part_means_the_same_as_a_json_body(
    client: Api, neighbour: Api, path: str, parts: list[tuple[str, str]], json: object, more: str
) -> None:
    body = b"".join(json_part(name, content, more) for name, content in parts) + b"--b--\r\n"
    response = client.put(path, body=body, headers=MULTIPART)
    expected = neighbour.put(path, json=json)
    assert expected.status == 200, expected.data
    assert (response.status, response.data) == (200, expected.data)


@pytest.mark.parametrize(
    ("path", "name", "content", "text"),
    [
        (FRANK, "display_name", "Uncle", "the part 'display_name' is not valid JSON"),
        (FRANK, "display_name", "", "the part 'display_name'"),
        (FRANK, "display_name", "5", "display_name: must be a string"),
        (GROUP, "name", '""', "name: may not be empty"),
        (GROUP, "archived_at", '"705106800"', "archived_at: must be"),
        ("/v1/conversations/xgQQXg3hrtjh7AvZ", "is_muted", '"true"', "is_muted: must be"),
        (MESSAGE, "reactions[joy]", '"A"', "reactions.joy: must be an array"),
        (FRANK, "display", '"x"', "did you mean 'display_name'?"),
    ],
)
def test_json_part_is_typed_strictly(
    client: Api, path: str, name: str, content: str, text: str
) -> None:
    body = json_part(name, content) + b"--b--\r\n"
    client.put(path, body=body, headers=MULTIPART).refused(400, text)


@pytest.mark.parametrize("media_type", ["application/JSON", "application/json; charset=utf-8"])
def test_json_type_of_a_part_is_recognized(client: Api, media_type: str) -> None:
    body = json_part("display_name", '"Uncle"', media_type=media_type) + b"--b--\r\n"
    response = client.put(FRANK, body=body, headers=MULTIPART)
    assert (response.status, response.json["display_name"]) == (200, "Uncle")


def test_json_file_is_uploaded_as_a_file(client: Api) -> None:
    file = ("a.json", b'{"a": 1}', "application/json")
    attachment = client.post("/v1/attachments", multipart=[("file", file)]).json
    assert (attachment["file_type"], attachment["file_size"]) == ("application/json", 8)


@pytest.mark.parametrize(
    ("parameters", "filename"),
    [
        ('filename="a.txt"', "a.txt"),
        ("filename=a.txt", "a.txt"),
        ('FileName = "a.txt" ; size=1', "a.txt"),
        # Quotes and line breaks: browsers, curl and urllib3 percent-encode, others escape them.
        ('filename="a%22b.txt"', 'a"b.txt'),
        ('filename="a%22b%0D%0Ac.txt"', 'a"b\r\nc.txt'),
        ('filename="a\\"b.txt"', 'a"b.txt'),
        ('filename="a;b=c.txt"', "a;b=c.txt"),
        ('filename="C:\\new.txt"', "new.txt"),
        ('filename="C:\\\\new.txt"', "new.txt"),
        # aiohttp encodes all of the name.
        ('filename="Gr%C3%BC%C3%9Fe%20%25.txt"', "Grüße %.txt"),
        ('filename="Grüße.txt"', "Grüße.txt"),
        # A name that is not encoded, as one of its percent signs shows.
        ('filename="100%.txt"', "100%.txt"),
        ('filename="100%%20.txt"', "100%%20.txt"),
        ('filename="%22 is 100%.txt"', "%22 is 100%.txt"),
        ('filename="%ff%20.txt"', "%ff%20.txt"),
        # RFC 8187; preferred in any order (RFC 6266, section 4.3).
        ("filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt", "Grüße.txt"),
        ("filename*=utf-8'de'Gr%C3%BC%C3%9Fe.txt; filename=\"a.txt\"", "Grüße.txt"),
        ("filename=\"a.txt\"; filename*=utf-8''Gr%C3%BC%C3%9Fe.txt", "Grüße.txt"),
        ("filename*=iso-8859-1''Gr%FC%DFe.txt", "Grüße.txt"),
    ],
)
def test_filename_is_decoded(client: Api, parameters: str, filename: str) -> None:
    head = f'Content-Disposition: form-data; name="file"; {parameters}'
    body = part(head.encode(), b"x") + b"--b--\r\n"
    response = client.post("/v1/attachments", body=body, headers=MULTIPART)
    assert (response.status, response.json["filename"]) == (201, filename)


@pytest.mark.parametrize("value", ["UTF-8''%ff.txt", "koi8-r''a.txt", "a.txt", ""])
def test_invalid_extended_filename_is_rejected(client: Api, value: str) -> None:
    head = f'Content-Disposition: form-data; name="file"; filename="a.txt"; filename*={value}'
    body = part(head.encode(), b"x") + b"--b--\r\n"
    response = client.post("/v1/attachments", body=body, headers=MULTIPART)
    response.refused(400, "filename*", "UTF-8''caf%C3%A9.txt")


def test_name_of_a_part_is_decoded(client: Api) -> None:
    names = ['name="reactions[a%22%0D%0Ab%20][]"', "name*=UTF-8''reactions%5B%C3%BC%5D%5B%5D"]
    body = b"".join(
        part(f"Content-Disposition: form-data; {name}".encode(), b"A") for name in names
    )
    response = client.put(MESSAGE, body=body + b"--b--\r\n", headers=MULTIPART)
    assert response.json["reactions"] == [{'a"\r\nb%20': ["A"]}, {"ü": ["A"]}]


@pytest.mark.parametrize(
    ("encoding", "status"),
    [("binary", 200), ("8BIT", 200), ("7bit", 200), ("base64", 400), ("quoted-printable", 400)],
)
def test_encoded_content_of_a_part_is_rejected(client: Api, encoding: str, status: int) -> None:
    head = DISPOSITION + f"\r\nContent-Transfer-Encoding: {encoding}".encode()
    response = client.put(FRANK, body=part(head, b"VW5jbGU=") + b"--b--\r\n", headers=MULTIPART)
    assert response.status == status
    if status == 400:
        response.refused(400, encoding, "send its bytes as they are")
