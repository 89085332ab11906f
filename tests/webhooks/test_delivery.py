"""One delivery on the wire: the exact signed bytes, and how each answer is judged."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import pytest

from mockserver import __version__
from mockserver.server import Server
from mockserver.settings import Settings
from tests.webhooks.receiver import (
    Answer,
    Handshake,
    Receiver,
    WithoutTls,
    dribble,
    flood,
    hang,
    nothing,
    raw,
    reset,
    status,
)
from tests.webhooks.webhook_client import Hooks, signed

SECRET = "a long secret, Grüße"
HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize("text", ["Well?", "Grüße 🪜 \u2028 </script>", "x" * 500_000])
def test_the_signature_is_that_of_the_exact_bytes(
    hooks: Hooks, receiver: Receiver, text: str
) -> None:
    hooks.register(receiver.url, secret=SECRET)
    said = hooks.say(text)
    hooks.settle()
    [received] = receiver.received
    assert received.headers["x-protocol-signature"] == signed(SECRET, received.body)
    assert list(received.event) == ["id", "type", "payload"]
    assert received.event["payload"] == said.json
    assert received.body == received.body.strip()


def test_a_delivery_has_the_documented_headers_and_no_others(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver.url)
    hooks.say()
    hooks.settle()
    [received] = receiver.received
    assert received.line == "POST /hooks/protocol?from=sandbox HTTP/1.1"
    headers = dict(received.headers)
    assert headers.pop("content-length") == str(len(received.body))
    assert len(headers.pop("x-protocol-signature")) == 64
    assert headers == {
        "host": f"127.0.0.1:{receiver.port}",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "user-agent": f"mockserver/{__version__}",
        "x-sandbox": hooks.client.token.removeprefix("sandbox_"),
    }


def test_a_path_may_be_written_in_any_script(hooks: Hooks, receiver: Receiver) -> None:
    hooks.register(f"http://127.0.0.1:{receiver.port}/grüße/a%20b?name=ü&x=[1]")
    hooks.say()
    hooks.settle()
    assert receiver.received[0].line == ("POST /gr%C3%BC%C3%9Fe/a%20b?name=%C3%BC&x=[1] HTTP/1.1")


def test_standard_webhooks_are_there_if_asked_for(
    client: Any, serve: Callable[..., Server], receiver: Receiver
) -> None:
    server = serve(Settings(standard_webhooks=True, webhook_retries="10"))
    hooks = Hooks(type(client)(server.url, client.token, client.pool))
    hooks.register(receiver.url, secret=SECRET)
    receiver.answer(500)
    hooks.say()
    hooks.settle()
    hooks.advance(10)
    first, again = receiver.received
    assert first.headers["webhook-id"] == again.headers["webhook-id"] == first.event["id"]
    times = [int(each.headers["webhook-timestamp"]) for each in (first, again)]
    assert times[1] - times[0] == 10
    for each in (first, again):
        content = f"{each.event['id']}.{each.headers['webhook-timestamp']}.".encode() + each.body
        mac = hmac.digest(SECRET.encode(), content, hashlib.sha256)
        assert each.headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"
        assert each.headers["x-protocol-signature"] == signed(SECRET, each.body)


def test_events_go_to_each_webhook_in_their_order(
    hooks: Hooks, listen: Callable[..., Receiver]
) -> None:
    receivers = [listen() for _ in range(3)]
    for each in receivers:
        hooks.register(each.url)
    for number in range(50):
        hooks.say(str(number))
    hooks.settle()
    for each in receivers:
        told = [received.event["payload"]["message"] for received in each.received]
        assert told == [str(number) for number in range(50)]


@pytest.mark.parametrize("code", [200, 201, 202, 204, 299])
def test_any_2xx_is_a_success(hasty: Hooks, receiver: Receiver, code: int) -> None:
    receiver.answer(code)
    hasty.register(receiver.url)
    hasty.say()
    assert hasty.settle()["counts"]["delivered"] == 1
    [attempt] = hasty.delivery()["attempts"]
    assert (attempt["reason"], attempt["response"]["status"]) == (None, code)


@pytest.mark.parametrize(
    ("answer", "reason", "code"),
    [
        pytest.param(status(400), "http_error", 400, id="400"),
        pytest.param(status(404), "http_error", 404, id="404"),
        pytest.param(status(429), "http_error", 429, id="429"),
        pytest.param(status(500), "http_error", 500, id="500"),
        pytest.param(status(503), "http_error", 503, id="503"),
        pytest.param(status(304), "too_many_redirects", 304, id="304"),
        pytest.param(hang, "http_timeout", None, id="hang"),
        pytest.param(dribble(b"HTT"), "http_timeout", None, id="dribble a status"),
        pytest.param(dribble(HEAD + b"X: "), "http_timeout", None, id="dribble a header"),
        pytest.param(
            dribble(HEAD + b"Content-Length: 9999\r\n\r\n"), "http_timeout", None, id="dribble"
        ),
        pytest.param(
            dribble(HEAD + b"Connection: close\r\n\r\n"),
            "http_timeout",
            None,
            id="dribble to the end",
        ),
        pytest.param(
            flood(b"HTTP/1.1 100 Continue\r\nX: y\r\n"), "unknown_error", None, id="flood of a head"
        ),
        pytest.param(reset, "connection_failed", None, id="reset"),
        pytest.param(nothing, "connection_failed", None, id="no answer"),
        pytest.param(raw(b"\x00\xff" * 5000 + b"\r\n"), "unknown_error", None, id="garbage"),
        pytest.param(raw(b"HTTP/1.1 abc\r\n\r\n"), "unknown_error", None, id="no status"),
        pytest.param(flood(HEAD + b"X: y"), "unknown_error", None, id="flood of a header"),
    ],
)
def test_any_other_answer_is_a_failure(
    hasty: Hooks, receiver: Receiver, answer: Answer, reason: str, code: int | None
) -> None:
    receiver.answer(answer)
    hasty.register(receiver.url)
    hasty.say()
    assert hasty.settle()["counts"]["retrying"] == 1
    delivery = hasty.delivery()
    [attempt] = delivery["attempts"]
    assert attempt["reason"] == delivery["reason"] == reason
    assert delivery["status"] == code
    assert code or (attempt["response"] is None and attempt["detail"])
    assert len(str(delivery)) < 20_000
    # It did no harm: the next attempt is fine.
    hasty.advance(10)
    assert hasty.states() == ["delivered"]
    assert len({each.body for each in receiver.received}) == 1


def test_a_handshake_that_never_ends_is_cut_when_the_time_is_over(hasty: Hooks) -> None:
    endless = Handshake()
    hasty.register(endless.url.replace("http:", "https:"))
    hasty.say()
    try:
        hasty.settle()
    finally:
        endless.close()
    [attempt] = hasty.delivery()["attempts"]
    assert (attempt["reason"], attempt["response"]) == ("http_timeout", None)


def test_a_failed_tls_handshake_is_an_ssl_error(hasty: Hooks) -> None:
    receiver = WithoutTls()
    hasty.register(receiver.url.replace("http:", "https:"))
    hasty.say()
    try:
        hasty.settle()
    finally:
        receiver.close()
    assert hasty.delivery()["reason"] == "ssl_error"


def test_of_a_flood_no_more_is_read_than_is_kept(hasty: Hooks, receiver: Receiver) -> None:
    receiver.answer(flood(HEAD + b"\r\nx"))
    hasty.register(receiver.url)
    hasty.say()
    assert hasty.settle()["counts"]["delivered"] == 1
    assert hasty.delivery()["attempts"][0]["response"]["body"] == "x" * 2048


def test_what_is_cut_of_an_answer_after_its_status_does_not_matter(
    hasty: Hooks, receiver: Receiver
) -> None:
    receiver.answer(raw(HEAD + b"Content-Length: 9\r\n\r\nx"))
    hasty.register(receiver.url)
    hasty.say()
    assert hasty.settle()["counts"]["delivered"] == 1
    assert hasty.delivery()["attempts"][0]["response"]["body"] == "x"


def test_of_many_headers_the_first_are_kept(hasty: Hooks, receiver: Receiver) -> None:
    receiver.answer(status(200, *(f"X-{number}: {'y' * 500}" for number in range(50))))
    hasty.register(receiver.url)
    hasty.say()
    hasty.settle()
    headers = hasty.delivery()["attempts"][0]["response"]["headers"]
    assert list(headers) == ["content-length", "x-0", "x-1", "x-2", "x-3"]


def test_nobody_listens(hasty: Hooks, receiver: Receiver) -> None:
    hasty.register(receiver.url)
    receiver.close()
    hasty.say()
    hasty.settle()
    assert hasty.delivery()["reason"] == "connection_failed"


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_is_not_followed(
    hasty: Hooks, listen: Callable[..., Receiver], code: int
) -> None:
    first, elsewhere = listen(), listen()
    first.answer(status(code, f"Location: {elsewhere.url}"))
    hasty.register(first.url)
    hasty.say()
    hasty.settle()
    delivery = hasty.delivery()
    assert (delivery["reason"], delivery["status"]) == ("too_many_redirects", code)
    hasty.advance(10)
    assert (len(first.received), elsewhere.received) == (2, [])


def test_a_410_disables_the_webhook(hasty: Hooks, receiver: Receiver) -> None:
    receiver.answer(410)
    hasty.register(receiver.url)
    hasty.say()
    hasty.settle()
    hasty.say()
    hasty.settle()
    assert hasty.client.get("/_sandbox/webhooks/webhook_1").json["enabled"] is False
    assert hasty.states() == ["failed"]
    assert hasty.advance(100)["fired"] == []
    assert len(receiver.received) == 1


def test_a_receiver_that_hangs_keeps_no_other_waiting(
    hooks: Hooks, listen: Callable[..., Receiver]
) -> None:
    stuck, fine = listen(), listen()
    stuck.answer(hang)
    slow = hooks.register(stuck.url)
    quick = hooks.register(fine.url)
    for _ in range(20):
        hooks.say()
    fine.wait(20)
    assert len(stuck.wait(1)) == 1
    hooks.wait(match={"webhook": quick["id"], "state": "delivered"}, at_least=20)
    stuck.let_go.set()
    hooks.wait(match={"webhook": slow["id"], "state": "delivered"}, at_least=20)
    assert stuck.ids == fine.ids


def test_a_retry_holds_no_first_attempt_up(hooks: Hooks, receiver: Receiver) -> None:
    receiver.answer(500, hang)
    hooks.register(receiver.url)
    hooks.say("first")
    hooks.settle()
    hooks.client.put("/_sandbox/clock", json={"now": 705106900})
    receiver.wait(2)
    hooks.say("second")
    assert receiver.wait(3)[2].event["payload"]["message"] == "second"
    receiver.let_go.set()
    hooks.settle()
    assert hooks.states() == ["delivered", "delivered"]
