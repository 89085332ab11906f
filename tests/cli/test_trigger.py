"""`mockserver trigger` and `mockserver events resend`: deliveries on demand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Commands, Done, Serving

HELD = {"data": [{"action": {"type": "hold"}}]}


class SandboxCommands:
    """A sandbox of a server, and commands for it."""

    def __init__(self, commands: Commands, serving: Serving, name: str) -> None:
        self._commands = commands
        self._serving = serving
        self._name = name
        self("GET", "/v1/contacts?limit=1")

    def run(self, *words: str) -> Done:
        return self._commands.invoke(*words, "--url", self._serving.url, "--sandbox", self._name)

    def printed(self, *words: str) -> Any:
        done = self.run(*words)
        assert (done.code, done.err) == (0, ""), done
        return json.loads(done.out)

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        response = self._serving(method, path, token=f"sandbox_{self._name}", body=body)
        assert response.status < 300, response
        return response.json

    def hook(self, inbox: str) -> str:
        """Register a webhook for an inbox, and return its id."""
        url = f"{self._serving.url}/_sandbox/inbox/{inbox}?sandbox={self._name}"
        return str(self("POST", "/_sandbox/webhooks", {"url": url})["id"])

    def arrived(self, inbox: str) -> list[Any]:
        """Return the events in an inbox, after all deliveries are finished."""
        assert self("POST", "/_sandbox/webhooks/wait", {"timeout": 60})["settled"]
        return [item["event"] for item in self("GET", f"/_sandbox/inbox/{inbox}")["data"]]


@pytest.fixture(scope="module")
def serving(shared_commands: Commands) -> Serving:
    return shared_commands.serve()


@pytest.fixture
def box(commands: Commands, serving: Serving, numbers: Iterator[int]) -> SandboxCommands:
    return SandboxCommands(commands, serving, f"box_{next(numbers)}")


def test_a_trigger_sends_an_event_with_its_overrides(box: SandboxCommands) -> None:
    box.hook("a")
    values: dict[str, Any] = {
        "message": "é=1",
        "reactions": [],
        "read_at": None,
        "id": 7,
        "conversation_id": "NaN",
    }
    words = [
        *("--override", "message=é=1", "--override", "reactions=[]", "--override", "read_at=null"),
        *("--override", "id=7", "--override", "conversation_id=NaN"),
    ]
    event = box.printed("trigger", "message.updated", *words)
    assert event["type"] == "message.updated"
    assert event["payload"].items() >= values.items()
    assert box.arrived("a") == [event]


def test_deeply_nested_json_is_text(box: SandboxCommands) -> None:
    deep = "[" * 5000 + "]" * 5000
    sent = box.printed("trigger", "message.created", "--override", f"message={deep}")
    assert sent["payload"]["message"] == deep


def test_quoted_json_is_text_and_the_last_value_counts(box: SandboxCommands) -> None:
    words = ("--override", "message=1", "--override", 'message="2"')
    assert box.printed("trigger", "message.created", *words)["payload"]["message"] == "2"


def test_a_resend_goes_to_each_webhook_once(box: SandboxCommands) -> None:
    first, second = box.hook("a"), box.hook("b")
    twice = {"action": {"type": "duplicate", "times": 1}}
    box("PUT", "/_sandbox/webhooks/rules", {"data": [twice]})
    event = box.printed("trigger", "message.created")
    assert box.arrived("a") == [event, event]
    again = box.printed("events", "resend", event["id"])
    assert [item["webhook"] for item in again] == [first, second]
    assert (len(box.arrived("a")), len(box.arrived("b"))) == (3, 3)
    [again] = box.printed("events", "resend", event["id"], "--webhook", second)
    assert again["event"] == event["id"]
    assert (len(box.arrived("a")), len(box.arrived("b"))) == (3, 4)


def test_a_delivery_in_progress_is_not_resent(box: SandboxCommands) -> None:
    box.hook("a")
    box("PUT", "/_sandbox/webhooks/rules", HELD)
    event = box.printed("trigger", "message.created")
    box.run("events", "resend", event["id"]).failed(
        1, "is held; redeliver it once it is delivered, failed or dropped"
    )


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("trigger", "mesage.created"), 1, "must be one of contact.created"),
        (("trigger", "message.created", "--override", "Hello"), 2, "'Hello' is not NAME=VALUE"),
        (("trigger", "message.created", "--override", "=1"), 2, "'=1' is not NAME=VALUE"),
        (("trigger", "message.created", "--override", "a=\udcff"), 1, "is not valid Unicode"),
        (("trigger",), 2, "Missing argument 'TYPE'"),
        (("events", "resend", "a/b&c"), 1, "the log has no delivery of the event 'a/b&c'"),
        (("events", "resend", "a", "--webhook", "b"), 1, "of the event 'a' to 'b'"),
        (("events", "resend"), 2, "Missing argument 'ID'"),
        (("events", "send"), 2, "No such command 'send'"),
    ],
    ids=str,
)
def test_an_error_response_is_printed(
    box: SandboxCommands, words: tuple[str, ...], code: int, message: str
) -> None:
    box.run(*words).failed(code, message)


@pytest.mark.parametrize("words", [("trigger", "message.created"), ("events", "resend", "a")])
def test_a_missing_server_is_exit_code_1(
    commands: Commands, free_ports: Iterator[int], words: tuple[str, ...]
) -> None:
    url = f"http://127.0.0.1:{next(free_ports)}"
    commands.invoke(*words, "--url", url).failed(1, f"no mockserver is listening at {url}")
