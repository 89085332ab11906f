"""Authentication (see contract/reference.md), and the choice of a sandbox by token or URL."""

import re
from base64 import b64decode
from collections.abc import Collection
from hmac import compare_digest
from wsgiref.types import WSGIEnvironment

from mockserver.errors import Unauthorized
from mockserver.sandbox.sandbox import DEFAULT, NAME, NAME_RULE

#: Key in the WSGI environ for the sandbox that the URL or an in-process caller selects.
SANDBOX_KEY = "mockserver.sandbox"
SANDBOX_PATH = re.compile(rf"(/s/({NAME.pattern}))(/v1(?:/.*)?)", re.DOTALL)
PREFIX = "sandbox_"
HOW = "send 'Authorization: Bearer TOKEN', or HTTP Basic with a username"
# A superset of RFC 6750, section 2.1: any visible ASCII character.
TOKEN = re.compile(r"[\x21-\x7e]+")


def credential(header: str | None) -> str:
    """Return the token or username of an ``Authorization`` header; raises ``Unauthorized``."""
    if not header:
        raise Unauthorized(f"the Authorization header is missing; {HOW}")
    scheme, _, rest = header.partition(" ")
    rest = rest.strip()
    if scheme.lower() == "bearer":
        if not TOKEN.fullmatch(rest):
            raise Unauthorized(f"the bearer token is empty or contains a space; {HOW}")
        return rest
    if scheme.lower() != "basic":
        raise Unauthorized(f"the Authorization header is neither Bearer nor Basic; {HOW}")
    try:
        encoded, colon, _ = b64decode(rest, validate=True).partition(b":")
        username = encoded.decode()
    except ValueError:
        raise Unauthorized(f"the Basic credentials are not base64 of UTF-8; {HOW}") from None
    if not colon or not username:
        raise Unauthorized(f"the Basic credentials are not username:password; {HOW}")
    return username


def authenticate(
    header: str | None, tokens: Collection[str], source: str = "--token or MOCKSERVER_TOKEN"
) -> str:
    """Return the token of a request; ``tokens`` are the accepted ones, empty to accept any.

    ``source`` says in the error where the accepted tokens come from.

    Raises ``Unauthorized`` if the token is missing, malformed, revoked or not accepted.
    """
    token = credential(header)
    if token.startswith("revoked_"):
        raise Unauthorized("this token is revoked, like every token that begins with 'revoked_'")
    if tokens and not any(compare_digest(token.encode(), known.encode()) for known in tokens):
        raise Unauthorized(f"the server does not accept this token; use one set with {source}")
    return token


def sandbox_name(token: str) -> str:
    """Return the sandbox that a token selects; raises ``Unauthorized`` if its name is invalid."""
    if not token.startswith(PREFIX):
        return DEFAULT
    name = token[len(PREFIX) :]
    if not NAME.fullmatch(name):
        raise Unauthorized(f"invalid sandbox name after '{PREFIX}': {NAME_RULE}")
    return name


def strip_prefix(environ: WSGIEnvironment) -> None:
    """Move ``/s/NAME``, which selects a sandbox, from the path to ``SCRIPT_NAME`` (PEP 3333)."""
    path = environ["PATH_INFO"]
    if path.startswith("/s/"):
        match = SANDBOX_PATH.fullmatch(path)
        if match:
            root, name, environ["PATH_INFO"] = match.groups()
            # An in-process caller may have selected one already.
            environ.setdefault(SANDBOX_KEY, name)
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + root
