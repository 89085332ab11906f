"""Delivery targets: loopback in any spelling, and hosts that are explicitly allowed."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.settings import Settings
from tests.webhooks.receiver import Receiver
from tests.webhooks.webhook_client import WebhookClient

#: Host names and their addresses.
NAMES = {
    "elsewhere.test": "203.0.113.7",
    "rebinding.test": "127.0.0.1",
    "both.test": "::1 127.0.0.1",
    "mixed.test": "203.0.113.7 127.0.0.1",
}


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Add host names to the machine's own; the test may change the dictionary."""
    known = dict(NAMES)
    ask = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if str(host).endswith(".test") and host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        addresses = known[host].split() if host in known else [host]
        return [info for address in addresses for info in ask(address, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "LOCALHOST", "127.1", "127.8.9.10", "2130706433"),
        *("0x7f000001", "0177.0.0.1", "[::ffff:127.0.0.1]"),
    ],
)
def test_every_spelling_of_loopback_is_allowed(
    webhooks: WebhookClient, listen: Callable[..., Receiver], host: str
) -> None:
    receiver = listen("0.0.0.0")
    webhooks.register(f"http://{host}:{receiver.port}/")
    webhooks.send_message()
    webhooks.wait_until_idle()
    assert receiver.received[0].headers["host"] == f"{host.lower()}:{receiver.port}"


def test_ipv6_loopback_is_allowed(webhooks: WebhookClient, listen: Callable[..., Receiver]) -> None:
    receiver = listen("::1")
    webhooks.register(receiver.url)
    webhooks.send_message()
    webhooks.wait_until_idle()
    assert receiver.received[0].headers["host"] == f"[::1]:{receiver.port}"


@pytest.mark.parametrize(
    ("name", "address"),
    [("both.test", "127.0.0.1"), ("both.test", "::1"), ("mixed.test", "127.0.0.1")],
)
@pytest.mark.usefixtures("names")
def test_every_loopback_address_of_a_name_is_tried(
    webhooks: WebhookClient, listen: Callable[..., Receiver], name: str, address: str
) -> None:
    receiver = listen(address)
    webhooks.register(f"http://{name}:{receiver.port}/")
    webhooks.send_message()
    webhooks.wait_until_idle()
    assert webhooks.states() == ["delivered"]
    assert receiver.received[0].headers["host"] == f"{name}:{receiver.port}"
    receiver.close()
    webhooks.send_message()
    webhooks.wait_until_idle()
    assert webhooks.delivery("delivery_2")["reason"] == "connection_failed"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://203.0.113.7/", "203.0.113.7"),
        ("http://elsewhere.test/", "--allow-webhook-host elsewhere.test"),
        ("http://ELSEWHERE.test:8080/", "203.0.113.7"),
        ("http://unknown.test/", "cannot be resolved"),
        ("http://0.0.0.0/", "not this machine"),
        ("http://0/", "0.0.0.0"),
        ("http://[::]/", "not this machine"),
        ("http://169.254.169.254/latest/meta-data", "169.254.169.254"),
        ("http://[fe80::1]/", "fe80::1"),
        ("http://10.1.2.3/", "10.1.2.3"),
        ("http://192.168.0.1/", "192.168.0.1"),
        ("http://[2001:db8::1]/", "2001:db8::1"),
        ("http://[::ffff:203.0.113.7]/", "203.0.113.7"),
        ("http://[::ffff:a9fe:a9fe]/", "169.254.169.254"),
        ("http://[::127.0.0.1]/", "not this machine"),
        ("http://3405803783/", "203.0.113.7"),
        ("http://0xcb007107/", "203.0.113.7"),
        ("http://0313.0.0161.7/", "203.0.113.7"),
        ("http://203.28935/", "203.0.113.7"),
        ("http://127.0.0.1@203.0.113.7/", "user"),
        ("http://user:password@127.0.0.1/", "user"),
        ("http://@127.0.0.1/", "user"),
        ("http://127.0.0.1\\@203.0.113.7/", "url"),
        ("http://127.0.0.1%2f@203.0.113.7/", "url"),
        ("file:///etc/passwd", "http"),
        ("http:///path", "http"),
    ],
)
@pytest.mark.usefixtures("names")
def test_other_hosts_are_refused(webhooks: WebhookClient, url: str, expected: str) -> None:
    webhooks.client.post("/_sandbox/webhooks", json={"url": url}).refused(400, "url", expected)
    assert webhooks.client.get("/_sandbox/webhooks").json == {"data": []}


@pytest.mark.parametrize("now", ["203.0.113.7", "169.254.169.254", "::ffff:203.0.113.7"])
def test_a_host_name_is_checked_at_each_attempt(
    webhooks: WebhookClient, receiver: Receiver, names: dict[str, str], now: str
) -> None:
    receiver.respond_with(500)
    webhooks.register(f"http://rebinding.test:{receiver.port}/")
    webhooks.send_message()
    webhooks.wait_until_idle()
    names["rebinding.test"] = now
    webhooks.advance(5)
    first, second = webhooks.delivery()["attempts"]
    assert (first["reason"], second["reason"]) == ("http_error", "connection_failed")
    assert "not this machine" in second["detail"]
    del names["rebinding.test"]
    webhooks.advance(300)
    assert "cannot be resolved" in webhooks.delivery()["attempts"][2]["detail"]
    names["rebinding.test"] = "127.0.0.1"
    webhooks.advance(1800)
    assert webhooks.states() == ["delivered"]
    assert len(receiver.received) == 2


@pytest.mark.parametrize("allowed", ["friend.test", "Friend.TEST"])
def test_an_allowed_host_receives_deliveries(
    webhooks: WebhookClient,
    serve: Callable[..., Server],
    listen: Callable[..., Receiver],
    names: dict[str, str],
    allowed: str,
) -> None:
    receiver = listen("0.0.0.0")
    names["friend.test"] = "0.0.0.0"  # not a loopback address, but reaches only this machine
    url = f"http://friend.test:{receiver.port}/"
    webhooks.client.post("/_sandbox/webhooks", json={"url": url}).refused(400, "friend.test")
    server = serve(Settings(allow_webhook_host=(allowed,)))
    allowing = WebhookClient(
        type(webhooks.client)(server.url, webhooks.client.token, webhooks.client.pool)
    )
    allowing.register(url)
    allowing.send_message()
    allowing.wait_until_idle()
    assert len(receiver.received) == 1
    for other in ("http://elsewhere.test/", "http://0.0.0.0/", "http://a.friend.test/"):
        allowing.client.post("/_sandbox/webhooks", json={"url": other}).refused(400, "url")
