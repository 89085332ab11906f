"""Which Host headers are ours.

A page of another site can have its own name point to 127.0.0.1 (DNS rebinding) and then talk to
us as if from the same origin; the name in the Host header gives it away.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from mockserver.errors import Misdirected


class Hosts:
    """The names by which the server may be called."""

    def __init__(self, bound: str, allowed: Iterable[str]) -> None:
        self._named = {_bare(name) for name in (bound, *allowed)}
        self._known: set[str] = set()

    def check(self, host: str) -> None:
        """Raise ``Misdirected`` unless ``host``, a Host header, is ours."""
        if host in self._known:
            return
        name = _bare(host)
        if name not in self._named and not is_loopback(name):
            raise Misdirected(
                f"the Host '{host[:100]}' is not this server's; call it as 127.0.0.1 or "
                "localhost, or start it with --allow-host"
            )
        # Only a few spellings are remembered: a client may send any port.
        if len(self._known) < 100:
            self._known.add(host)


def is_loopback(name: str) -> bool:
    """Whether a host name or address can only mean this machine (RFC 6761, section 6.3)."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _bare(host: str) -> str:
    """A host without port, brackets, case and the root's dot."""
    name = host.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    head, colon, port = name.rpartition(":")
    if colon and port.isdigit() and ":" not in head:
        name = head
    return name.rstrip(".")
