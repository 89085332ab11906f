"""Allowed targets of deliveries: loopback, and explicitly allowed hosts.

A host name is resolved once for each attempt, and the client connects only to checked addresses.
Otherwise the name could resolve to another address after the check (DNS rebinding).
"""

import socket
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import quote, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}

#: Characters of a path that are sent unescaped, besides letters, digits and ``_.-~``.
UNESCAPED = "!#$%&'()*+,/:;=?@[]~|^`{}\\"


class TargetNotAllowed(Exception):
    """The URL's host is not allowed or cannot be resolved; the message says why."""


@dataclass(frozen=True)
class Target:
    """A URL and the allowed addresses of its host, in the order in which to try them."""

    scheme: str
    host: str
    addresses: Sequence[str]
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The value of the ``Host`` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def resolve_target(url: str, allowed_hosts: Collection[str] = ()) -> Target:
    """Resolve a webhook's URL; raise ``TargetNotAllowed`` if no delivery may go there."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None:
        raise TargetNotAllowed(
            "a URL with a user or a password is not accepted; "
            "the receiver authenticates a delivery by its signature"
        )
    port = DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
    if not port:
        raise TargetNotAllowed("port 0 cannot receive deliveries; use the receiver's port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    resolved = _resolve(host, port)
    is_allowed = host in {name.lower().strip("[]") for name in allowed_hosts}
    addresses = [item for item in resolved if is_allowed or is_loopback_address(ip_address(item))]
    if not addresses:
        raise TargetNotAllowed(
            f"'{host}' resolves to {resolved[0]}, which is not this machine; "
            f"to deliver there, start the server with --allow-webhook-host {host}"
        )
    return Target(parts.scheme, host, addresses, port, quote(path, UNESCAPED))


def _resolve(host: str, port: int) -> Sequence[str]:
    try:
        # Try IPv4 first if a name such as localhost has both: most receivers listen there.
        infos = sorted(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except Exception as error:
        raise TargetNotAllowed(f"the host '{host}' cannot be resolved: {error}") from error
    return list(dict.fromkeys(str(info[4][0]) for info in infos))


def is_loopback_address(address: IPv4Address | IPv6Address) -> bool:
    """Return true for a loopback address, also if it is an IPv4 address mapped into IPv6."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
