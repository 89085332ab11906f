"""Inboxes: recording, verifying, programmed responses and waiting."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3

from mockserver.schema.strict_json import MAX_DEPTH
from mockserver.server import Server
from mockserver.settings import Settings
from mockserver.webhooks.signature import signature

SECRET = "s3cret"
EVENT = {"id": "a056V7R7NmNRjl70", "type": "message.created", "payload": {"message": "Grüße 🪜"}}


def inbox(client: Any, name: str = "a", rest: str = "") -> Any:
    return client.get(f"/_sandbox/inbox/{name}{rest}").json


def configure(client: Any, name: str = "a", **settings: Any) -> Any:
    return client.put(f"/_sandbox/inbox/{name}", json=settings)


@pytest.fixture
def deliver(client: Any) -> Callable[..., int]:
    """Sends a delivery as a webhook does: to the URL, without a token."""

    def send(
        event: Any = EVENT,
        name: str = "a",
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> int:
        sandbox = client.token.removeprefix("sandbox_")
        url = f"{client.url}/_sandbox/inbox/{name}?sandbox={sandbox}"
        body = json.dumps(event).encode() if body is None else body
        sent = {"Content-Type": "application/json", **(headers or {})}
        response = client.pool.request("POST", url, body=body, headers=sent, retries=False)
        return int(response.status)

    client.get("/v1/contacts")  # opens the sandbox
    return send


def test_a_delivery_is_recorded_unchanged(client: Any, deliver: Callable[..., int]) -> None:
    body = json.dumps(EVENT, indent=3).encode()
    assert deliver(body=body, headers={"X-Trace": "7"}) == 200
    result = inbox(client)
    [message] = result.pop("data")
    assert result == {
        "name": "a",
        "secret": None,
        "answers": [{"status": 200, "delay": 0}],
        "received": 1,
        "evicted": 0,
    }
    headers = message.pop("headers")
    assert (headers["content-type"], headers["x-trace"]) == ("application/json", "7")
    assert message == {
        "number": 1,
        "at": 705106800,
        "body": body.decode(),
        "event": EVENT,
        "verified": None,
        "duplicate_of": None,
        "answer": {"status": 200, "delay": 0},
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", ""),
        (b"[1]", "[1]"),
        (b"{not json", "{not json"),
        (b"[" * 100_000, "[" * 100_000),
        (b"\xff\x00", {"base64": "/wA="}),
    ],
)
def test_a_body_that_is_not_an_event_is_recorded(
    client: Any, deliver: Callable[..., int], body: bytes, expected: Any
) -> None:
    assert deliver(body=body, headers={"Content-Type": "text/plain"}) == 200
    [message] = inbox(client)["data"]
    assert (message["event"], message["body"]) == (None, expected)


def test_a_signature_is_verified_with_the_secret(client: Any, deliver: Callable[..., int]) -> None:
    result = configure(client, secret=SECRET)
    assert SECRET not in result.data.decode()
    body = json.dumps(EVENT, ensure_ascii=False).encode()
    right = signature(SECRET, body)
    for header in (right, signature("other", body), right.upper(), "", "é"):
        deliver(body=body, headers={"x-protocol-signature": header.encode().decode("latin-1")})
    deliver(body=body)
    deliver(body=body + b" ", headers={"x-protocol-signature": right})
    verified = [message["verified"] for message in inbox(client)["data"]]
    assert verified == [True, False, False, False, False, False, False]
    configure(client)
    deliver(body=body)
    assert inbox(client)["data"][-1]["verified"] is None, "it cannot be verified without a secret"


def test_a_signature_is_verified_with_the_secret_of_the_inboxs_webhook(
    client: Any, deliver: Callable[..., int]
) -> None:
    name = client.token.removeprefix("sandbox_")
    url = f"{client.url}/_sandbox/inbox/{{}}?sandbox={name}"
    for inbox_name in ("b", "a"):
        webhook = client.post("/_sandbox/webhooks", json={"url": url.format(inbox_name)}).json
    body = {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "Well?"}
    client.post("/v1/messages", json=body, headers={"Prefer": "wait=30"})
    deliver(headers={"x-protocol-signature": "0" * 64})
    [delivered, forged] = inbox(client)["data"]
    assert (delivered["verified"], forged["verified"]) == (True, False)
    expected = signature(webhook["secret"], delivered["body"].encode())
    assert delivered["headers"]["x-protocol-signature"] == expected
    configure(client, secret=SECRET)
    client.post("/v1/messages", json=body, headers={"Prefer": "wait=30"})
    assert inbox(client)["data"][-1]["verified"] is False, "the inbox's own secret is used"
    configure(client)
    client.delete(f"/_sandbox/webhooks/{webhook['id']}")
    deliver()
    assert inbox(client)["data"][-1]["verified"] is None


def test_a_duplicate_refers_to_the_first_message(client: Any, deliver: Callable[..., int]) -> None:
    for number in (1, 2, 1, 1):
        deliver({**EVENT, "id": f"event{number}"})
    deliver({"type": "no id"})
    deliver({"type": "no id"})
    duplicates = [message["duplicate_of"] for message in inbox(client)["data"]]
    assert duplicates == [None, None, 1, 1, None, None]


def test_responses_are_used_in_turn_and_the_last_repeats(
    client: Any, deliver: Callable[..., int]
) -> None:
    configure(client, answers=[500, 302, {"status": 204, "delay": 1}])
    assert [deliver() for _ in range(4)] == [500, 302, 204, 204]
    responses = [message["answer"] for message in inbox(client)["data"]]
    assert responses[:3] == [
        {"status": 500, "delay": 0},
        {"status": 302, "delay": 0},
        {"status": 204, "delay": 1},
    ]
    assert inbox(client)["answers"] == [{"status": 204, "delay": 1}]
    configure(client)
    assert deliver() == 200, "settings that are not sent return to their defaults"


def test_a_hang_up_still_records_the_message(client: Any, deliver: Callable[..., int]) -> None:
    configure(client, answers=["hang_up", 200])
    with pytest.raises(urllib3.exceptions.ProtocolError, match="without response"):
        deliver()
    assert deliver() == 200
    answers = [message["answer"] for message in inbox(client)["data"]]
    assert answers == [{"hang_up": True, "delay": 0}, {"status": 200, "delay": 0}]


def test_a_slow_response_delays_no_other_delivery(
    serve: Callable[..., Server], pool: urllib3.PoolManager
) -> None:
    server = serve(Settings())
    url = f"{server.url}/_sandbox/inbox/slow"
    pool.request("PUT", url, json={"answers": [{"delay": 600_000}, 200]})
    with ThreadPoolExecutor(1) as threads:
        # Sent completely before the next delivery, so that it gets the slow response.
        connection = HTTPConnection(str(urlsplit(url).hostname), urlsplit(url).port, timeout=60)
        connection.request("POST", urlsplit(url).path, b"{}")
        waiting = threads.submit(connection.getresponse)
        received = pool.request("POST", f"{url}/wait", json={"count": 1, "timeout": 60}).json()
        assert received["verified"]
        assert pool.request("POST", url, body=b"{}").status == 200
        assert not waiting.done()
        server.stop()
        assert waiting.result(60).status == 200
        connection.close()


def test_messages_are_filtered_by_type_and_since(client: Any, deliver: Callable[..., int]) -> None:
    for kind in ("message.created", "message.updated", "contact.created"):
        deliver({"id": kind, "type": kind})

    def numbers(rest: str) -> list[int]:
        return [message["number"] for message in inbox(client, rest=rest)["data"]]

    assert numbers("?type=message.*") == [1, 2]
    assert numbers("?type=contact.created") == [3]
    assert numbers("?since=1") == [2, 3]
    assert numbers("?since=1&type=message.*") == [2]


def test_wait_returns_once_enough_messages_came(client: Any, deliver: Callable[..., int]) -> None:
    expected = {"type": "message.*", "at_least": 2, "timeout": 60}
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(client.post, "/_sandbox/inbox/a/wait", json=expected)
        for kind in ("message.created", "contact.created", "message.updated"):
            deliver({"id": kind, "type": kind})
        result = waiting.result(60).json
    assert (result["verified"], result["count"]) == (True, 2)
    assert [message["event"]["type"] for message in result["data"]] == [
        "message.created",
        "message.updated",
    ]


def test_wait_returns_after_its_timeout(client: Any, deliver: Callable[..., int]) -> None:
    deliver()
    result = client.post("/_sandbox/inbox/a/wait", json={"count": 2, "timeout": 0}).json
    assert (result["verified"], result["count"]) == (False, 1)


def test_inboxes_are_listed_deleted_and_reset(client: Any, deliver: Callable[..., int]) -> None:
    deliver(name="b")
    configure(client, "a", secret=SECRET)

    def names() -> list[str]:
        return [message["name"] for message in client.get("/_sandbox/inbox").json["data"]]

    assert names() == ["a", "b"]
    assert client.delete("/_sandbox/inbox/a").json == {"deleted": "a"}
    client.get("/_sandbox/inbox/a").refused(404, "unknown inbox 'a'", "existing inboxes: b")
    client.delete("/_sandbox/inbox/a").refused(404)
    client.post("/_sandbox/reset", json={"only": ["data"]})
    assert names() == ["b"]
    client.post("/_sandbox/reset", json={"only": ["inbox"]})
    assert names() == []


def test_a_delivery_can_name_its_sandbox_in_a_header(
    client: Any, other: Callable[[str], Any], deliver: Callable[..., int]
) -> None:
    neighbour = other("neighbour")
    neighbour.get("/v1/contacts")
    deliver()
    neighbour.get("/_sandbox/inbox/a").refused(404)
    # A webhook from the settings has one URL for all sandboxes.
    name = neighbour.token.removeprefix("sandbox_")
    url = f"{client.url}/_sandbox/inbox/a"
    client.pool.request("POST", url, json=EVENT, headers={"X-Sandbox": name})
    assert inbox(neighbour)["received"] == 1
    assert inbox(client)["received"] == 1
    client.post("/_sandbox/inbox/a?sandbox=nowhere", json=EVENT).refused(404, "'nowhere'")


def test_the_latest_message_is_kept_whatever_its_size(
    client: Any, deliver: Callable[..., int]
) -> None:
    for _ in range(2):
        deliver(body=b"x" * 9 * 1024 * 1024)
    assert [message["number"] for message in inbox(client)["data"]] == [2]


def test_an_inbox_is_bounded_and_counts_evictions(client: Any, deliver: Callable[..., int]) -> None:
    for _ in range(9):
        deliver(body=b"x" * 1024 * 1024)
    result = inbox(client)
    assert (result["received"], result["evicted"]) == (9, 1)
    assert [message["number"] for message in result["data"]] == list(range(2, 10))
    for expected in ({"count": 8}, {"at_least": 9}, {"at_most": 8}):
        wait = client.post("/_sandbox/inbox/a/wait", json={"timeout": 0, **expected}).json
        assert wait["verified"] is False
        assert wait["reason"].startswith("undecided: 1 older messages were evicted from the inbox")
    for expected in ({"at_least": 8}, {"at_most": 9}, {"since": 1, "count": 8}):
        wait = client.post("/_sandbox/inbox/a/wait", json={"timeout": 0, **expected}).json
        assert wait["verified"] is True
    for number in range(15):
        configure(client, f"inbox{number}")
    configure(client, "another").refused(503, "16 inboxes", "inbox0")
    assert deliver(name="another") == 503


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"answers": []}, "answers: must be an array of 1 to 1000 objects, not []"),
        ({"answers": 500}, "answers: must be an array of 1 to 1000 objects, not 500"),
        ({"answers": [200, "hangup"]}, "answers[1]: must be a status, 'hang_up', or an object"),
        ({"answers": [True]}, "answers[0]: must be a status"),
        ({"answers": [None]}, "answers[0]: may not be null"),
        ({"answers": [99]}, "answers[0].status: must be an integer from 200 to 599"),
        ({"answers": [{"delay": -1}]}, "answers[0].delay: must be an integer from 0"),
        ({"answers": [{"stats": 5}]}, "answers[0]: unknown attribute 'stats'"),
        ({"secret": ""}, "secret: may not be empty"),
        ({"secrte": "s"}, "did you mean 'secret'?"),
    ],
)
def test_invalid_settings_change_nothing(client: Any, settings: Any, message: str) -> None:
    configure(client, secret=SECRET, answers=[500, 200])
    before = inbox(client)
    configure(client, **settings).refused(400, message)
    assert inbox(client) == before


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("POST", "/_sandbox/inbox/a.b", "invalid inbox name 'a.b'"),
        ("PUT", "/_sandbox/inbox/a.b", "invalid inbox name 'a.b'"),
        ("POST", "/_sandbox/inbox/a.b/wait", "invalid inbox name 'a.b'"),
        ("POST", "/_sandbox/inbox/a?sandbx=b", "unknown parameter 'sandbx'"),
        ("GET", "/_sandbox/inbox/a?since=x", "since: must be an integer"),
    ],
)
def test_an_invalid_request_opens_no_inbox(
    client: Any, method: str, path: str, message: str
) -> None:
    client(method, path, json={} if method != "GET" else None).refused(400, message)
    assert client.get("/_sandbox/inbox").json == {"data": []}


@pytest.mark.parametrize("depth", [201, 253, 1000, 5000])
def test_a_deeply_nested_delivery_is_shown_as_text(client: Any, depth: int) -> None:
    body = depth * b'{"a":' + b"1" + depth * b"}"
    assert client.post("/_sandbox/inbox/deep", body=body).status == 200
    for response in (
        client.get("/_sandbox/inbox/deep"),
        client.post("/_sandbox/inbox/deep/wait", json={"timeout": 0}),
    ):
        assert response.status == 200
        [message] = response.json["data"]
        assert (message["event"], message["body"]) == (None, body.decode())


def test_a_delivery_of_the_maximum_depth_is_an_event(client: Any) -> None:
    body = MAX_DEPTH * b'{"a":' + b"1" + MAX_DEPTH * b"}"
    assert client.post("/_sandbox/inbox/deep", body=body).status == 200
    assert client.get("/_sandbox/inbox/deep").json["data"][0]["event"] == json.loads(body)
