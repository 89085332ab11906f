"""`mockserver check webhook` sends to this machine and to allowed hosts only."""

from __future__ import annotations

import pytest

from mockserver.checks.webhook.runner import receiver_target
from mockserver.webhooks.target import TargetNotAllowed


@pytest.mark.parametrize(
    ("url", "address", "port", "authority", "path"),
    [
        ("http://127.0.0.1:8000/hooks", "127.0.0.1", 8000, "127.0.0.1:8000", "/hooks"),
        ("http://127.9.9.9", "127.9.9.9", 80, "127.9.9.9", "/"),
        ("http://[::1]:8000/a?b=c#d", "::1", 8000, "[::1]:8000", "/a?b=c"),
        ("https://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1", 443, "[::ffff:127.0.0.1]", "/"),
        ("http://2130706433:81/", "127.0.0.1", 81, "2130706433:81", "/"),
    ],
)
def test_any_name_of_this_machine_is_accepted(
    url: str, address: str, port: int, authority: str, path: str
) -> None:
    target = receiver_target(url)
    assert (target.addresses, target.port) == ([address], port)
    assert (target.authority, target.path) == (authority, path)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://192.0.2.1/", "'192.0.2.1' resolves to 192.0.2.1, which is not this machine"),
        ("http://3221225985/", "resolves to 192.0.2.1, which is not this machine"),
        ("http://0xC0.0.2.1/", "resolves to 192.0.2.1, which is not this machine"),
        ("http://[2001:db8::1]/", "--allow-webhook-host 2001:db8::1"),
        ("http://[::ffff:192.0.2.1]/", "which is not this machine"),
        ("http://0.0.0.0/", "which is not this machine"),
        ("http://127.0.0.1@192.0.2.1/", "a user or a password"),
        ("http://no-such-host.invalid/", "cannot be resolved"),
        ("ftp://127.0.0.1/", "is not the URL of a receiver"),
        ("127.0.0.1:8000", "is not the URL of a receiver"),
        ("http://127.0.0.1:99999/", "is not the URL of a receiver"),
        ("http:///hooks", "is not the URL of a receiver"),
        ("http://127.0.0.1/a b\r\nX: y", "is not the URL of a receiver"),
    ],
)
def test_other_targets_are_refused_with_a_reason(url: str, message: str) -> None:
    with pytest.raises(TargetNotAllowed) as error:
        receiver_target(url)
    assert message in str(error.value)


def test_an_allowed_host_is_accepted() -> None:
    assert receiver_target("http://192.0.2.1:81/", ["192.0.2.1"]).addresses == ["192.0.2.1"]
    with pytest.raises(TargetNotAllowed):
        receiver_target("http://192.0.2.2:81/", ["192.0.2.1"])
