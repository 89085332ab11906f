"""A client for the webhooks of one sandbox, shared by the webhook tests."""

from __future__ import annotations

import hmac
from typing import Any

#: In the fixtures: a conversation with Frank McCallister, and Frank.
CONVERSATION, FRANK = "xgQQXg3hrtjh7AvZ", "WAz8eIbvDR60rouK"


class WebhookClient:
    """The webhook part of the control API, for the sandbox of ``client``."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def register(self, url: str, **values: Any) -> Any:
        """Register a webhook; return it with its secret."""
        response = self.client.post("/_sandbox/webhooks", json={"url": url, **values})
        assert response.status == 201, response.data
        return response.json

    def send_message(self, text: str = "Well?", **headers: str) -> Any:
        """Send a message, which emits ``message.created``; return the response."""
        body = {"conversation_id": CONVERSATION, "message": text}
        response = self.client.post("/v1/messages", json=body, headers=headers)
        assert response.status == 201, response.data
        return response

    def wait_until_idle(self) -> Any:
        """Wait until no attempt is in progress or due."""
        response = self.client.post("/_sandbox/webhooks/wait", json={"timeout": 30})
        assert response.status == 200, response.data
        assert response.json["settled"], response.data
        return response.json

    def wait(self, **arguments: Any) -> Any:
        """Wait until deliveries match ``arguments``."""
        response = self.client.post("/_sandbox/webhooks/wait", json={"timeout": 30, **arguments})
        assert response.status == 200, response.data
        return response.json

    def deliveries(self, query: str = "limit=1000") -> Any:
        return self.client.get(f"/_sandbox/deliveries?{query}").json["data"]

    def delivery(self, name: str = "delivery_1") -> Any:
        """Return a delivery with all its attempts."""
        return self.client.get(f"/_sandbox/deliveries/{name}").json

    def states(self) -> list[str]:
        return [delivery["state"] for delivery in self.deliveries()]

    def events(self, query: str = "limit=1000") -> Any:
        return self.client.get(f"/_sandbox/events?{query}").json["data"]

    def advance(self, seconds: int) -> Any:
        response = self.client.post("/_sandbox/clock/advance", json={"seconds": seconds})
        assert response.status == 200, response.data
        return response.json

    def set_delivery_rules(self, *rules: Any) -> None:
        response = self.client.put("/_sandbox/webhooks/rules", json={"data": list(rules)})
        assert response.status == 200, response.data

    def release(self, count: int = 1) -> Any:
        return self.client.post("/_sandbox/deliveries/release", json={"count": count}).json["data"]


def signed(secret: str, body: bytes) -> str:
    """Return the expected ``x-protocol-signature``."""
    return hmac.new(secret.encode(), body, "sha256").hexdigest()
