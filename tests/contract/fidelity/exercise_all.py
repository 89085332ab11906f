"""Requests that reach every endpoint, status and header, and a delivery."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: In the fixtures: a conversation with Frank, Frank, the user, and a group.
CONVERSATION, FRANK, USER = "xgQQXg3hrtjh7AvZ", "WAz8eIbvDR60rouK", "inEIRvzjC6YLMX3o"
GROUP = "l7cGNIBKZiNJ6wqF"
PAGE = {"Origin": "http://localhost:3000", "Access-Control-Request-Private-Network": "true"}


def exercise_all(client: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield method, path and response of each request."""

    def send(method: str, path: str, **options: Any) -> tuple[str, str, Any]:
        return method, path, client(method, path, **options)

    create_bodies = {
        "contacts": {"username": "Buzz", "phone_number": "1"},
        "conversations": {"contact_id": FRANK},
        "groups": {"name": "Tree house", "contacts": [FRANK]},
        "messages": {"conversation_id": CONVERSATION, "message": "Well?"},
        "attachments": {"file": "a.txt"},
    }
    update_bodies = {
        "contacts": {"display_name": "B"},
        "conversations": {"is_muted": True},
        "groups": {"description": "Up there"},
        "messages": {"reactions": {"joy": ["Buzz"]}},
        "attachments": {"filename": "b.txt"},
    }
    for path, body in create_bodies.items():
        created = send("POST", f"/v1/{path}", json=body)
        item = f"/v1/{path}/{created[2].json['id']}"
        yield created
        yield send("GET", f"/v1/{path}")
        yield send("GET", item)
        yield send("PUT", item, json=update_bodies[path])
        yield send("DELETE", item)
        yield send("GET", item)
        yield send("GET", f"/v1/{path}?limt=1")
        yield send("PATCH", item)
    yield send("DELETE", f"/v1/contacts/{USER}")
    yield send("GET", "/v1/contacts", headers={"Authorization": ""})
    yield send("POST", "/v1/contacts", body=b"x", headers={"Content-Type": "text/plain"})
    yield send("GET", "/v1/contacts", headers={"Host": "example.com"})
    yield send("POST", "/v1/attachments", body=b"x" * 2000, headers={"Content-Type": "a/b"})
    yield send("GET", "/v1/contacts", headers={"Prefer": "code=500"})
    yield send("GET", "/v1/contacts", headers={"Prefer": "code=503"})
    yield send("GET", "/v1/contacts", headers=PAGE)
    yield send("OPTIONS", "/v1/contacts", headers=PAGE)
    client.put("/_sandbox/rate-limit", json={"limit": 1, "window_seconds": 60})
    yield send("GET", "/v1/contacts", headers={"Connection": "close"})
    yield send("GET", "/v1/contacts")


def receive_delivery(client: Any) -> dict[str, Any]:
    """Return a delivery as an inbox recorded it."""
    url = f"{client.url}/_sandbox/inbox/fidelity?sandbox={client.token.removeprefix('sandbox_')}"
    client.post("/_sandbox/webhooks", json={"url": url})
    body = {"conversation_id": CONVERSATION, "message": "Well?"}
    client.post("/v1/messages", json=body, headers={"Prefer": "wait=30"})
    [message] = client.get("/_sandbox/inbox/fidelity").json["data"]
    result: dict[str, Any] = message
    return result
