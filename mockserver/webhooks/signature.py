"""The signature of a delivery (``contract/reference.md``, "Events and webhooks")."""

import hmac

HEADER = "x-protocol-signature"


def signature(secret: str, body: bytes) -> str:
    """Return the lowercase hexadecimal HMAC-SHA256 of the exact body, keyed with the secret."""
    return hmac.new(secret.encode(), body, "sha256").hexdigest()
