"""A client for simulated actions, and the objects of the fixtures that they use."""

from __future__ import annotations

import base64
from typing import Any

USER = "inEIRvzjC6YLMX3o"
FRANK, FRANK_ID = "FrankMcCallister", "WAz8eIbvDR60rouK"
#: The direct conversation with Frank.
DIRECT = "xgQQXg3hrtjh7AvZ"
#: Groups with their conversations: with Frank, without him, and without members.
FAMILY, FAMILY_CONVERSATION = "fprEZrh9IcdV51AS", "s4WycXedwhQrEFuM"
PLAZA, PLAZA_CONVERSATION = "l7cGNIBKZiNJ6wqF", "ZYjVAbCE9g5XRlra"
EMPTY_GROUP, EMPTY_CONVERSATION = "SeXPsgqF2iu8yype", "k9EGPUJFdVqFBBZ3"
#: A message from Frank, and one from the user to him; both are read.
FRANK_MESSAGE, USER_MESSAGE = "SIuAFUNKdSYHZF2w", "LoPsJaMcPBuFNjg1"
FILE = {"filename": "plan.pdf", "content": base64.b64encode(b"%PDF").decode()}


class SimulationClient:
    """Runs simulated actions in one sandbox and reads their effects."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def run(self, name: str, **values: Any) -> Any:
        """Run an action and return the response's object; ``from_`` stands for ``from``."""
        response = self.request(name, **values)
        assert response.status == (201 if name == "message" else 200), response.data
        return response.json

    def request(self, name: str, **values: Any) -> Any:
        body = {key.rstrip("_"): value for key, value in values.items()}
        return self.client.post(f"/_sandbox/simulate/{name}", json=body)

    def send_message(self, conversation_id: str = DIRECT, **values: Any) -> str:
        """Send a message as the user and return its id."""
        body = {"conversation_id": conversation_id, "message": "Well?", **values}
        return str(self.client.post("/v1/messages", json=body).json["id"])

    def get(self, path: str) -> Any:
        """Return an object of the API, such as ``contacts/ID``."""
        response = self.client.get(f"/v1/{path}")
        assert response.status == 200, response.data
        return response.json

    @property
    def now(self) -> int:
        return int(self.client.get("/_sandbox/clock").json["now"])

    @property
    def state(self) -> bytes:
        data: bytes = self.client.get("/_sandbox/state").data
        return data

    def last_entry(self) -> Any:
        """Return the latest entry of the journal."""
        last = self.client.get("/_sandbox/requests?limit=1000").json["data"][-1]
        return self.client.get(f"/_sandbox/requests/{last['id']}").json

    def events(self) -> list[tuple[str, Any]]:
        """Return the types and payloads of the latest request's events."""
        return [(event["type"], event["payload"]) for event in self.last_entry()["events"]]


def all_conversations(client: Any, limit: int = 100) -> list[Any]:
    """Return all conversation summaries, page by page."""
    summaries: list[Any] = []
    after = ""
    while True:
        page = client.get(f"/_sandbox/conversations?limit={limit}{after}").json
        summaries += page["data"]
        if not page["has_more"]:
            return summaries
        after = f"&starting_after={page['data'][-1]['conversation']['id']}"
