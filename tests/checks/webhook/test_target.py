"""The doctor sends to this machine, and elsewhere only where it was told to."""

from __future__ import annotations

import pytest

from mockserver.checks.webhook.target import Refused, target


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
def test_this_machine_is_taken_by_any_name(
    url: str, address: str, port: int, authority: str, path: str
) -> None:
    found = target(url)
    assert (found.address, found.port) == (address, port)
    assert (found.authority, found.path) == (authority, path)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://192.0.2.1/", "'192.0.2.1' is 192.0.2.1, which is not this machine"),
        ("http://3221225985/", "is 192.0.2.1, which is not this machine"),
        ("http://0xC0.0.2.1/", "is 192.0.2.1, which is not this machine"),
        ("http://[2001:db8::1]/", "--allow-webhook-host 2001:db8::1"),
        ("http://[::ffff:192.0.2.1]/", "which is not this machine"),
        ("http://0.0.0.0/", "which is not this machine"),
        ("http://127.0.0.1@192.0.2.1/", "a user or a password"),
        ("http://no-such-host.invalid/", "cannot be resolved"),
        ("ftp://127.0.0.1/", "is no URL of a receiver"),
        ("127.0.0.1:8000", "is no URL of a receiver"),
        ("http://127.0.0.1:99999/", "is no URL of a receiver"),
        ("http:///hooks", "is no URL of a receiver"),
        ("http://127.0.0.1/a b\r\nX: y", "is no URL of a receiver"),
    ],
)
def test_all_else_is_refused_with_the_reason(url: str, said: str) -> None:
    with pytest.raises(Refused) as caught:
        target(url)
    assert said in str(caught.value)


def test_another_host_is_taken_once_it_is_allowed() -> None:
    assert target("http://192.0.2.1:81/", ["192.0.2.1"]).address == "192.0.2.1"
    with pytest.raises(Refused):
        target("http://192.0.2.2:81/", ["192.0.2.1"])
