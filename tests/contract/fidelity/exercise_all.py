"""All that a client can see of the API: each endpoint, its refusals, and a delivery."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: Of the fixtures: a conversation with Frank, Frank, the user, a group, a message, an attachment.
TALK, FRANK, USER = "xgQQXg3hrtjh7AvZ", "WAz8eIbvDR60rouK", "inEIRvzjC6YLMX3o"
GROUP = "l7cGNIBKZiNJ6wqF"
PAGE = {"Origin": "http://localhost:3000", "Access-Control-Request-Private-Network": "true"}


def answers(client: Any) -> Iterator[tuple[str, str, Any]]:
    """Each with its method and path."""

    def ask(method: str, path: str, **options: Any) -> tuple[str, str, Any]:
        return method, path, client(method, path, **options)

    made = {
        "contacts": {"username": "Buzz", "phone_number": "1"},
        "conversations": {"contact_id": FRANK},
        "groups": {"name": "Tree house", "contacts": [FRANK]},
        "messages": {"conversation_id": TALK, "message": "Well?"},
        "attachments": {"file": "a.txt"},
    }
    changed = {
        "contacts": {"display_name": "B"},
        "conversations": {"is_muted": True},
        "groups": {"description": "Up there"},
        "messages": {"reactions": {"joy": ["Buzz"]}},
        "attachments": {"filename": "b.txt"},
    }
    for path, body in made.items():
        created = ask("POST", f"/v1/{path}", json=body)
        item = f"/v1/{path}/{created[2].json['id']}"
        yield created
        yield ask("GET", f"/v1/{path}")
        yield ask("GET", item)
        yield ask("PUT", item, json=changed[path])
        yield ask("DELETE", item)
        yield ask("GET", item)
        yield ask("GET", f"/v1/{path}?limt=1")
        yield ask("PATCH", item)
    yield ask("DELETE", f"/v1/contacts/{USER}")
    yield ask("GET", "/v1/contacts", headers={"Authorization": ""})
    yield ask("POST", "/v1/contacts", body=b"x", headers={"Content-Type": "text/plain"})
    yield ask("GET", "/v1/contacts", headers={"Host": "example.com"})
    yield ask("POST", "/v1/attachments", body=b"x" * 2000, headers={"Content-Type": "a/b"})
    yield ask("GET", "/v1/contacts", headers={"Prefer": "code=500"})
    yield ask("GET", "/v1/contacts", headers={"Prefer": "code=503"})
    yield ask("GET", "/v1/contacts", headers=PAGE)
    yield ask("OPTIONS", "/v1/contacts", headers=PAGE)
    client.put("/_sandbox/rate-limit", json={"limit": 1, "window_seconds": 60})
    yield ask("GET", "/v1/contacts", headers={"Connection": "close"})
    yield ask("GET", "/v1/contacts")


def delivered(client: Any) -> dict[str, Any]:
    """A delivery as the inbox has kept it."""
    url = f"{client.url}/_sandbox/inbox/ledger?sandbox={client.token.removeprefix('sandbox_')}"
    client.post("/_sandbox/webhooks", json={"url": url})
    said = {"conversation_id": TALK, "message": "Well?"}
    client.post("/v1/messages", json=said, headers={"Prefer": "wait=30"})
    [message] = client.get("/_sandbox/inbox/ledger").json["data"]
    kept: dict[str, Any] = message
    return kept
