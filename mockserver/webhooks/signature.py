"""What a delivery's headers prove.

Reference, "Events and webhooks": ``x-protocol-signature`` is the lowercase hexadecimal HMAC-SHA256
of the exact body, keyed with the webhook's secret.
"""

from __future__ import annotations

import hmac

HEADER = "x-protocol-signature"


def signature(secret: str, body: bytes) -> str:
    """The value of ``x-protocol-signature`` for these bytes."""
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


def verifies(secret: str, body: bytes, given: str) -> bool:
    """Whether ``given`` is that signature, told in constant time."""
    return hmac.compare_digest(signature(secret, body).encode(), given.encode())
