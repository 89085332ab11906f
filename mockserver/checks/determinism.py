"""The promise of equal bytes, checked: one scripted session of all 25 endpoints, twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from mockserver.web.app import create_app


def fingerprints() -> tuple[str, str]:
    """The SHA-256 of all answers' bytes, of each of two new sandboxes of one server."""
    client = create_app().test_client()
    return session(Caller(client, "one")), session(Caller(client, "two"))


@dataclass
class Caller:
    """Calls one sandbox, and digests what it answers."""

    client: Any
    name: str
    digest: Any = field(default_factory=sha256)

    def __call__(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer's JSON; None where there is none."""
        headers = {"Authorization": f"Bearer sandbox_determinism_{self.name}"}
        answer = self.client.open(f"/v1/{path}", method=method, json=body, headers=headers)
        location = answer.headers.get("Location", "")
        self.digest.update(f"{method} {path} {answer.status_code} {location}\n".encode())
        self.digest.update(answer.data)
        return answer.get_json(silent=True)


def session(call: Caller) -> str:
    """Every endpoint, with what changes something, what does not, and what is refused."""
    contact = call("POST", "contacts", {"username": "Buzz", "phone_number": "1-555-0100"})
    group = call("POST", "groups", {"name": "Tree house", "contacts": [contact["id"]]})
    conversation = call("POST", "conversations", {"contact_id": contact["id"]})
    file = call("POST", "attachments", {"file": "plans/Tree house.pdf"})
    said = {"conversation_id": conversation["id"], "message": "Bring a ladder. \U0001fa9c"}
    message = call("POST", "messages", {**said, "attachments": [file["id"]]})
    updates = {
        "contacts": (contact, {"display_name": "Big brother"}),
        "conversations": (conversation, {"pinned_message_id": message["id"], "is_muted": True}),
        "groups": (group, {"description": "No grown-ups.", "contacts": []}),
        "messages": (message, {"reactions": {"thumbs_up": ["LinnieMcCallister", "Buzz"]}}),
        "attachments": (file, {"filename": "Plans, second try.pdf"}),
    }
    for path, (made, update) in updates.items():
        call("PUT", f"{path}/{made['id']}", update)
        call("PUT", f"{path}/{made['id']}", update)  # changes nothing, so moves no clock
        call("PUT", f"{path}/{made['id']}", {"colour": "red"})
    for path, (made, _) in updates.items():
        call("GET", f"{path}/{made['id']}")
        page = call("GET", f"{path}?limit=3")
        call("GET", f"{path}?starting_after={page['data'][-1]['id']}&limit=100")
        call("GET", f"{path}?ending_before={page['data'][-1]['id']}")
    for path, (made, _) in reversed(updates.items()):
        call("DELETE", f"{path}/{made['id']}")
        call("GET", f"{path}/{made['id']}")
        call("GET", path)
    result: str = call.digest.hexdigest()
    return result
