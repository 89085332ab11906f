"""What the tests of webhooks share: one sandbox, its webhooks, and what became of deliveries."""

from __future__ import annotations

import hmac
from typing import Any

#: A conversation of the fixtures, with Frank McCallister; and Frank.
TALK, FRANK = "xgQQXg3hrtjh7AvZ", "WAz8eIbvDR60rouK"


class Hooks:
    """The webhooks of the sandbox of ``client``."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def register(self, url: str, **values: Any) -> Any:
        """One more webhook; returns it with its secret."""
        answer = self.client.post("/_sandbox/webhooks", json={"url": url, **values})
        assert answer.status == 201, answer.data
        return answer.json

    def say(self, text: str = "Well?", **headers: str) -> Any:
        """Emit one ``message.created``; returns the answer."""
        body = {"conversation_id": TALK, "message": text}
        answer = self.client.post("/v1/messages", json=body, headers=headers)
        assert answer.status == 201, answer.data
        return answer

    def settle(self) -> Any:
        """Wait until nothing is under way and nothing is due."""
        answer = self.client.post("/_sandbox/webhooks/wait", json={"timeout": 30})
        assert answer.status == 200, answer.data
        assert answer.json["settled"], answer.data
        return answer.json

    def wait(self, **wanted: Any) -> Any:
        """Wait until deliveries match."""
        answer = self.client.post("/_sandbox/webhooks/wait", json={"timeout": 30, **wanted})
        assert answer.status == 200, answer.data
        return answer.json

    def deliveries(self, query: str = "limit=1000") -> Any:
        return self.client.get(f"/_sandbox/deliveries?{query}").json["data"]

    def delivery(self, name: str = "delivery_1") -> Any:
        """One with all its attempts."""
        return self.client.get(f"/_sandbox/deliveries/{name}").json

    def states(self) -> list[str]:
        return [each["state"] for each in self.deliveries()]

    def events(self, query: str = "limit=1000") -> Any:
        return self.client.get(f"/_sandbox/events?{query}").json["data"]

    def advance(self, seconds: int) -> Any:
        answer = self.client.post("/_sandbox/clock/advance", json={"seconds": seconds})
        assert answer.status == 200, answer.data
        return answer.json

    def set_delivery_rules(self, *rules: Any) -> None:
        answer = self.client.put("/_sandbox/webhooks/rules", json={"data": list(rules)})
        assert answer.status == 200, answer.data

    def release(self, count: int = 1) -> Any:
        return self.client.post("/_sandbox/deliveries/release", json={"count": count}).json["data"]


def signed(secret: str, body: bytes) -> str:
    """What the reference says of ``x-protocol-signature``, in words of our own."""
    return hmac.new(secret.encode(), body, "sha256").hexdigest()
