"""What the tests of the other side share: who there is, and what an act did."""

from __future__ import annotations

import base64
from typing import Any

USER = "inEIRvzjC6YLMX3o"
FRANK, FRANK_ID = "FrankMcCallister", "WAz8eIbvDR60rouK"
#: The conversation with Frank.
DIRECT = "xgQQXg3hrtjh7AvZ"
#: A group with Frank in it, and its conversation; one without him; one without anybody.
FAMILY, FAMILY_TALK = "fprEZrh9IcdV51AS", "s4WycXedwhQrEFuM"
PLAZA, PLAZA_TALK = "l7cGNIBKZiNJ6wqF", "ZYjVAbCE9g5XRlra"
NOBODY, NOBODY_TALK = "SeXPsgqF2iu8yype", "k9EGPUJFdVqFBBZ3"
#: What Frank said, and what the user said to him, read long ago.
FRANKS, MINE = "SIuAFUNKdSYHZF2w", "LoPsJaMcPBuFNjg1"
FILE = {"filename": "plan.pdf", "content": base64.b64encode(b"%PDF").decode()}


class BotHost:
    """One sandbox: acts in it, and what the last of them did."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def act(self, name: str, **values: Any) -> Any:
        """Do it; returns the object that is answered. ``from_`` stands for ``from``."""
        answer = self.try_(name, **values)
        assert answer.status == (201 if name == "message" else 200), answer.data
        return answer.json

    def try_(self, name: str, **values: Any) -> Any:
        body = {key.rstrip("_"): value for key, value in values.items()}
        return self.client.post(f"/_sandbox/simulate/{name}", json=body)

    def say(self, conversation_id: str = DIRECT, **values: Any) -> str:
        """Have the user say something; returns the message's id."""
        body = {"conversation_id": conversation_id, "message": "Well?", **values}
        return str(self.client.post("/v1/messages", json=body).json["id"])

    def get(self, path: str) -> Any:
        """An object of the API, such as ``contacts/ID``."""
        answer = self.client.get(f"/v1/{path}")
        assert answer.status == 200, answer.data
        return answer.json

    @property
    def now(self) -> int:
        return int(self.client.get("/_sandbox/clock").json["now"])

    @property
    def state(self) -> bytes:
        data: bytes = self.client.get("/_sandbox/state").data
        return data

    def last(self) -> Any:
        """The last entry of the journal, whole."""
        last = self.client.get("/_sandbox/requests?limit=1000").json["data"][-1]
        return self.client.get(f"/_sandbox/requests/{last['id']}").json

    def events(self) -> list[tuple[str, Any]]:
        """Type and payload of what the last entry of the journal emitted."""
        return [(each["type"], each["payload"]) for each in self.last()["events"]]


def all_chats(client: Any, limit: int = 100) -> list[Any]:
    """The conversations as a messenger shows them, page by page."""
    found: list[Any] = []
    after = ""
    while True:
        page = client.get(f"/_sandbox/conversations?limit={limit}{after}").json
        found += page["data"]
        if not page["has_more"]:
            return found
        after = f"&starting_after={page['data'][-1]['conversation']['id']}"
