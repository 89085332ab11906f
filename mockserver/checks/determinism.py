"""The determinism check: a scripted session of all 25 endpoints, run in two sandboxes."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from mockserver.web.app import create_app


def fingerprints() -> tuple[str, str]:
    """Return the SHA-256 hashes of all responses in two new sandboxes of a server."""
    client = create_app().test_client()
    return run_session(HashingClient(client, "one")), run_session(HashingClient(client, "two"))


@dataclass
class HashingClient:
    """A client of a sandbox that hashes every response."""

    client: Any
    name: str
    digest: Any = field(default_factory=sha256)

    def __call__(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Send a request; return the JSON of the response, or None if it has no body."""
        headers = {"Authorization": f"Bearer sandbox_determinism_{self.name}"}
        response = self.client.open(f"/v1/{path}", method=method, json=body, headers=headers)
        location = response.headers.get("Location", "")
        self.digest.update(f"{method} {path} {response.status_code} {location}\n".encode())
        self.digest.update(response.data)
        return response.get_json(silent=True)


def run_session(call: HashingClient) -> str:
    """Send requests to all endpoints, some without effect or invalid; return the hash."""
    contact = call("POST", "contacts", {"username": "Buzz", "phone_number": "1-555-0100"})
    group = call("POST", "groups", {"name": "Tree house", "contacts": [contact["id"]]})
    conversation = call("POST", "conversations", {"contact_id": contact["id"]})
    attachment = call("POST", "attachments", {"file": "plans/Tree house.pdf"})
    text = {"conversation_id": conversation["id"], "message": "Bring a ladder. \U0001fa9c"}
    message = call("POST", "messages", {**text, "attachments": [attachment["id"]]})
    updates = {
        "contacts": (contact, {"display_name": "Big brother"}),
        "conversations": (conversation, {"pinned_message_id": message["id"], "is_muted": True}),
        "groups": (group, {"description": "No grown-ups.", "contacts": []}),
        "messages": (message, {"reactions": {"thumbs_up": ["LinnieMcCallister", "Buzz"]}}),
        "attachments": (attachment, {"filename": "Plans, second try.pdf"}),
    }
    for path, (created, update) in updates.items():
        call("PUT", f"{path}/{created['id']}", update)
        call("PUT", f"{path}/{created['id']}", update)  # changes nothing, so the clock stands still
        call("PUT", f"{path}/{created['id']}", {"colour": "red"})
    for path, (created, _) in updates.items():
        call("GET", f"{path}/{created['id']}")
        page = call("GET", f"{path}?limit=3")
        call("GET", f"{path}?starting_after={page['data'][-1]['id']}&limit=100")
        call("GET", f"{path}?ending_before={page['data'][-1]['id']}")
    for path, (created, _) in reversed(updates.items()):
        call("DELETE", f"{path}/{created['id']}")
        call("GET", f"{path}/{created['id']}")
        call("GET", path)
    result: str = call.digest.hexdigest()
    return result
