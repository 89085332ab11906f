"""The inbox: a receiver that is there already, for who has none yet."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3

from mockserver.server import Server
from mockserver.settings import Settings
from mockserver.webhooks.signature import signature

SECRET = "s3cret"
EVENT = {"id": "a056V7R7NmNRjl70", "type": "message.created", "payload": {"message": "Grüße 🪜"}}


def inbox(client: Any, name: str = "a", rest: str = "") -> Any:
    return client.get(f"/_sandbox/inbox/{name}{rest}").json


def program(client: Any, name: str = "a", **settings: Any) -> Any:
    return client.put(f"/_sandbox/inbox/{name}", json=settings)


@pytest.fixture
def deliver(client: Any) -> Callable[..., int]:
    """Sends a delivery as a webhook does: by the URL alone, without any token."""

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
        answer = client.pool.request("POST", url, body=body, headers=sent, retries=False)
        return int(answer.status)

    client.get("/v1/contacts")  # opens the sandbox
    return send


def test_what_comes_is_kept_to_the_byte(client: Any, deliver: Callable[..., int]) -> None:
    body = json.dumps(EVENT, indent=3).encode()
    assert deliver(body=body, headers={"X-Trace": "7"}) == 200
    told = inbox(client)
    [message] = told.pop("data")
    assert told == {
        "name": "a",
        "secret": None,
        "answers": [{"status": 200, "delay": 0}],
        "received": 1,
        "evicted": 0,
    }
    headers = message.pop("headers")
    assert (headers["Content-Type"], headers["X-Trace"]) == ("application/json", "7")
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
    ("body", "shown"),
    [
        (b"", ""),
        (b"[1]", "[1]"),
        (b"{not json", "{not json"),
        (b"[" * 100_000, "[" * 100_000),
        (b"\xff\x00", {"base64": "/wA="}),
    ],
)
def test_a_body_that_is_no_event_is_kept_too(
    client: Any, deliver: Callable[..., int], body: bytes, shown: Any
) -> None:
    assert deliver(body=body, headers={"Content-Type": "text/plain"}) == 200
    [message] = inbox(client)["data"]
    assert (message["event"], message["body"]) == (None, shown)


def test_a_signature_is_verified_with_the_secret(client: Any, deliver: Callable[..., int]) -> None:
    told = program(client, secret=SECRET)
    assert SECRET not in told.data.decode()
    body = json.dumps(EVENT, ensure_ascii=False).encode()
    right = signature(SECRET, body)
    for given in (right, signature("other", body), right.upper(), "", "é"):
        deliver(body=body, headers={"x-protocol-signature": given.encode().decode("latin-1")})
    deliver(body=body)
    deliver(body=body + b" ", headers={"x-protocol-signature": right})
    verified = [each["verified"] for each in inbox(client)["data"]]
    assert verified == [True, False, False, False, False, False, False]
    program(client)
    deliver(body=body)
    assert inbox(client)["data"][-1]["verified"] is None, "without a secret nobody can tell"


def test_a_duplicate_names_the_first(client: Any, deliver: Callable[..., int]) -> None:
    for number in (1, 2, 1, 1):
        deliver({**EVENT, "id": f"event{number}"})
    deliver({"type": "no id"})
    deliver({"type": "no id"})
    marks = [each["duplicate_of"] for each in inbox(client)["data"]]
    assert marks == [None, None, 1, 1, None, None]


def test_answers_are_given_in_turn_and_the_last_one_stays(
    client: Any, deliver: Callable[..., int]
) -> None:
    program(client, answers=[500, 302, {"status": 204, "delay": 1}])
    assert [deliver() for _ in range(4)] == [500, 302, 204, 204]
    given = [each["answer"] for each in inbox(client)["data"]]
    assert given[:3] == [
        {"status": 500, "delay": 0},
        {"status": 302, "delay": 0},
        {"status": 204, "delay": 1},
    ]
    assert inbox(client)["answers"] == [{"status": 204, "delay": 1}]
    program(client)
    assert deliver() == 200, "what is not given is as at the start"


def test_it_hangs_up_and_has_kept_the_message(client: Any, deliver: Callable[..., int]) -> None:
    program(client, answers=["hang_up", 200])
    with pytest.raises(urllib3.exceptions.ProtocolError, match="without response"):
        deliver()
    assert deliver() == 200
    answers = [each["answer"] for each in inbox(client)["data"]]
    assert answers == [{"hang_up": True, "delay": 0}, {"status": 200, "delay": 0}]


def test_a_slow_answer_holds_up_nobody_and_a_stop_ends_it(
    serve: Callable[..., Server], pool: urllib3.PoolManager
) -> None:
    server = serve(Settings())
    url = f"{server.url}/_sandbox/inbox/slow"
    pool.request("PUT", url, json={"answers": [{"delay": 600_000}, 200]})
    with ThreadPoolExecutor(1) as threads:
        # Sent to the end, so that it is the first; its answer is what takes its time.
        connection = HTTPConnection(str(urlsplit(url).hostname), urlsplit(url).port, timeout=60)
        connection.request("POST", urlsplit(url).path, b"{}")
        waiting = threads.submit(connection.getresponse)
        came = pool.request("POST", f"{url}/wait", json={"count": 1, "timeout": 60}).json()
        assert came["verified"]
        assert pool.request("POST", url, body=b"{}").status == 200
        assert not waiting.done()
        server.stop()
        assert waiting.result(60).status == 200
        connection.close()


def test_messages_are_found_by_type_and_since(client: Any, deliver: Callable[..., int]) -> None:
    for kind in ("message.created", "message.updated", "contact.created"):
        deliver({"id": kind, "type": kind})

    def numbers(rest: str) -> list[int]:
        return [each["number"] for each in inbox(client, rest=rest)["data"]]

    assert numbers("?type=message.*") == [1, 2]
    assert numbers("?type=contact.created") == [3]
    assert numbers("?since=1") == [2, 3]
    assert numbers("?since=1&type=message.*") == [2]


def test_wait_answers_once_as_many_have_come(client: Any, deliver: Callable[..., int]) -> None:
    wanted = {"type": "message.*", "at_least": 2, "timeout": 60}
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(client.post, "/_sandbox/inbox/a/wait", json=wanted)
        for kind in ("message.created", "contact.created", "message.updated"):
            deliver({"id": kind, "type": kind})
        told = waiting.result(60).json
    assert (told["verified"], told["count"]) == (True, 2)
    assert [each["event"]["type"] for each in told["data"]] == [
        "message.created",
        "message.updated",
    ]


def test_wait_gives_up_after_its_timeout(client: Any, deliver: Callable[..., int]) -> None:
    deliver()
    told = client.post("/_sandbox/inbox/a/wait", json={"count": 2, "timeout": 0}).json
    assert (told["verified"], told["count"]) == (False, 1)


def test_inboxes_are_listed_deleted_and_reset(client: Any, deliver: Callable[..., int]) -> None:
    deliver(name="b")
    program(client, "a", secret=SECRET)

    def names() -> list[str]:
        return [each["name"] for each in client.get("/_sandbox/inbox").json["data"]]

    assert names() == ["a", "b"]
    assert client.delete("/_sandbox/inbox/a").json == {"deleted": "a"}
    client.get("/_sandbox/inbox/a").refused(404, "no inbox 'a'", "there are: b")
    client.delete("/_sandbox/inbox/a").refused(404)
    client.post("/_sandbox/reset", json={"only": ["data"]})
    assert names() == ["b"]
    client.post("/_sandbox/reset", json={"only": ["inbox"]})
    assert names() == []


def test_each_sandbox_has_its_own_which_the_delivery_may_name(
    client: Any, other: Callable[[str], Any], deliver: Callable[..., int]
) -> None:
    neighbour = other("neighbour")
    neighbour.get("/v1/contacts")
    deliver()
    neighbour.get("/_sandbox/inbox/a").refused(404)
    # A webhook of the server's start has one URL for all sandboxes.
    name = neighbour.token.removeprefix("sandbox_")
    url = f"{client.url}/_sandbox/inbox/a"
    client.pool.request("POST", url, json=EVENT, headers={"X-Sandbox": name})
    assert inbox(neighbour)["received"] == 1
    assert inbox(client)["received"] == 1
    client.post("/_sandbox/inbox/a?sandbox=nowhere", json=EVENT).refused(404, "'nowhere'")


def test_it_is_bounded_and_tells_what_it_forgot(client: Any, deliver: Callable[..., int]) -> None:
    for _ in range(9):
        deliver(body=b"x" * 1024 * 1024)
    told = inbox(client)
    assert (told["received"], told["evicted"]) == (9, 1)
    assert [each["number"] for each in told["data"]] == list(range(2, 10))
    for number in range(15):
        program(client, f"inbox{number}")
    program(client, "one_more").refused(503, "16 inboxes", "inbox0")
    assert deliver(name="one_more") == 503


@pytest.mark.parametrize(
    ("settings", "said"),
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
def test_settings_that_make_no_sense_are_refused_and_change_nothing(
    client: Any, settings: Any, said: str
) -> None:
    program(client, secret=SECRET, answers=[500, 200])
    before = inbox(client)
    program(client, **settings).refused(400, said)
    assert inbox(client) == before


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("POST", "/_sandbox/inbox/a.b", "invalid inbox name 'a.b'"),
        ("PUT", "/_sandbox/inbox/a.b", "invalid inbox name 'a.b'"),
        ("POST", "/_sandbox/inbox/a.b/wait", "invalid inbox name 'a.b'"),
        ("POST", "/_sandbox/inbox/a?sandbx=b", "unknown parameter 'sandbx'"),
        ("GET", "/_sandbox/inbox/a?since=x", "since: must be an integer"),
    ],
)
def test_a_bad_request_opens_no_inbox(client: Any, method: str, path: str, said: str) -> None:
    client(method, path, json={} if method != "GET" else None).refused(400, said)
    assert client.get("/_sandbox/inbox").json == {"data": []}
