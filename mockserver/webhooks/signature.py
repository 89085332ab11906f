"""The signatures of a delivery.

``x-protocol-signature`` is the API's own (``contract/reference.md``, "Events and webhooks"); the
others follow the Standard Webhooks specification (https://www.standardwebhooks.com).
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping

HEADER = "x-protocol-signature"


def signature(secret: str, body: bytes) -> str:
    """Return the lowercase hexadecimal HMAC-SHA256 of the exact body, keyed with the secret."""
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


def standard_headers(
    secret: str, message_id: str, timestamp: int, body: bytes
) -> Mapping[str, str]:
    """Return the headers of Standard Webhooks; the id is the same for each retry."""
    content = f"{message_id}.{timestamp}.".encode() + body
    mac = hmac.digest(_standard_key(secret), content, "sha256")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{b64encode(mac).decode()}",
    }


def _standard_key(secret: str) -> bytes:
    """Return the key that Standard Webhooks libraries derive from a secret.

    It is the decoded base64 after ``whsec_``. A secret that is not base64 is itself the key, which
    the libraries accept as bytes.
    """
    encoded = secret.removeprefix("whsec_")
    try:
        return b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        return secret.encode()
