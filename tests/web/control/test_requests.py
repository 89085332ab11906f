"""The journal over HTTP: what came, what it did, and whether it was what a test wanted."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

CONVERSATION = "xgQQXg3hrtjh7AvZ"
SAID = {"conversation_id": CONVERSATION, "message": "Good evening."}


def listed(client: Any, query: str = "") -> list[str]:
    data = client.get(f"/_sandbox/requests{query}").json["data"]
    return [f"{each['id']} {each['operation']} {each['status']}" for each in data]


def test_each_answer_carries_its_number_and_the_journal_lists_them(client: Any) -> None:
    answers = [
        client.get("/v1/contacts"),
        client.post("/v1/messages", json=SAID),
        client.get("/v1/nowhere"),
    ]
    assert [each.headers["X-Request-Id"] for each in answers] == ["req_1", "req_2", "req_3"]
    assert listed(client) == ["req_1 contacts.list 200", "req_2 messages.create 201", "req_3  404"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?method=POST", [2, 3]),
        ("?status=400", [3]),
        ("?operation=messages.*", [2, 3, 4]),
        ("?operation=create", [2, 3]),
        ("?resource=contacts", [1]),
        ("?resource=messages&operation=delete", [4]),
        ("?path=/v1/messages/*", [4]),
        ("?since=req_2", [3, 4]),
        ("?since=req_2&method=DELETE", [4]),
        ("?limit=1", [1]),
        ("?path=/nowhere", []),
    ],
)
def test_filters_narrow_the_list(client: Any, query: str, found: list[int]) -> None:
    client.get("/v1/contacts")
    made = client.post("/v1/messages", json=SAID).json
    client.post("/v1/messages", json={**SAID, "mesage": ""})
    client.delete(f"/v1/messages/{made['id']}")
    assert [line.split()[0] for line in listed(client, query)] == [f"req_{n}" for n in found]


def test_one_request_is_told_whole_with_what_it_caused(client: Any) -> None:
    made = client.post("/v1/messages?", json=SAID, headers={"X-Trace": "7"})
    told = client.get("/_sandbox/requests/req_1").json
    assert told["request"]["body"] == SAID
    assert told["request"]["headers"]["X-Trace"] == "7"
    assert told["request"]["headers"]["Content-Type"] == "application/json"
    assert told["request"]["headers"]["Authorization"] == "(redacted)"
    assert told["response"]["body"] == made.json
    assert told["response"]["headers"]["X-Request-Id"] == "req_1"
    assert told["events"] == [
        {"id": told["events"][0]["id"], "type": "message.created", "payload": made.json}
    ]
    created, conversation, sender = told["changes"]
    assert (created["change"], created["kind"], created["id"]) == (
        "created",
        "message",
        made.json["id"],
    )
    assert conversation["attributes"] == {
        "last_active_at": {"before": 705103200, "after": made.json["created_at"]}
    }
    assert sender["kind"] == "contact"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [(b"\xff\x00", {"base64": "/wA="}), (b"{oh", "{oh"), (b"", None), (b"[1]", [1])]
    # JSON to some, but none that an answer can hold: it is told as it came.
    + [
        (said.encode(), said)
        for said in ('["\\ud800"]', f"[{10**30}]", "[NaN]", '{"a":1,"a":2}', "[" * 253 + "]" * 253)
    ],
    ids=lambda said: repr(said)[:12],
)
def test_any_body_is_shown(client: Any, sent: bytes, shown: Any) -> None:
    client.post("/v1/groups", body=sent, headers={"Content-Type": "application/json"})
    assert client.get("/_sandbox/requests/req_1").json["request"]["body"] == shown


def test_a_token_stands_nowhere_in_the_journal(client: Any) -> None:
    client.get("/v1/contacts", headers={"Cookie": "secret-cookie"})
    data = client.get(f"/_sandbox/requests/req_1?sandbox={client.token[8:]}", token="mine").data
    assert client.token.encode() not in data, "the command has that of whoever asks"
    assert b"secret-cookie" not in data


def test_the_journal_of_another_sandbox_is_another(client: Any) -> None:
    client.get("/v1/contacts")
    client.get("/v1/messages", token=f"{client.token}_too")
    other = f"{client.token}_too".removeprefix("sandbox_")
    assert listed(client) == ["req_1 contacts.list 200"]
    assert listed(client, f"?sandbox={other}") == ["req_1 messages.list 200"]


def test_refused_credentials_and_control_requests_leave_no_trace(client: Any) -> None:
    client.get("/v1/contacts", token="revoked_1")
    client.get("/_sandbox/clock")
    assert listed(client) == []


@pytest.mark.parametrize(
    ("wanted", "verified", "count"),
    [
        ({"match": {"method": "post", "path": "/v1/messages"}}, True, 2),
        ({"match": {"method": "POST"}, "count": 2}, True, 2),
        ({"match": {"method": "POST"}, "count": 1}, False, 2),
        ({"match": {"method": "POST"}, "at_least": 3}, False, 2),
        ({"match": {"method": "POST"}, "at_most": 1}, False, 2),
        ({"match": {"method": "POST"}, "at_least": 1, "at_most": 2}, True, 2),
        ({"match": {"body": {"message": "Good evening."}}}, True, 2),
        ({"match": {"headers": {"x-trace": "7"}}}, True, 1),
        ({"match": {"query": {"limit": "5"}}, "count": 1}, True, 1),
        ({"match": {"operation": "groups.*"}, "count": 0}, True, 0),
        ({"match": {"operation": "groups.*"}}, False, 0),
        ({}, True, 3),
    ],
)
def test_verify_counts_what_matches(client: Any, wanted: Any, verified: bool, count: int) -> None:
    client.post("/v1/messages", json=SAID)
    client.post("/v1/messages", form=list(SAID.items()), headers={"X-Trace": "7"})
    client.get("/v1/contacts?limit=5")
    told = client.post("/_sandbox/requests/verify", json=wanted).json
    assert (told["verified"], told["count"], len(told["requests"])) == (verified, count, count)
    assert ("nearest" in told) is not verified


def test_a_miss_tells_the_nearest_requests_and_how_they_differ(client: Any) -> None:
    client.post("/v1/messages", json=SAID)
    client.get("/v1/contacts")
    wanted = {"method": "POST", "body": {"message": "Good night.", "attachments": []}}
    told = client.post("/_sandbox/requests/verify", json={"match": wanted}).json
    assert [each["request"]["id"] for each in told["nearest"]] == ["req_1", "req_2"]
    assert told["nearest"][0]["differences"] == [
        "body.message: expected 'Good night.', got 'Good evening.'",
        "body.attachments: expected [], is missing",
    ]


def test_wait_answers_once_the_request_has_come(client: Any) -> None:
    wanted = {"match": {"operation": "messages.create"}, "timeout": 60}
    told: list[Any] = []

    def wait() -> None:
        told.append(client.post("/_sandbox/requests/wait", json=wanted).json)

    waiting = threading.Thread(target=wait)
    waiting.start()
    client.get("/v1/contacts")
    client.post("/v1/messages", json=SAID)
    waiting.join(60)
    assert [(each["verified"], each["count"]) for each in told] == [(True, 1)]


def test_wait_gives_up_after_its_timeout_and_tells_the_nearest(client: Any) -> None:
    client.get("/v1/contacts")
    wanted = {"match": {"method": "POST"}, "timeout": 0}
    told = client.post("/_sandbox/requests/wait", json=wanted).json
    assert told["verified"] is False
    assert told["nearest"][0]["differences"] == ["method: expected POST, got GET"]


@pytest.mark.parametrize(
    ("path", "values", "said"),
    [
        ("/requests/verify", {"match": []}, "match: must be an object"),
        ("/requests/verify", {"match": {"metod": "GET"}}, "did you mean 'method'?"),
        ("/requests/verify", {"match": {"status": "200"}}, "must be an integer from 0"),
        ("/requests/verify", {"count": -1}, "count: must be an integer from 0"),
        ("/requests/wait", {"timeout": 1e9}, "timeout: must be a number from 0 to 300"),
    ],
)
def test_a_bad_question_is_told(client: Any, path: str, values: Any, said: str) -> None:
    client.post(f"/_sandbox{path}", json=values).refused(400, said)


def test_remove_forgets_those_that_match_or_all(client: Any) -> None:
    client.get("/v1/contacts")
    client.post("/v1/messages", json=SAID)
    client.get("/v1/groups")
    mine = {"match": {"operation": "messages.*"}}
    assert client.delete("/_sandbox/requests", json=mine).json == {"removed": 1}
    assert listed(client) == ["req_1 contacts.list 200", "req_3 groups.list 200"]
    assert client.delete("/_sandbox/requests").json == {"removed": 2}
    assert listed(client) == []


def test_a_reset_of_the_journal_starts_its_numbers_again(client: Any) -> None:
    client.get("/v1/contacts")
    client.post("/_sandbox/reset", json={"only": ["journal"]})
    assert client.get("/v1/groups").headers["X-Request-Id"] == "req_1"
    assert listed(client) == ["req_1 groups.list 200"]


def test_an_unknown_request_is_told(client: Any) -> None:
    client.get("/_sandbox/requests/req_9").refused(404, "'req_9'")
    client.get("/_sandbox/requests?since=req_9").refused(400, "since", "'req_9'")
    client.get("/_sandbox/changes?since=req_9").refused(400, "since", "'req_9'")


def changes(client: Any, since: str = "") -> list[tuple[str, str]]:
    data = client.get(f"/_sandbox/changes{since}").json["changes"]
    return [(each["change"], each["kind"]) for each in data]


def test_changes_tell_what_remains_of_them(client: Any) -> None:
    contact = client.post("/v1/contacts", json={"username": "B", "phone_number": "1"}).json
    path = f"/v1/contacts/{contact['id']}"
    client.put(path, json={"display_name": "Buzz"})
    assert changes(client) == [("created", "contact"), ("created", "conversation")]
    told = client.get("/_sandbox/changes").json
    assert told["changes"][0]["object"]["display_name"] == "Buzz"
    assert [each["type"] for each in told["events"]] == [
        "contact.created",
        "conversation.created",
        "contact.updated",
    ]
    assert changes(client, "?since=req_1") == [("updated", "contact")]
    client.put(path, json={"display_name": None})
    assert changes(client, "?since=req_1") == [], "put back as it was"
    client.delete(path)
    assert changes(client) == [], "made and deleted again"
    assert changes(client, "?since=req_3") == [("deleted", "conversation"), ("deleted", "contact")]


def test_a_refused_request_changes_nothing(client: Any) -> None:
    client.post("/v1/messages", json={**SAID, "mesage": ""})
    assert client.get("/_sandbox/changes").json == {"evicted": 0, "changes": [], "events": []}


def test_a_sandbox_is_shown_with_its_last_request(client: Any) -> None:
    name = client.token.removeprefix("sandbox_")
    client.get("/v1/contacts")
    client.get("/v1/groups")
    assert client.get(f"/_sandbox/sandboxes/{name}").json["last_request"] == "req_2"
    client.delete("/_sandbox/requests")
    assert client.get(f"/_sandbox/sandboxes/{name}").json["last_request"] is None


def test_a_query_that_no_client_escaped_is_told_as_it_was_meant(client: Any) -> None:
    host, _, port = client.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        head = f"GET /v1/contacts?username=Zoë&b=%C3%AB\xff HTTP/1.0\r\nHost: {host}:{port}\r\n"
        sent = head.encode().replace("ÿ".encode(), b"\xff")
        connection.sendall(sent + f"Authorization: Bearer {client.token}\r\n\r\n".encode())
        while connection.recv(65536):
            pass
    told = client.get("/_sandbox/requests/req_1").json["query"]
    assert told == {"username": "Zoë", "b": "ë\ufffd"}
