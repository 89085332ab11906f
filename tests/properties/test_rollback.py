"""An internal error at any step of any write is logged and rolled back completely."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.resources.attachments import Attachments
from mockserver.resources.base import Resource
from mockserver.resources.groups import Groups
from mockserver.resources.messages import Messages
from mockserver.resources.registry import ResourceRegistry
from mockserver.storage.ids import IdGenerator
from mockserver.storage.world import World
from mockserver.web.application import Application
from tests.properties.model import name
from tests.properties.wsgi_client import WsgiClient, small_app

#: Where a write can fail: after each change to the world, and while an object is presented.
STEPS = [
    (IdGenerator, "new"),
    *((World, method) for method in ("change_time", "add", "replace", "remove")),
    *((World, method) for method in ("set_entry", "announce", "announce_all", "commit")),
    *((resource, "present") for resource in (Resource, Attachments, Messages, Groups)),
    *((resource, "present_all") for resource in (Resource, Messages)),
]
FREE = [name("attachment", 4), name("attachment", 5)]
WRITES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a new contact": ("POST", "/v1/contacts", {"username": "A", "phone_number": "1"}),
    "a changed contact": ("PUT", f"/v1/contacts/{name('contact', 1)}", {"display_name": "A"}),
    "a deleted contact": ("DELETE", f"/v1/contacts/{name('contact', 1)}", {}),
    "a deleted contact who said much": ("DELETE", f"/v1/contacts/{name('contact', 3)}", {}),
    "a new conversation": ("POST", "/v1/conversations", {"group_id": name("group", 3)}),
    "a changed conversation": (
        "PUT",
        f"/v1/conversations/{name('conversation', 1)}",
        {"pinned_message_id": None, "is_pinned": True, "is_muted": True, "archived_at": 9},
    ),
    "a deleted conversation": ("DELETE", f"/v1/conversations/{name('conversation', 5)}", {}),
    "a new group": ("POST", "/v1/groups", {"name": "A", "contacts": [name("contact", 1)]}),
    "a changed group": (
        "PUT",
        f"/v1/groups/{name('group', 1)}",
        {"contacts": [name("contact", 5)], "archived_at": 9},
    ),
    "a deleted group": ("DELETE", f"/v1/groups/{name('group', 1)}", {}),
    "a new message": (
        "POST",
        "/v1/messages",
        {"conversation_id": name("conversation", 5), "message": "A", "attachments": FREE},
    ),
    "a changed message": (
        "PUT",
        f"/v1/messages/{name('message', 5)}",
        {"attachments": [name("attachment", 2), *FREE], "message": "A"},
    ),
    "a deleted message": ("DELETE", f"/v1/messages/{name('message', 5)}", {}),
    "the last message of one departed": ("DELETE", f"/v1/messages/{name('message', 13)}", {}),
    "a new attachment": (
        "POST",
        "/v1/attachments",
        {"file": "a", "message_id": name("message", 5)},
    ),
    "a changed attachment": ("PUT", f"/v1/attachments/{name('attachment', 1)}", {"filename": "b"}),
    "a deleted attachment": ("DELETE", f"/v1/attachments/{name('attachment', 1)}", {}),
    "a first word of a contact": (
        "POST",
        "/_sandbox/simulate/message",
        {"from": "Contact5", "message": "A", "attachments": [{"filename": "a"}, *FREE]},
    ),
    "what a contact changes": (
        "POST",
        "/_sandbox/simulate/edit",
        {"message_id": name("message", 5), "attachments": [{"filename": "a"}]},
    ),
    "what a contact takes back": (
        "POST",
        "/_sandbox/simulate/delete",
        {"message_id": name("message", 5)},
    ),
    "a reaction": (
        "POST",
        "/_sandbox/simulate/react",
        {"from": "Contact1", "message_id": name("message", 5), "reaction": "joy"},
    ),
    "what a contact reads": (
        "POST",
        "/_sandbox/simulate/read",
        {"from": "Contact2", "conversation_id": name("conversation", 2)},
    ),
    "an active contact": ("POST", "/_sandbox/simulate/active", {"contact": "Contact1"}),
    "a member who leaves": (
        "POST",
        "/_sandbox/simulate/leave",
        {"contact": "Contact1", "group_id": name("group", 1)},
    ),
    "an opened conversation": (
        "POST",
        "/_sandbox/simulate/open",
        {"conversation_id": name("conversation", 1)},
    ),
}


class InjectedFailure(Exception):
    pass


def inject_failure(patch: pytest.MonkeyPatch, at: int) -> Callable[[], int]:
    """Make step number ``at`` fail after it ran; return a counter of the steps."""
    steps = itertools.count(1)
    taken = 0

    def failing(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            nonlocal taken
            done = real(*args, **kwargs)
            taken = next(steps)
            if taken == at:
                raise InjectedFailure
            return done

        return step

    for owner, method in STEPS:
        patch.setattr(owner, method, failing(owner.__dict__[method]))
    return lambda: taken


def everything(client: WsgiClient) -> bytes:
    """Return the complete state, and what every index finds."""
    with client.app.sandboxes.open(client.sandbox).read() as world:
        entries: list[Any] = []
        for resource in ResourceRegistry():
            records = world[resource.kind]
            keys = sorted({key for row in records.find(()) for key in resource.keys(row)}, key=repr)
            entries += [(key, [row["id"] for row in records.find(key)]) for key in keys]
            counts = sum(records.count(key) for key in keys)
            entries.append(("counts", counts, len(records)))
    return client.state() + repr(entries).encode()


@pytest.fixture(scope="module")
def app() -> Application:
    return small_app()


@pytest.mark.parametrize("write", WRITES)
def test_failure_at_any_step_is_rolled_back(
    write: str, app: Application, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    method, path, body = WRITES[write]
    client, unharmed = (
        WsgiClient(app, f"failing {write}".replace(" ", "_")),
        WsgiClient(app, f"unharmed {write}".replace(" ", "_")),
    )
    expected = unharmed(method, path, **({"json": body} if body else {}))
    assert expected.status < 300
    before = everything(client)
    with monkeypatch.context() as patch:
        count = inject_failure(patch, 0)
        probe = WsgiClient(app, f"probe {write}".replace(" ", "_"))
        probe(method, path, **({"json": body} if body else {}))
        steps = count()
    assert steps >= 3
    for at in range(1, steps + 1):
        caplog.clear()
        with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
            inject_failure(patch, at)
            response = client(method, path, **({"json": body} if body else {}))
        response.refused(500)
        assert "Planted" not in response.json["message"]
        [record] = caplog.records
        assert record.exc_info
        assert record.exc_info[0] is InjectedFailure
        assert everything(client) == before, at
    # The next ids and the time are unchanged too.
    again = client(method, path, **({"json": body} if body else {}))
    assert (again.status, again.data) == (expected.status, expected.data)
    assert client.state() == unharmed.state()
