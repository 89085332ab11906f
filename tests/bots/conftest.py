"""SandboxRegistry with a cast, seen from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

DAY, HOUR = 86_400, 3600
#: 05:00 UTC of a Tuesday: an hour before anybody of the office is up.
DAWN = 705_042_000

#: Awake all day, says nothing of their own accord, and answers whatever is said at once.
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


class Theatre:
    """A sandbox, and what plays in it."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def ask(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        """The JSON of an answer of the control API."""
        answer = self.client(method, f"/_sandbox{path}", **options)
        assert answer.status == status, answer.data
        return answer.json

    def put_on(self, script: Any, **values: Any) -> Any:
        return self.ask("PUT", "/bots", json={"script": script, **values})

    def cast(self) -> Any:
        return self.ask("GET", "/bots")

    def advance(self, seconds: int) -> Any:
        return self.ask("POST", "/clock/advance", json={"seconds": seconds})

    def set_clock(self, **values: Any) -> Any:
        return self.ask("PUT", "/clock", json=values)

    def lines(self, query: str = "") -> Any:
        return self.ask("GET", f"/bots/transcript?limit=10000{query}")["data"]

    def acts(self, act: str, query: str = "") -> Any:
        """The lines of one sort."""
        return [line for line in self.lines(query) if line["action"] == act]

    def text(self) -> str:
        answer = self.client.get("/_sandbox/bots/transcript?format=text&limit=10000")
        assert answer.status == 200, answer.data
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        text: str = answer.data.decode()
        return text

    def state(self) -> bytes:
        data: bytes = self.client.get("/_sandbox/state").data
        return data

    def contact(self, username: str) -> Any:
        """A contact of the cast."""
        [found] = [one for one in self.cast()["people"] if one["username"] == username]
        return self.client.get(f"/v1/contacts/{found['contact_id']}").json

    def direct(self, username: str) -> str:
        """The conversation with somebody of the cast."""
        return str(self.contact(username)["conversation_id"])

    def group(self, name: str) -> Any:
        [found] = [one for one in self.cast()["groups"] if one["name"] == name]
        return self.client.get(f"/v1/groups/{found['group_id']}").json

    def say(self, conversation_id: str, text: str) -> Any:
        """Have the user say something."""
        said = {"conversation_id": conversation_id, "message": text}
        answer = self.client.post("/v1/messages", json=said)
        assert answer.status == 201, answer.data
        return answer.json


@pytest.fixture
def theatre(client: Any) -> Iterator[Theatre]:
    """A new sandbox, whose clock is frozen at the dawn of a working day; it ends with the test,
    so that nobody plays on."""
    found = Theatre(client)
    found.set_clock(mode="frozen", now=DAWN)
    yield found
    client.delete(f"/_sandbox/sandboxes/{client.token.removeprefix('sandbox_')}")


@pytest.fixture
def another(other: Callable[[str], Any]) -> Callable[[str], Theatre]:
    """More of them, by name."""

    def make(name: str) -> Theatre:
        found = Theatre(other(name))
        found.set_clock(mode="frozen", now=DAWN)
        return found

    return make
