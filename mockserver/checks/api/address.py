"""The base URL to verify: the one that ends in /v1."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

EXAMPLE = "such as https://api.protocol.chat/v1"


class BadAddress(ValueError):
    """No base URL; the text says why, and what would be right."""


@dataclass(frozen=True)
class Address:
    """Where an API answers. ``path`` has no slash at its end."""

    scheme: str
    host: str
    port: int | None
    path: str

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port else "")

    def __str__(self) -> str:
        return f"{self.origin}{self.path}"


def address(url: str) -> Address:
    """The address of a base URL; raises ``BadAddress``."""
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an address that is none
        fine = False
    if not fine or not url.isascii() or not url.isprintable() or " " in url:
        raise BadAddress(f"{url!r} is no base URL, {EXAMPLE}")
    if parts.username is not None or parts.query or parts.fragment:
        raise BadAddress(f"{url!r} holds more than a base URL; give it plainly, {EXAMPLE}")
    found = Address(parts.scheme, parts.hostname or "", parts.port, parts.path.rstrip("/"))
    if not found.path.endswith("/v1"):
        known = f"{found.path}/".partition("/v1/")
        right = f"{found.origin}{known[0] if known[1] else found.path}/v1"
        raise BadAddress(f"{url!r} does not end in /v1; did you mean {right} ?")
    return found
