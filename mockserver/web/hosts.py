"""Which Host headers are ours.

A page of another site can have its own name point to 127.0.0.1 (DNS rebinding) and then talk to
us as if from the same origin; the name in the Host header gives it away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address

from mockserver.errors import Misdirected

WITH_PORT = re.compile(r"(?:\[([^\[\]]*)\]|([^\[\]:]*))(?::[0-9]*)?")


class Hosts:
    """The names by which the server may be called."""

    def __init__(self, bound: str, allowed: Iterable[str]) -> None:
        self._named = {_bare(name) for name in (bound, *allowed)}
        address = _address(_bare(bound))
        # Bound to all addresses, it is called by any. An address is no name that can rebind.
        self._any_address = address is not None and address.is_unspecified
        self._known: set[str] = set()

    def check(self, host: str) -> None:
        """Raise ``Misdirected`` unless ``host``, a Host header, is ours."""
        if host in self._known:
            return
        name = _bare(host)
        ours = name in self._named or is_loopback(name)
        if not ours and not (self._any_address and _address(name)):
            raise Misdirected(
                f"the Host '{host[:100]}' is not this server's; call it as 127.0.0.1 or "
                "localhost, or start it with --allow-host"
            )
        # Only a few spellings are remembered: a client may send any port.
        if len(self._known) < 100:
            self._known.add(host)


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine (RFC 6761, section 6.3)."""
    name = _bare(host)
    address = _address(name)
    if address is not None:
        return address.is_loopback
    return name == "localhost" or name.endswith(".localhost")


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None


def _bare(host: str) -> str:
    """A host without port, brackets, case and the root's dot."""
    name = host.strip().lower()
    if parts := WITH_PORT.fullmatch(name):
        name = parts[1] if parts[2] is None else parts[2]
    return name.removesuffix(".")
