"""One delivery as it goes out: the documented headers, the exact signed bytes."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from hmac import digest

from mockserver import __version__
from mockserver.webhooks.attempt import Attempt, Outcome
from mockserver.webhooks.config import WebhookConfig
from mockserver.webhooks.delivery import Delivery
from mockserver.webhooks.signature import HEADER, signature
from mockserver.webhooks.target import Refused, target
from mockserver.webhooks.webhook import Webhook


def post(
    delivery: Delivery, webhook: Webhook, sandbox: str, at: int, terms: WebhookConfig
) -> Attempt:
    """Try once; ``at`` is the moment on the sandbox's clock. Whatever happens is an attempt."""
    # Not at the start, of which it would take a fifth; and by this one door: two lanes that import
    # parts of urllib3 at once would find them half made.
    from mockserver.webhooks.client import send

    body = delivery.body
    signed = signature(webhook.secret, body)
    if delivery.action_type == "corrupt":
        signed = signed[::-1]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"mockserver/{__version__}",
        HEADER: signed,
        "X-Sandbox": sandbox,
    }
    if terms.standard:
        headers |= standard_headers(webhook.secret, delivery.event_id, at, body)
    try:
        goal = target(webhook.url, terms.hosts)
    except Refused as refused:
        return Attempt(at, headers, Outcome(reason="connection_failed", detail=str(refused)))
    return Attempt(at, headers, send(goal, headers, body, terms.seconds))


def standard_headers(secret: str, event_id: str, at: int, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks (https://www.standardwebhooks.com), which the real API does
    not send: the id is the same across retries, the timestamp is the attempt's. The key is the
    secret as it is, as for the documented header."""
    content = f"{event_id}.{at}.".encode() + body
    mac = b64encode(digest(secret.encode(), content, sha256)).decode()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{mac}",
    }
