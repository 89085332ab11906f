"""Sandboxes with bots, tested through the HTTP API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

DAY, HOUR = 86_400, 3600
#: 05:00 UTC on a Tuesday: an hour before the first person of the office is online.
DAWN = 705_042_000

#: Online all day, sends nothing unprompted, and answers every message after 10 seconds.
ECHO: dict[str, Any] = {
    "version": 1,
    "name": "echo",
    "people": [
        {
            "username": "EchoOne",
            "awake": ["00:00", "24:00"],
            "messages_per_hour": 0,
            "answers": {"questions": 1, "anything": 1, "after_seconds": [10, 10]},
            "reacts": 0,
            "lines": ["Yes, {name}."],
        }
    ],
}


def echo(**attributes: Any) -> dict[str, Any]:
    """Return the echo script with other attributes of its person."""
    return {**ECHO, "people": [{**ECHO["people"][0], **attributes}]}


class BotClient:
    """A client of a sandbox and its bots."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def control(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        """Send a request to the control API; return the JSON of the response."""
        response = self.client(method, f"/_sandbox{path}", **options)
        assert response.status == status, response.data
        return response.json

    def start(self, script: Any, **values: Any) -> Any:
        return self.control("PUT", "/bots", json={"script": script, **values})

    def status(self) -> Any:
        return self.control("GET", "/bots")

    def advance(self, seconds: int) -> Any:
        return self.control("POST", "/clock/advance", json={"seconds": seconds})

    def set_clock(self, **values: Any) -> Any:
        return self.control("PUT", "/clock", json=values)

    def lines(self, query: str = "") -> Any:
        """Return the lines of the transcript."""
        return self.control("GET", f"/bots/transcript?limit=10000{query}")["data"]

    def lines_of(self, action: str, query: str = "") -> Any:
        """Return the lines of the transcript with an action."""
        return [line for line in self.lines(query) if line["action"] == action]

    def text(self) -> str:
        """Return the transcript as text."""
        response = self.client.get("/_sandbox/bots/transcript?format=text&limit=10000")
        assert response.status == 200, response.data
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        text: str = response.data.decode()
        return text

    def state(self) -> bytes:
        data: bytes = self.client.get("/_sandbox/state").data
        return data

    def contact(self, username: str) -> Any:
        """Return the contact of a bot."""
        [person] = [item for item in self.status()["people"] if item["username"] == username]
        return self.client.get(f"/v1/contacts/{person['contact_id']}").json

    def direct(self, username: str) -> str:
        """Return the id of the conversation with a bot."""
        return str(self.contact(username)["conversation_id"])

    def group(self, name: str) -> Any:
        """Return a group of the script."""
        [group] = [item for item in self.status()["groups"] if item["name"] == name]
        return self.client.get(f"/v1/groups/{group['group_id']}").json

    def send(self, conversation_id: str, text: str) -> Any:
        """Send a message as the user."""
        body = {"conversation_id": conversation_id, "message": text}
        response = self.client.post("/v1/messages", json=body)
        assert response.status == 201, response.data
        return response.json


@pytest.fixture
def bots(client: Any) -> Iterator[BotClient]:
    """A new sandbox with its clock frozen at dawn. It is deleted after the test."""
    bots = BotClient(client)
    bots.set_clock(mode="frozen", now=DAWN)
    yield bots
    client.delete(f"/_sandbox/sandboxes/{client.token.removeprefix('sandbox_')}")


@pytest.fixture
def new_bots(other: Callable[[str], Any]) -> Callable[[str], BotClient]:
    """Returns a further sandbox like ``bots``, by name."""

    def make(name: str) -> BotClient:
        bots = BotClient(other(name))
        bots.set_clock(mode="frozen", now=DAWN)
        return bots

    return make
