"""The journal over HTTP: listing, showing, verifying and waiting."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3

CONVERSATION = "xgQQXg3hrtjh7AvZ"
MESSAGE = {"conversation_id": CONVERSATION, "message": "Good evening."}


def list_lines(client: Any, query: str = "") -> list[str]:
    data = client.get(f"/_sandbox/requests{query}").json["data"]
    return [f"{entry['id']} {entry['operation']} {entry['status']}" for entry in data]


def test_the_journal_lists_each_response_by_its_id(client: Any) -> None:
    answers = [
        client.get("/v1/contacts"),
        client.post("/v1/messages", json=MESSAGE),
        client.get("/v1/nowhere"),
    ]
    assert [entry.headers["X-Request-Id"] for entry in answers] == ["req_1", "req_2", "req_3"]
    assert list_lines(client) == [
        "req_1 contacts.list 200",
        "req_2 messages.create 201",
        "req_3  404",
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
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
def test_filters_narrow_the_list(client: Any, query: str, expected: list[int]) -> None:
    client.get("/v1/contacts")
    created = client.post("/v1/messages", json=MESSAGE).json
    client.post("/v1/messages", json={**MESSAGE, "mesage": ""})
    client.delete(f"/v1/messages/{created['id']}")
    assert [line.split()[0] for line in list_lines(client, query)] == [f"req_{n}" for n in expected]


def test_a_request_shows_its_changes_and_events(client: Any) -> None:
    response = client.post("/v1/messages?", json=MESSAGE, headers={"X-Trace": "7"})
    result = client.get("/_sandbox/requests/req_1").json
    assert result["request"]["body"] == MESSAGE
    assert result["request"]["headers"]["X-Trace"] == "7"
    assert result["request"]["headers"]["Content-Type"] == "application/json"
    assert result["request"]["headers"]["Authorization"] == "(redacted)"
    assert result["response"]["body"] == response.json
    assert result["response"]["headers"]["X-Request-Id"] == "req_1"
    assert result["events"] == [
        {"id": result["events"][0]["id"], "type": "message.created", "payload": response.json}
    ]
    created, conversation, sender = result["changes"]
    assert (created["change"], created["kind"], created["id"]) == (
        "created",
        "message",
        response.json["id"],
    )
    assert conversation["attributes"] == {
        "last_active_at": {"before": 705103200, "after": response.json["created_at"]}
    }
    assert sender["kind"] == "contact"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [(b"\xff\x00", {"base64": "/wA="}), (b"{oh", "{oh"), (b"", None), (b"[1]", [1])]
    # JSON that a response cannot carry is shown as text.
    + [
        (text.encode(), text)
        for text in ('["\\ud800"]', f"[{10**30}]", "[NaN]", '{"a":1,"a":2}', "[" * 300 + "]" * 300)
    ],
    ids=lambda text: repr(text)[:12],
)
def test_any_body_can_be_shown(client: Any, sent: bytes, expected: Any) -> None:
    client.post("/v1/groups", body=sent, headers={"Content-Type": "application/json"})
    assert client.get("/_sandbox/requests/req_1").json["request"]["body"] == expected


def test_credentials_are_redacted(client: Any) -> None:
    client.get("/v1/contacts", headers={"Cookie": "secret-cookie"})
    data = client.get(f"/_sandbox/requests/req_1?sandbox={client.token[8:]}", token="other").data
    assert client.token.encode() not in data, "the curl command has the caller's token"
    assert b"secret-cookie" not in data


def test_each_sandbox_has_its_own_journal(client: Any) -> None:
    client.get("/v1/contacts")
    client.get("/v1/messages", token=f"{client.token}_too")
    other = f"{client.token}_too".removeprefix("sandbox_")
    assert list_lines(client) == ["req_1 contacts.list 200"]
    assert list_lines(client, f"?sandbox={other}") == ["req_1 messages.list 200"]


def test_control_requests_are_not_journaled(client: Any) -> None:
    client.get("/v1/contacts", token="revoked_1")
    client.get("/_sandbox/clock")
    assert list_lines(client) == []


@pytest.mark.parametrize(
    ("expected", "verified", "count"),
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
def test_verify_counts_matching_requests(
    client: Any, expected: Any, verified: bool, count: int
) -> None:
    client.post("/v1/messages", json=MESSAGE)
    client.post("/v1/messages", form=list(MESSAGE.items()), headers={"X-Trace": "7"})
    client.get("/v1/contacts?limit=5")
    result = client.post("/_sandbox/requests/verify", json=expected).json
    assert (result["verified"], result["count"], len(result["requests"])) == (
        verified,
        count,
        count,
    )
    assert ("nearest" in result) is not verified


def test_a_failed_verify_reports_the_nearest_misses(client: Any) -> None:
    client.post("/v1/messages", json=MESSAGE)
    client.get("/v1/contacts")
    expected = {"method": "POST", "body": {"message": "Good night.", "attachments": []}}
    result = client.post("/_sandbox/requests/verify", json={"match": expected}).json
    assert [entry["request"]["id"] for entry in result["nearest"]] == ["req_1", "req_2"]
    assert result["nearest"][0]["differences"] == [
        "body.message: expected 'Good night.', got 'Good evening.'",
        "body.attachments: expected [], is missing",
    ]


def verify(client: Any, action: str = "verify", **expected: Any) -> Any:
    return client.post(f"/_sandbox/requests/{action}", json=expected).json


def test_a_large_upload_does_not_empty_the_journal(client: Any) -> None:
    client.get("/v1/contacts")
    upload = [("file", ("a.bin", b"x" * 17_000_000, "application/octet-stream"))]
    assert client.post("/v1/attachments", multipart=upload).status == 201
    created = {"operation": "attachments.create"}
    assert verify(client, match=created, count=0)["verified"] is False
    assert verify(client, match=created, count=1)["requests"] == ["req_2"]
    assert verify(client, count=2)["verified"] is True
    result = client.get("/_sandbox/requests/req_2").json
    assert result["request"]["body"]["size"] > 17_000_000
    assert result["curl"].startswith("# The journal no longer has the body of req_2 (17")
    assert [entry["change"] for entry in result["changes"]] == ["created"]


@pytest.mark.parametrize("action", ["verify", "wait"])
def test_a_dropped_body_leaves_a_match_undecided(client: Any, action: str) -> None:
    long = {"name": "Wet bandits", "description": "x" * 2_000_000}
    for _ in range(3):
        client.post("/v1/groups", json=long)
    options = {"timeout": 0} if action == "wait" else {}
    body = {"match": {"operation": "groups.create", "body": {"name": "Wet bandits"}}, **options}
    for expected in ({"count": 2}, {"count": 3}, {"at_most": 2}, {"at_least": 3}):
        result = verify(client, action, **body, **expected)
        assert (result["verified"], result["count"]) == (False, 2)
        assert "undecided: the bodies of req_1 were dropped; any" in result["reason"]
        assert result["nearest"][0]["differences"][0].startswith("body: unknown, its 20000")
    for expected in ({"count": 0}, {"count": 4}, {"at_most": 1}):
        result = verify(client, action, **body, **expected)
        assert result["verified"] is False
        assert "reason" not in result
    for expected in ({"at_least": 2}, {"at_most": 3}):
        assert verify(client, action, **body, **expected)["verified"] is True
    other = {"match": {"operation": "messages.create", "body": {"name": "Wet bandits"}}, **options}
    assert verify(client, action, **other, count=0)["verified"] is True


@pytest.mark.parametrize("action", ["verify", "wait"])
def test_evicted_requests_leave_a_count_undecided(client: Any, action: str) -> None:
    client.post("/v1/messages", json=MESSAGE)
    for _ in range(1001):
        client.get("/v1/groups?limit=1")
    options: dict[str, Any] = {"timeout": 0} if action == "wait" else {}
    created = {"match": {"operation": "messages.create"}, **options}
    for expected in ({"count": 0}, {"at_most": 1}, {"at_least": 1}, {}):
        result = verify(client, action, **created, **expected)
        assert (result["verified"], result["count"]) == (False, 0)
        assert "2 older requests were evicted from the journal" in result["reason"]
    assert "reason" not in verify(client, action, **created, at_least=3)
    listed = {"match": {"operation": "groups.list"}, **options}
    assert verify(client, action, **listed, at_least=900)["verified"] is True
    client.delete("/_sandbox/requests", json={"match": {"operation": "messages.create"}})
    assert verify(client, action, **created, count=0)["verified"] is False
    client.delete("/_sandbox/requests")
    assert verify(client, action, **created, count=0)["verified"] is True
    assert client.get("/_sandbox/requests").json["evicted"] == 0


def test_wait_returns_once_the_request_came(client: Any) -> None:
    expected = {"match": {"operation": "messages.create"}, "timeout": 60}
    result: list[Any] = []

    def wait() -> None:
        result.append(client.post("/_sandbox/requests/wait", json=expected).json)

    waiting = threading.Thread(target=wait)
    waiting.start()
    client.get("/v1/contacts")
    client.post("/v1/messages", json=MESSAGE)
    waiting.join(60)
    assert [(entry["verified"], entry["count"]) for entry in result] == [(True, 1)]


def test_wait_times_out_with_the_nearest_misses(client: Any) -> None:
    client.get("/v1/contacts")
    expected = {"match": {"method": "POST"}, "timeout": 0}
    result = client.post("/_sandbox/requests/wait", json=expected).json
    assert result["verified"] is False
    assert result["nearest"][0]["differences"] == ["method: expected POST, got GET"]


@pytest.mark.parametrize(
    ("path", "values", "message"),
    [
        ("/requests/verify", {"match": []}, "match: must be an object"),
        ("/requests/verify", {"match": {"metod": "GET"}}, "did you mean 'method'?"),
        ("/requests/verify", {"match": {"status": "200"}}, "must be an integer from 0"),
        ("/requests/verify", {"match": {"path": "?v1/*"}}, "match.path: must start with /v1/"),
        ("/requests/verify", {"match": {"path": "/v1/a?b=c"}}, "parameters with match.query"),
        ("/requests/verify", {"count": -1}, "count: must be an integer from 0"),
        ("/requests/wait", {"timeout": 1e9}, "timeout: must be a number from 0 to 300"),
    ],
)
def test_an_invalid_match_is_refused(client: Any, path: str, values: Any, message: str) -> None:
    client.post(f"/_sandbox{path}", json=values).refused(400, message)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"limit": 5}, 1),
        ({"limit": [5]}, 1),
        ({"limit": ["5", 6]}, 1),
        ({"limit": [6, 5]}, 0),
        ({"archived": True}, 1),
    ],
)
def test_a_match_of_the_query_compares_text(client: Any, query: Any, expected: int) -> None:
    client.get("/v1/groups?limit=5")
    client.get("/v1/groups?limit=5&limit=6&archived=true")
    verification = {"match": {"query": query}, "count": expected}
    assert client.post("/_sandbox/requests/verify", json=verification).json["verified"]


def test_a_match_of_a_header_compares_text(client: Any) -> None:
    client.get("/v1/groups", headers={"X-Attempt": "2"})
    verification = {"match": {"headers": {"x-attempt": 2}}, "count": 1}
    assert client.post("/_sandbox/requests/verify", json=verification).json["verified"]


@pytest.mark.parametrize(
    ("part", "value"),
    [("query", None), ("query", []), ("query", [None]), ("query", {"a": "b"}), ("headers", ["a"])],
)
def test_a_match_that_no_text_can_meet_is_refused(client: Any, part: str, value: Any) -> None:
    verification = {"match": {part: {"limit": value}}, "count": 0}
    response = client.post("/_sandbox/requests/verify", json=verification)
    shown = json.dumps({"limit": value})
    response.refused(
        400, f"match.{part}: must be an object of up to 1000 strings", f", not {shown}"
    )


@pytest.mark.parametrize(
    ("contacts", "differences"),
    [
        ([{"id": "a"}, 1], []),
        ([{"id": "b"}, 1], ["body.contacts[0].id: expected 'b', got 'a'"]),
        ([{"id": "a"}, True], ["body.contacts[1]: expected True, got 1"]),
        ([{"id": "a"}], ["body.contacts: expected [{'id': 'a'}], got [{'id': 'a', 'n': 0}, 1]"]),
    ],
)
def test_a_match_of_an_array_compares_its_items(
    client: Any, contacts: Any, differences: list[str]
) -> None:
    client.post("/v1/groups", json={"name": "G", "contacts": [{"id": "a", "n": 0}, 1]})
    verification = {"match": {"body": {"contacts": contacts}}}
    result = client.post("/_sandbox/requests/verify", json=verification).json
    nearest = result.get("nearest", [{"differences": []}])
    assert [miss["differences"] for miss in nearest] == [differences]
    assert result["verified"] is (not differences)


def test_delete_removes_matching_requests_or_all(client: Any) -> None:
    client.get("/v1/contacts")
    client.post("/v1/messages", json=MESSAGE)
    client.get("/v1/groups")
    match = {"match": {"operation": "messages.*"}}
    assert client.delete("/_sandbox/requests", json=match).json == {"removed": 1}
    assert list_lines(client) == ["req_1 contacts.list 200", "req_3 groups.list 200"]
    assert client.delete("/_sandbox/requests").json == {"removed": 2}
    assert list_lines(client) == []


def test_a_reset_of_the_journal_starts_ids_again(client: Any) -> None:
    client.get("/v1/contacts")
    client.post("/_sandbox/reset", json={"only": ["journal"]})
    assert client.get("/v1/groups").headers["X-Request-Id"] == "req_1"
    assert list_lines(client) == ["req_1 groups.list 200"]


def test_an_unknown_request_id_is_refused(client: Any) -> None:
    client.get("/_sandbox/requests/req_9").refused(404, "'req_9'")
    client.get("/_sandbox/requests?since=req_9").refused(400, "since", "'req_9'")
    client.get("/_sandbox/changes?since=req_9").refused(400, "since", "'req_9'")


def changes(client: Any, since: str = "") -> list[tuple[str, str]]:
    data = client.get(f"/_sandbox/changes{since}").json["changes"]
    return [(entry["change"], entry["kind"]) for entry in data]


def test_changes_are_net_changes(client: Any) -> None:
    contact = client.post("/v1/contacts", json={"username": "B", "phone_number": "1"}).json
    path = f"/v1/contacts/{contact['id']}"
    client.put(path, json={"display_name": "Buzz"})
    assert changes(client) == [("created", "contact"), ("created", "conversation")]
    result = client.get("/_sandbox/changes").json
    assert result["changes"][0]["object"]["display_name"] == "Buzz"
    assert [entry["type"] for entry in result["events"]] == [
        "contact.created",
        "conversation.created",
        "contact.updated",
    ]
    assert changes(client, "?since=req_1") == [("updated", "contact")]
    client.put(path, json={"display_name": None})
    assert changes(client, "?since=req_1") == [], "an object that is as before is not listed"
    client.delete(path)
    assert changes(client) == [], "an object created and deleted is not listed"
    assert changes(client, "?since=req_3") == [("deleted", "conversation"), ("deleted", "contact")]


def test_a_refused_request_changes_nothing(client: Any) -> None:
    client.post("/v1/messages", json={**MESSAGE, "mesage": ""})
    assert client.get("/_sandbox/changes").json == {"evicted": 0, "changes": [], "events": []}


def test_a_sandbox_shows_its_last_request(client: Any) -> None:
    name = client.token.removeprefix("sandbox_")
    client.get("/v1/contacts")
    client.get("/v1/groups")
    assert client.get(f"/_sandbox/sandboxes/{name}").json["last_request"] == "req_2"
    client.delete("/_sandbox/requests")
    assert client.get(f"/_sandbox/sandboxes/{name}").json["last_request"] is None


def test_an_unescaped_query_is_decoded_as_utf_8(client: Any) -> None:
    host, _, port = client.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        head = f"GET /v1/contacts?username=Zoë&b=%C3%AB\xff HTTP/1.0\r\nHost: {host}:{port}\r\n"
        sent = head.encode().replace("ÿ".encode(), b"\xff")
        connection.sendall(sent + f"Authorization: Bearer {client.token}\r\n\r\n".encode())
        while connection.recv(65536):
            pass
    result = client.get("/_sandbox/requests/req_1").json["query"]
    assert result == {"username": "Zoë", "b": "ë\ufffd"}


#: What keeps a view from reading its body: a set-up, and what differs in the request.
UNREAD: dict[str, tuple[tuple[str, str, Any] | None, dict[str, Any]]] = {
    "error": (("POST", "faults", {"fault": {"type": "error", "status": 503}}), {}),
    "delay": (("POST", "faults", {"fault": {"type": "fixed", "fixedDelayMilliseconds": 1}}), {}),
    "drift": (("POST", "faults", {"fault": {"type": "schema_drift"}}), {}),
    "Prefer": (None, {"headers": {"Prefer": "code=503"}}),
    "invalid Prefer": (None, {"headers": {"Prefer": "cod=503"}}),
    "rate limit": (("PUT", "rate-limit", {"limit": 1, "window_seconds": 60}), {}),
    "unknown path": (None, {"path": "/v1/message"}),
    "wrong method": (None, {"method": "PUT"}),
    "no body expected": (None, {"method": "GET"}),
    "unknown id": (None, {"method": "DELETE", "path": "/v1/messages/none"}),
    "unknown attribute": (None, {"json": {**MESSAGE, "mesage": ""}}),
}


@pytest.mark.parametrize("form", [False, True], ids=["json", "form"])
@pytest.mark.parametrize("reason", UNREAD)
def test_the_body_is_kept_whatever_the_response(client: Any, reason: str, form: bool) -> None:
    setup, options = UNREAD[reason]
    if setup:
        method, path, values = setup
        assert client(method, f"/_sandbox/{path}", json=values).status < 300
    if reason == "rate limit":
        client.get("/v1/contacts")
    sent = {"method": "POST", "path": "/v1/messages", "json": MESSAGE, **options}
    body = sent["json"]
    if form:
        sent["body"] = urlencode(sent.pop("json")).encode()
        sent["headers"] = {
            "Content-Type": "application/x-www-form-urlencoded",
            **sent.get("headers", {}),
        }
    request_id = client(**sent).headers["X-Request-Id"]
    shown = client.get(f"/_sandbox/requests/{request_id}").json["request"]["body"]
    assert shown == (sent["body"].decode() if form else body)
    match = {"method": sent["method"], "body": body}
    verified = client.post("/_sandbox/requests/verify", json={"match": match}).json
    assert verified["requests"] == [request_id]


@pytest.mark.parametrize(
    "fault",
    [
        "CONNECTION_RESET_BY_PEER",
        "EMPTY_RESPONSE",
        "MALFORMED_RESPONSE_CHUNK",
        "RANDOM_DATA_THEN_CLOSE",
        "truncate",
        "commit_then_drop",
    ],
)
def test_the_body_is_kept_if_a_fault_cuts_the_connection(client: Any, fault: str) -> None:
    client.post("/_sandbox/faults", json={"fault": {"type": fault}})
    with pytest.raises(urllib3.exceptions.HTTPError):
        client.post("/v1/messages", json=MESSAGE)
    assert client.get("/_sandbox/requests/req_1").json["request"]["body"] == MESSAGE


def test_a_faulted_form_has_the_types_of_its_operation(client: Any) -> None:
    fault = {"fault": {"type": "error", "status": 503}, "times": 1}
    client.post("/_sandbox/faults", json=fault)
    path = f"/v1/conversations/{CONVERSATION}"
    statuses = [client.put(path, form=[("is_muted", "true")]).status for _ in range(2)]
    assert statuses == [503, 200]
    expected = {"match": {"operation": "update", "body": {"is_muted": True}}, "count": 2}
    assert client.post("/_sandbox/requests/verify", json=expected).json["verified"]


def exchange_bytes(client: Any, data: bytes) -> None:
    """Send bytes, then nothing more, and read the responses to their end."""
    host, _, port = client.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass


@pytest.mark.parametrize(
    ("framing", "sent"),
    [
        ("Content-Length: 100", '{"message": "Go'),
        ("Transfer-Encoding: chunked", 'f\r\n{"message": "Go\r\nnonsense\r\n'),
    ],
)
def test_what_arrived_of_a_broken_body_is_kept(client: Any, framing: str, sent: str) -> None:
    host = client.url.removeprefix("http://")
    head = f"POST /v1/messages HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {client.token}"
    exchange_bytes(client, f"{head}\r\n{framing}\r\n\r\n{sent}".encode())
    result = client.get("/_sandbox/requests/req_1").json
    assert (result["status"], result["request"]["body"]) == (400, '{"message": "Go')


def test_a_refused_simulated_action_is_journaled(client: Any) -> None:
    client.post("/_sandbox/simulate/message", body=b"text=Hi").refused(415)
    result = client.get("/_sandbox/requests/req_1").json
    assert (result["operation"], result["status"]) == ("simulate.message", 415)
    assert result["request"]["body"] == "text=Hi"


@pytest.mark.parametrize("part", ["body", "headers", "query"])
@pytest.mark.parametrize("value", [r'{"\ud800": 1}', r'{"a": ["\udfff"]}'])
def test_a_lone_surrogate_in_a_matcher_is_refused(client: Any, part: str, value: str) -> None:
    client.get("/v1/contacts")
    body = f'{{"match": {{"{part}": {value}}}}}'.encode()
    headers = {"Content-Type": "application/json"}
    response = client.post("/_sandbox/requests/verify", body=body, headers=headers)
    response.refused(400, f"match.{part}: is not valid Unicode: lone surrogate U+")


def test_a_repeated_parameter_has_all_its_values(client: Any) -> None:
    client.get("/v1/contacts?limit=2&limit=3&limit=&active=true&api_key=a&api_key=b").refused(400)
    (entry,) = client.get("/_sandbox/requests").json["data"]
    query = {"limit": ["2", "3", ""], "active": "true", "api_key": "(redacted)"}
    assert entry["query"] == query
    for sent, count in ((["2", "3", ""], 1), ("3", 0)):
        expected = {"match": {"query": {"limit": sent}}, "count": count}
        assert client.post("/_sandbox/requests/verify", json=expected).json["verified"]


@pytest.mark.parametrize("name", ["path", "operation"])
def test_a_long_pattern_is_refused(client: Any, name: str) -> None:
    body = {"match": {name: "*a" * 10_000}}
    client.post("/_sandbox/requests/verify", json=body).refused(
        400,
        f"match.{name}: must be a text or pattern of 1 to 1000 characters, not a string of 20000",
    )
    client.get("/_sandbox/events?type=" + "*" * 1001).refused(400, "type: must be a text or pat")
    events = {"url": "http://127.0.0.1:1/", "events": ["*"] * 101}
    client.post("/_sandbox/webhooks", json=events).refused(
        400, "events: must be an array of 1 to 100"
    )


def test_the_journal_is_a_har_file(client: Any) -> None:
    client.get("/v1/contacts?limit=1", headers={"X-Api-Key": "s3cret"})
    client.post("/v1/attachments", multipart=[("file", ("a.bin", b"\xff\x00"))])
    client.post("/_sandbox/faults", json={"fault": "EMPTY_RESPONSE", "times": 1})
    with suppress(urllib3.exceptions.HTTPError):
        client.get("/v1/groups")
    log = client.get("/_sandbox/requests?format=har").json["log"]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "mockserver")
    read, upload, dropped = log["entries"]
    assert read["startedDateTime"].startswith("1992-05-05T")
    assert read["request"]["url"] == f"{client.url}/v1/contacts?limit=1"
    assert {"name": "limit", "value": "1"} in read["request"]["queryString"]
    headers = {item["name"]: item["value"] for item in read["request"]["headers"]}
    assert headers["Authorization"] == headers["X-Api-Key"] == "(redacted)"
    assert json.loads(read["response"]["content"]["text"])["data"]
    assert read["response"]["bodySize"] == read["response"]["content"]["size"]
    assert upload["request"]["postData"]["encoding"] == "base64"
    assert (upload["response"]["status"], upload["response"]["statusText"]) == (201, "Created")
    assert (dropped["response"]["status"], dropped["response"]["bodySize"]) == (0, 0)


def test_values_that_cost_much_are_bounded(client: Any) -> None:
    names = {str(number): "1" for number in range(1001)}
    for name in ("query", "headers"):
        body = {"match": {name: names}}
        client.post("/_sandbox/requests/verify", json=body).refused(
            400, f"match.{name}: must be an object of up to 1000 strings"
        )
    rules = {"data": [{"action": {"type": "drop"}}] * 1001}
    client.put("/_sandbox/webhooks/rules", json=rules).refused(400, "an array of 0 to 1000 objects")
    webhook = {"url": "http://127.0.0.1:1/" + "a" * 2000, "secret": "s" * 2001}
    client.post("/_sandbox/webhooks", json=webhook).refused(
        400,
        "url: must be an http or https URL of up to 2000 characters",
        "secret: must be a string of up to 2000 characters",
    )
