"""Where the doctor may send: to this machine, unless it was said otherwise."""

from __future__ import annotations

import socket
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}


class Refused(ValueError):
    """A URL to which nothing is sent; the text says why, and what would be right."""


@dataclass(frozen=True)
class Target:
    """A URL, with the address of its host: looked up once, checked, and the one connected to."""

    url: str
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
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in PORTS or not url.isascii() or not url.isprintable():
        raise Refused(f"{url!r} is no URL of a receiver, such as http://127.0.0.1:8000/webhooks")
    if parts.username is not None:
        raise Refused("a URL with a user in it is not taken: a delivery has no credentials")
    port = PORTS[parts.scheme] if port is None else port
    address = _address(host, port)
    if not _is_loopback(address) and host not in {name.lower() for name in allowed}:
        raise Refused(
            f"'{host}' is {address}, which is not this machine; "
            f"if it is yours, add --allow-webhook-host {host}"
        )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(url, parts.scheme, host, address, port, path)


def _address(host: str, port: int) -> str:
    try:
        # IPv4 first, where a name such as localhost has both: most receivers listen there.
        found = sorted(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError):
        raise Refused(f"the name '{host}' cannot be resolved") from None
    return str(found[0][4][0])


def _is_loopback(address: str) -> bool:
    found = ip_address(address.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_loopback
