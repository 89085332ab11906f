"""The check of the Host header.

A website can point its own host name to 127.0.0.1 (DNS rebinding) and then call this server as its
own origin. The Host header of such a request names the website, so it is refused.
"""

import re
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from mockserver.errors import InvalidRequest, Misdirected
from mockserver.webhooks.target import is_loopback_address

#: Key in the WSGI environ of an in-process call. No website can make one, so Host is not checked.
IN_PROCESS = "mockserver.in_process"
WITH_PORT = re.compile(r"(?:\[([^\[\]]*)\]|([^\[\]:]*))(?::[0-9]*)?")


class Hosts:
    """The host names by which clients may call the server."""

    def __init__(self, bound: str, allowed: Iterable[str]) -> None:
        self._named = {_bare(name) for name in (bound, *allowed)}
        address = _address(_bare(bound))
        # A server bound to all addresses accepts any IP address: DNS rebinding needs a host name.
        self._any_address = address is not None and address.is_unspecified
        self._known: set[str] = set()

    def check(self, environ: Mapping[str, Any]) -> None:
        """Raise ``Misdirected`` for another server's Host header, ``InvalidRequest`` without one.

        Only HTTP/1.0, which no browser uses, allows a missing header (RFC 9112, section 3.2).
        """
        host = environ.get("HTTP_HOST")
        if host in self._known or IN_PROCESS in environ:
            return
        if host is None:
            if environ["SERVER_PROTOCOL"] == "HTTP/1.0":
                return
            raise InvalidRequest("the Host header is missing; send 'Host: localhost'")
        name = _bare(host)
        is_known = name in self._named or is_loopback(name)
        if not is_known and not (self._any_address and _address(name)):
            raise Misdirected(
                f"the Host '{host[:100]}' does not name this server; use 127.0.0.1 or "
                "localhost, or start it with --allow-host"
            )
        # Limited, because a client may send any port.
        if len(self._known) < 100:
            self._known.add(host)


def is_loopback(host: str) -> bool:
    """Return true if a name or address can only mean this machine (RFC 6761, section 6.3)."""
    name = _bare(host)
    address = _address(name)
    if address is not None:
        return is_loopback_address(address)
    return name == "localhost" or name.endswith(".localhost")


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None


def _bare(host: str) -> str:
    """Return a host without port, brackets and trailing dot, in lower case."""
    name = host.strip().lower()
    if parts := WITH_PORT.fullmatch(name):
        name = parts[1] if parts[2] is None else parts[2]
    return name.removesuffix(".")
