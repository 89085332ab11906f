"""A small body cannot cause a large response, or work that grows faster than the body."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.errors import MAX_PROBLEMS
from mockserver.schema.strict_json import MAX_VALUES

if TYPE_CHECKING:
    from tests.conftest import Client

MESSAGES = "/v1/messages"
MESSAGE = "/v1/messages/SIuAFUNKdSYHZF2w"
SCRIPT = {"version": 1, "name": "A", "people": [{"username": "Ada", "lines": ["A"]}]}
MANY = 20_000

TOO_MANY_PROBLEMS: dict[str, tuple[str, str, Any]] = {
    "wrong items": ("PUT", MESSAGE, {"attachments": [1] * MANY}),
    "wrong objects": ("PUT", MESSAGE, {"attachments": [{}] * MANY}),
    "unknown ids": ("PUT", MESSAGE, {"attachments": ["A"] * MANY}),
    "unknown contacts": ("POST", "/v1/groups", {"name": "A", "contacts": ["A"] * MANY}),
    "unknown names": ("POST", MESSAGES, {f"messag{n}": 1 for n in range(MANY)}),
    "reactions in an array": ("PUT", MESSAGE, {"reactions": [1] * MANY}),
    "reactions in an object": ("PUT", MESSAGE, {"reactions": {f"{n}": 1 for n in range(MANY)}}),
    "reactions in both": ("PUT", MESSAGE, {"reactions": [{f"{n}": 1 for n in range(99)}] * 900}),
    "state": ("PUT", "/_sandbox/state", {"contacts": [{}] * MANY}),
    "faults": ("PUT", "/_sandbox/faults", {"data": [1] * MANY}),
    "matches": (
        "PUT",
        "/_sandbox/faults",
        {"data": [{"fault": "error", "match": {"path": "A"}}] * 999},
    ),
    "delivery rules": (
        "PUT",
        "/_sandbox/webhooks/rules",
        {"data": [{"action": "drop", "events": [1] * 99}] * 900},
    ),
    "bots": ("PUT", "/_sandbox/bots", {"script": {**SCRIPT, "people": [{}] * MANY}}),
    "members": (
        "PUT",
        "/_sandbox/bots",
        {"script": {**SCRIPT, "groups": [{"name": "A", "members": ["A"] * MANY}]}},
    ),
    "files": (
        "POST",
        "/_sandbox/simulate/message",
        {"from": "A", "message": "A", "attachments": [{}] * MANY},
    ),
}


@pytest.mark.parametrize("case", TOO_MANY_PROBLEMS)
def test_an_error_lists_at_most_100_problems(client: Client, case: str) -> None:
    method, path, body = TOO_MANY_PROBLEMS[case]
    message = client(method, path, json=body).refused(400).json["message"]
    assert len(message.split("; ")) <= 3 * MAX_PROBLEMS  # a problem may contain a hint
    assert message.endswith(f"; and more; only the first {MAX_PROBLEMS} problems are listed")


def test_unknown_parameters_of_a_query_are_limited(client: Client) -> None:
    names = "&".join(f"p{n}=1" for n in range(5000))
    message = client.get(f"{MESSAGES}?{names}").refused(400, "p99'").json["message"]
    assert message.count("unknown parameter") == MAX_PROBLEMS


def test_names_of_a_form_are_limited(client: Client) -> None:
    form = [(f"messag{n}", "1") for n in range(1000)]
    message = client.post(MESSAGES, form=form).refused(400).json["message"]
    assert message.count("unknown attribute") == MAX_PROBLEMS
    form = [(f"a{n}[", "1") for n in range(1000)]
    message = client.post(MESSAGES, form=form).refused(400).json["message"]
    assert message.count("is not a valid name") == MAX_PROBLEMS


def test_a_form_has_a_maximum_of_pairs(client: Client) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = client.post(MESSAGES, body=b"a=1&" * 100_000, headers=headers)
    response.refused(400, "the form has more than 10000 names with values")


def test_the_head_of_a_part_has_a_maximum_size(client: Client) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    disposition = b'Content-Disposition: form-data; name="file"; filename="a.txt"'
    for size, status in ((1000, 201), (1_000_000, 400)):
        head = disposition + b";a=b" * (size // 4)
        body = b"--b\r\n" + head + b"\r\n\r\n" + b"A" * 300_000 + b"\r\n--b--\r\n"
        response = client.post("/v1/attachments", body=body, headers=headers)
        assert response.status == status
    response.refused(400, "a part has more than 131072 bytes of headers")


def test_a_part_of_many_chunks_is_whole(client: Client) -> None:
    content = b"".join(b"%d\r\n--c" % n for n in range(50_000))
    response = client.post("/v1/attachments", multipart=[("file", ("a.txt", content))])
    assert response.json["file_size"] == len(content)
    state = client.get("/_sandbox/state").json
    [stored] = [item for item in state["attachments"] if item["id"] == response.json["id"]]
    assert len(stored["content"]) >= len(content)


@pytest.mark.parametrize("text", ["A", "%", "é", "A+B %41", "😀"])
def test_percent_encoding_is_decoded_whatever_its_length(client: Client, text: str) -> None:
    value = text * 20_000
    encoded = "".join(f"%{byte:02x}" for byte in value.encode())
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = client.put(MESSAGE, body=f"message={encoded}".encode(), headers=headers)
    assert response.json["message"] == value


def test_a_stray_percent_stays(client: Client) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = client.put(MESSAGE, body=b"message=100%+%4+%zz%C3%A9%", headers=headers)
    assert response.json["message"] == "100% %4 %zzé%"


def test_a_long_name_gets_no_suggestion(client: Client) -> None:
    body = json.dumps({"message" * 100_000: 1}).encode()
    response = client.post(MESSAGES, body=body, headers={"Content-Type": "application/json"})
    message = response.refused(400, "known: conversation_id").json["message"]
    assert "did you mean" not in message


JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("value", "count"),
    [(b"1", 1), (b"[ ]", 1), (b"{}", 1), (b'"a,b"', 1), (b'{"a":[1]}', 3), (b"null", 1)],
)
def test_a_body_has_at_most_100000_values(client: Client, value: bytes, count: int) -> None:
    entries = (MAX_VALUES - 2) // count
    body = b'{"attachments": [%b]}' % b" , ".join([value] * entries)
    refused = client.put(MESSAGE, body=body, headers=JSON).refused(400, "attachments")
    assert "values" not in refused.json["message"]
    for more in (entries + 1, 10 * entries):
        body = b'{"attachments": [%b]}' % b" , ".join([value] * more)
        response = client.put(MESSAGE, body=body, headers=JSON)
        response.refused(400, f"the body has more than {MAX_VALUES} values")


@pytest.mark.parametrize("text", [",[{" * 100_000, '",' * 100_000, "\\" * 200_001 + '",{'])
def test_the_characters_of_a_text_are_no_values(client: Client, text: str) -> None:
    assert client.put(MESSAGE, json={"message": text}).json["message"] == text


@pytest.mark.parametrize("name", ["a" + "[a]" * 1_000_000, "[" * 1_000_000, "a" * 1001])
def test_a_name_of_a_form_has_at_most_1000_characters(client: Client, name: str) -> None:
    response = client.put(MESSAGE, body=f"message=A&{name}=1".encode(), headers=FORM)
    response.refused(400, f"a name may have at most 1000 characters, not {len(name)}")
    assert client.get(MESSAGE).json["message"] != "A"


def test_an_error_counts_the_characters_of_a_long_text(client: Client) -> None:
    response = client.put(MESSAGE, json={"message": "A", "attachments": "\n" * 1000})
    response.refused(400, "a string of 1000 characters")


def test_an_inbox_does_not_parse_a_body_of_too_many_values(client: Client) -> None:
    client.post("/_sandbox/inbox/a", body=b'{"a": [1%b]}' % (b",1" * 10), headers=JSON)
    client.post("/_sandbox/inbox/a", body=b'{"a": [1%b]}' % (b",1" * MAX_VALUES), headers=JSON)
    small, large = client.get("/_sandbox/inbox/a").json["data"]
    assert (small["event"], large["event"]) == ({"a": [1] * 11}, None)
