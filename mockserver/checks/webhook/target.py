"""Where the doctor may send: where webhooks may, to this machine unless it was said otherwise."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from mockserver.webhooks import target as receiver


class Refused(ValueError):
    """A URL to which nothing is sent; the text says why, and what would be right."""


def target(url: str, allowed: Collection[str] = ()) -> receiver.Target:
    """Where ``url`` leads; ``allowed`` are hosts beside loopback. Raises ``Refused``."""
    if not _is_of_a_receiver(url):
        raise Refused(f"{url!r} is no URL of a receiver, such as http://127.0.0.1:8000/webhooks")
    try:
        return receiver.resolve_target(url, allowed)
    except receiver.TargetNotAllowed as refused:
        raise Refused(str(refused)) from None


def _is_of_a_receiver(url: str) -> bool:
    try:
        parts = urlsplit(url)
        known = parts.scheme in receiver.DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an address that is none
        return False
    return known and url.isascii() and url.isprintable()
