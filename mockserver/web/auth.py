"""Who asks, and so which sandbox answers (reference, "Authentication")."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Collection
from hmac import compare_digest

from mockserver.errors import Unauthorized
from mockserver.sandbox.sandbox import DEFAULT, NAME, NAME_RULE

PREFIX = "sandbox_"
HOW = "send 'Authorization: Bearer TOKEN', or HTTP Basic with a username"
# The token of RFC 6750, section 2.1, and then some: what is visible and has no space.
TOKEN = re.compile(r"[\x21-\x7e]+")


def credential(header: str | None) -> str:
    """The token or username of an ``Authorization`` header; raises ``Unauthorized``."""
    if not header:
        raise Unauthorized(f"there is no Authorization header; {HOW}")
    scheme, _, rest = header.partition(" ")
    rest = rest.strip()
    if scheme.lower() == "bearer":
        if not TOKEN.fullmatch(rest):
            raise Unauthorized(f"the bearer token is empty or has a space in it; {HOW}")
        return rest
    if scheme.lower() == "basic":
        return _username(rest)
    raise Unauthorized(f"the Authorization header is neither Bearer nor Basic; {HOW}")


def _username(encoded: str) -> str:
    try:
        username, colon, _ = b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise Unauthorized(f"the Basic credentials are no base64 of UTF-8; {HOW}") from None
    if not colon or not username:
        raise Unauthorized(f"the Basic credentials are not username:password; {HOW}")
    return username


def authenticate(header: str | None, tokens: Collection[str]) -> str:
    """The token of a request that may pass; ``tokens`` are those allowed, empty for any."""
    token = credential(header)
    if token.startswith("revoked_"):
        raise Unauthorized("this token is revoked, as every token that begins with 'revoked_'")
    if tokens and not any(compare_digest(token.encode(), one.encode()) for one in tokens):
        raise Unauthorized("this token is none of those that the server was started with")
    return token


def sandbox_name(token: str) -> str:
    """The sandbox that a token selects; raises ``Unauthorized`` for an impossible name."""
    if not token.startswith(PREFIX):
        return DEFAULT
    name = token[len(PREFIX) :]
    if not NAME.fullmatch(name):
        raise Unauthorized(f"'{PREFIX}' is followed by no valid name; {NAME_RULE}")
    return name
