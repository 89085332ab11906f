"""Where deliveries may go: to this machine, however it is spelled, and nowhere else unasked."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.settings import Settings
from tests.webhooks.receiver import Receiver
from tests.webhooks.webhook_client import Hooks

#: Names of others, and where a name server of theirs says that they are.
NAMES = {"elsewhere.test": "203.0.113.7", "rebinding.test": "127.0.0.1"}


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The names that the machine knows beside its own."""
    known = dict(NAMES)
    ask = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if str(host).endswith(".test") and host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return ask(known.get(str(host), host), *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "LOCALHOST", "127.1", "127.8.9.10", "2130706433"),
        *("0x7f000001", "0177.0.0.1", "[::ffff:127.0.0.1]"),
    ],
)
def test_this_machine_is_reached_however_it_is_spelled(
    hooks: Hooks, listen: Callable[..., Receiver], host: str
) -> None:
    receiver = listen("0.0.0.0")
    hooks.register(f"http://{host}:{receiver.port}/")
    hooks.say()
    hooks.settle()
    assert receiver.received[0].headers["host"] == f"{host.lower()}:{receiver.port}"


def test_this_machine_is_reached_by_ipv6(hooks: Hooks, listen: Callable[..., Receiver]) -> None:
    receiver = listen("::1")
    hooks.register(receiver.url)
    hooks.say()
    hooks.settle()
    assert receiver.received[0].headers["host"] == f"[::1]:{receiver.port}"


@pytest.mark.parametrize(
    ("url", "said"),
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
def test_other_hosts_are_refused(hooks: Hooks, url: str, said: str) -> None:
    hooks.client.post("/_sandbox/webhooks", json={"url": url}).refused(400, "url", said)
    assert hooks.client.get("/_sandbox/webhooks").json == {"data": []}


@pytest.mark.parametrize("now", ["203.0.113.7", "169.254.169.254", "::ffff:203.0.113.7"])
def test_a_name_is_checked_again_at_each_attempt(
    hooks: Hooks, receiver: Receiver, names: dict[str, str], now: str
) -> None:
    receiver.answer(500)
    hooks.register(f"http://rebinding.test:{receiver.port}/")
    hooks.say()
    hooks.settle()
    names["rebinding.test"] = now
    hooks.advance(5)
    first, second = hooks.delivery()["attempts"]
    assert (first["reason"], second["reason"]) == ("http_error", "connection_failed")
    assert "not this machine" in second["detail"]
    del names["rebinding.test"]
    hooks.advance(300)
    assert "cannot be resolved" in hooks.delivery()["attempts"][2]["detail"]
    names["rebinding.test"] = "127.0.0.1"
    hooks.advance(1800)
    assert hooks.states() == ["delivered"]
    assert len(receiver.received) == 2


@pytest.mark.parametrize("allowed", ["friend.test", "Friend.TEST"])
def test_another_host_is_reached_if_it_is_allowed(
    hooks: Hooks,
    serve: Callable[..., Server],
    listen: Callable[..., Receiver],
    names: dict[str, str],
    allowed: str,
) -> None:
    receiver = listen("0.0.0.0")
    names["friend.test"] = "0.0.0.0"  # not loopback, and yet nobody else's
    url = f"http://friend.test:{receiver.port}/"
    hooks.client.post("/_sandbox/webhooks", json={"url": url}).refused(400, "friend.test")
    server = serve(Settings(allow_webhook_host=(allowed,)))
    open_ = Hooks(type(hooks.client)(server.url, hooks.client.token, hooks.client.pool))
    open_.register(url)
    open_.say()
    open_.settle()
    assert len(receiver.received) == 1
    for other in ("http://elsewhere.test/", "http://0.0.0.0/", "http://a.friend.test/"):
        open_.client.post("/_sandbox/webhooks", json={"url": other}).refused(400, "url")
