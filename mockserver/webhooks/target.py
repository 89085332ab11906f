"""Where a delivery may go: to this machine, unless it was said otherwise.

The name is resolved once for each attempt, and the address that was checked is the one that is
connected to, so that no name can point elsewhere in between (DNS rebinding).
"""

from __future__ import annotations

import socket
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import quote, urlsplit

PORTS = {"http": 80, "https": 443}

SPELLED = "!#$%&'()*+,/:;=?@[]~|^`{}\\"
"""What is sent in a path as it was written; all else that is not ASCII is escaped."""


class Refused(Exception):
    """No delivery may go there, or there is no there; the text says why."""


@dataclass(frozen=True)
class Target:
    """A URL with the address that its name had when it was looked up."""

    scheme: str
    host: str
    address: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def target(url: str, allowed: Collection[str] = ()) -> Target:
    """Where ``url`` leads; ``allowed`` are hosts beside loopback. Raises ``Refused``."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None:
        raise Refused("a URL with a user or a password is not taken; the signature proves us")
    port = PORTS[parts.scheme] if parts.port is None else parts.port
    if not port:
        raise Refused("nobody listens on port 0; write the receiver's port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    address = _address(host, port)
    if not is_loopback(address) and host not in {each.lower().strip("[]") for each in allowed}:
        raise Refused(
            f"'{host}' is {address}, which is not this machine; "
            f"if it is yours, allow it with --allow-webhook-host {host}"
        )
    return Target(parts.scheme, host, address, port, quote(path, SPELLED))


def _address(host: str, port: int) -> str:
    try:
        # IPv4 first, where a name such as localhost has both: most receivers listen there.
        infos = sorted(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError):
        raise Refused(f"the name '{host}' cannot be resolved") from None
    return str(infos[0][4][0])


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own, IPv4 within IPv6 too."""
    found = ip_address(address.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_loopback
