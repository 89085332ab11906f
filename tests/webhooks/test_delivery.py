"""A delivery on the wire: its bytes, signature and headers, and the outcome of each response."""

from __future__ import annotations

import hmac
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

import pytest

from mockserver import __version__
from mockserver.server import Server
from mockserver.settings import Settings
from tests.webhooks.receiver import (
    Handshake,
    Receiver,
    Response,
    SelfSigned,
    WithoutTls,
    close_without_response,
    dribble,
    flood,
    hang,
    raw,
    reset,
    status,
)
from tests.webhooks.webhook_client import WebhookClient, signed

SECRET = "a long secret, Grüße"
HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize("text", ["Well?", "Grüße 🪜 \u2028 </script>", "x" * 500_000])
def test_the_signature_covers_the_exact_bytes(
    webhooks: WebhookClient, receiver: Receiver, text: str
) -> None:
    webhooks.register(receiver.url, secret=SECRET)
    response = webhooks.send_message(text)
    webhooks.wait_until_idle()
    [received] = receiver.received
    assert received.headers["x-protocol-signature"] == signed(SECRET, received.body)
    assert list(received.event) == ["id", "type", "payload"]
    assert received.event["payload"] == response.json
    assert received.body == received.body.strip()


def test_a_delivery_has_exactly_the_documented_headers(
    webhooks: WebhookClient, receiver: Receiver
) -> None:
    webhooks.register(receiver.url)
    webhooks.send_message()
    webhooks.wait_until_idle()
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
        "x-sandbox": webhooks.client.token.removeprefix("sandbox_"),
    }


def test_a_non_ascii_path_is_percent_encoded(webhooks: WebhookClient, receiver: Receiver) -> None:
    webhooks.register(f"http://127.0.0.1:{receiver.port}/grüße/a%20b?name=ü&x=[1]")
    webhooks.send_message()
    webhooks.wait_until_idle()
    assert receiver.received[0].line == ("POST /gr%C3%BC%C3%9Fe/a%20b?name=%C3%BC&x=[1] HTTP/1.1")


@pytest.mark.parametrize(
    ("secret", "key"),
    [
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")),
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")),
        ("whsec_c2VjcmV0IQ", b"secret!"),
        (SECRET, SECRET.encode()),
        ("whsec_not base64", b"whsec_not base64"),
    ],
)
def test_standard_webhooks_headers_are_optional(
    client: Any, serve: Callable[..., Server], receiver: Receiver, secret: str, key: bytes
) -> None:
    server = serve(Settings(standard_webhooks=True, webhook_retries="1000"))
    webhooks = WebhookClient(type(client)(server.url, client.token, client.pool))
    webhooks.register(receiver.url, secret=secret)
    receiver.respond_with(500)
    before = int(time.time())
    webhooks.send_message()
    webhooks.wait_until_idle()
    webhooks.advance(1000)
    after = int(time.time())
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == first.event["id"]
    for request in (first, second):
        timestamp = request.headers["webhook-timestamp"]
        # The machine's time, whatever the sandbox's clock says.
        assert before <= int(timestamp) <= after
        content = f"{request.event['id']}.{timestamp}.".encode() + request.body
        mac = b64encode(hmac.digest(key, content, "sha256")).decode()
        assert request.headers["webhook-signature"] == f"v1,{mac}"
        assert request.headers["x-protocol-signature"] == signed(secret, request.body)


def test_each_webhook_receives_events_in_order(
    webhooks: WebhookClient, listen: Callable[..., Receiver]
) -> None:
    receivers = [listen() for _ in range(3)]
    for receiver in receivers:
        webhooks.register(receiver.url)
    for number in range(50):
        webhooks.send_message(str(number))
    webhooks.wait_until_idle()
    for receiver in receivers:
        texts = [received.event["payload"]["message"] for received in receiver.received]
        assert texts == [str(number) for number in range(50)]


@pytest.mark.parametrize("code", [200, 201, 202, 204, 299])
def test_any_2xx_is_a_success(impatient: WebhookClient, receiver: Receiver, code: int) -> None:
    receiver.respond_with(code)
    impatient.register(receiver.url)
    impatient.send_message()
    assert impatient.wait_until_idle()["counts"]["delivered"] == 1
    [attempt] = impatient.delivery()["attempts"]
    assert (attempt["reason"], attempt["response"]["status"]) == (None, code)


@pytest.mark.parametrize(
    ("response", "reason", "code"),
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
        pytest.param(close_without_response, "connection_failed", None, id="no answer"),
        pytest.param(raw(b"\x00\xff" * 5000 + b"\r\n"), "unknown_error", None, id="garbage"),
        pytest.param(raw(b"HTTP/1.1 abc\r\n\r\n"), "unknown_error", None, id="no status"),
        pytest.param(flood(HEAD + b"X: y"), "unknown_error", None, id="flood of a header"),
    ],
)
def test_any_other_response_is_a_failure(
    impatient: WebhookClient, receiver: Receiver, response: Response, reason: str, code: int | None
) -> None:
    receiver.respond_with(response)
    impatient.register(receiver.url)
    impatient.send_message()
    assert impatient.wait_until_idle()["counts"]["retrying"] == 1
    delivery = impatient.delivery()
    [attempt] = delivery["attempts"]
    assert attempt["reason"] == delivery["reason"] == reason
    assert delivery["status"] == code
    assert code or (attempt["response"] is None and attempt["detail"])
    assert len(str(delivery)) < 20_000
    # The next attempt succeeds.
    impatient.advance(10)
    assert impatient.states() == ["delivered"]
    assert len({request.body for request in receiver.received}) == 1


def test_an_endless_tls_handshake_times_out(impatient: WebhookClient) -> None:
    endless = Handshake()
    impatient.register(endless.url.replace("http:", "https:"))
    impatient.send_message()
    try:
        impatient.wait_until_idle()
    finally:
        endless.close()
    [attempt] = impatient.delivery()["attempts"]
    assert (attempt["reason"], attempt["response"]) == ("http_timeout", None)


@pytest.mark.parametrize("kind", [WithoutTls, SelfSigned])
def test_a_failed_tls_handshake_is_an_ssl_error(
    impatient: WebhookClient, kind: type[Receiver]
) -> None:
    receiver = kind()
    impatient.register(receiver.url.replace("http:", "https:"))
    impatient.send_message()
    try:
        impatient.wait_until_idle()
    finally:
        receiver.close()
    assert impatient.delivery()["reason"] == "ssl_error"
    assert receiver.received == []


def test_only_the_logged_part_of_a_body_is_read(
    impatient: WebhookClient, receiver: Receiver
) -> None:
    receiver.respond_with(flood(HEAD + b"\r\nx"))
    impatient.register(receiver.url)
    impatient.send_message()
    assert impatient.wait_until_idle()["counts"]["delivered"] == 1
    assert impatient.delivery()["attempts"][0]["response"]["body"] == "x" * 2048


def test_a_truncated_2xx_response_is_a_success(
    impatient: WebhookClient, receiver: Receiver
) -> None:
    receiver.respond_with(raw(HEAD + b"Content-Length: 9\r\n\r\nx"))
    impatient.register(receiver.url)
    impatient.send_message()
    assert impatient.wait_until_idle()["counts"]["delivered"] == 1
    assert impatient.delivery()["attempts"][0]["response"]["body"] == "x"


def test_the_first_headers_of_many_are_logged(impatient: WebhookClient, receiver: Receiver) -> None:
    receiver.respond_with(status(200, *(f"X-{number}: {'y' * 500}" for number in range(50))))
    impatient.register(receiver.url)
    impatient.send_message()
    impatient.wait_until_idle()
    headers = impatient.delivery()["attempts"][0]["response"]["headers"]
    assert list(headers) == ["content-length", "x-0", "x-1", "x-2", "x-3"]


def test_credentials_in_a_response_are_hidden(impatient: WebhookClient, receiver: Receiver) -> None:
    receiver.respond_with(status(302, "Set-Cookie: id=7", "Location: /login?token=7&next=8"))
    impatient.register(receiver.url)
    impatient.send_message()
    impatient.wait_until_idle()
    headers = impatient.delivery()["attempts"][0]["response"]["headers"]
    assert headers["set-cookie"] == "(redacted)"
    assert headers["location"] == "/login?token=(redacted)&next=8"


def test_a_closed_port_is_a_failed_connection(impatient: WebhookClient, receiver: Receiver) -> None:
    impatient.register(receiver.url)
    receiver.close()
    impatient.send_message()
    impatient.wait_until_idle()
    assert impatient.delivery()["reason"] == "connection_failed"


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_not_followed(
    impatient: WebhookClient, listen: Callable[..., Receiver], code: int
) -> None:
    first, elsewhere = listen(), listen()
    first.respond_with(status(code, f"Location: {elsewhere.url}"))
    impatient.register(first.url)
    impatient.send_message()
    impatient.wait_until_idle()
    delivery = impatient.delivery()
    assert (delivery["reason"], delivery["status"]) == ("too_many_redirects", code)
    impatient.advance(10)
    assert (len(first.received), elsewhere.received) == (2, [])


def test_a_410_disables_the_webhook(impatient: WebhookClient, receiver: Receiver) -> None:
    receiver.respond_with(410)
    impatient.register(receiver.url)
    impatient.send_message()
    impatient.wait_until_idle()
    impatient.send_message()
    impatient.wait_until_idle()
    assert impatient.client.get("/_sandbox/webhooks/webhook_1").json["enabled"] is False
    assert impatient.states() == ["failed"]
    assert impatient.advance(100)["fired"] == []
    assert len(receiver.received) == 1


def test_a_hanging_receiver_delays_no_other_webhook(
    webhooks: WebhookClient, listen: Callable[..., Receiver]
) -> None:
    stuck, healthy = listen(), listen()
    stuck.respond_with(hang)
    slow = webhooks.register(stuck.url)
    quick = webhooks.register(healthy.url)
    for _ in range(20):
        webhooks.send_message()
    healthy.wait(20)
    assert len(stuck.wait(1)) == 1
    webhooks.wait(match={"webhook": quick["id"], "state": "delivered"}, at_least=20)
    stuck.unblock.set()
    webhooks.wait(match={"webhook": slow["id"], "state": "delivered"}, at_least=20)
    assert stuck.ids == healthy.ids


def test_a_retry_delays_no_first_attempt(webhooks: WebhookClient, receiver: Receiver) -> None:
    receiver.respond_with(500, hang)
    webhooks.register(receiver.url)
    webhooks.send_message("first")
    webhooks.wait_until_idle()
    webhooks.client.put("/_sandbox/clock", json={"now": 705106900})
    receiver.wait(2)
    webhooks.send_message("second")
    assert receiver.wait(3)[2].event["payload"]["message"] == "second"
    receiver.unblock.set()
    webhooks.wait_until_idle()
    assert webhooks.states() == ["delivered", "delivered"]
