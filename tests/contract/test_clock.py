"""The sandbox's clock and what moves it (reference.md, "Determinism")."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.settings import Settings

if TYPE_CHECKING:
    from mockserver.server import Server
    from tests.conftest import HttpResponse
    from tests.contract.conftest import Api

NOW = 705106800
FRANK, DIRECT, MESSAGE = "WAz8eIbvDR60rouK", "xgQQXg3hrtjh7AvZ", "SIuAFUNKdSYHZF2w"
GROUP, INVOICE = "l7cGNIBKZiNJ6wqF", "Nc6yKKMpcxiiFxp6"
CHANGES: dict[str, tuple[str, str, dict[str, Any] | None]] = {
    "create a contact": ("POST", "/v1/contacts", {"username": "Gus", "phone_number": "1"}),
    "create a conversation": ("POST", "/v1/conversations", {"contact_id": FRANK}),
    "create a group": ("POST", "/v1/groups", {"name": "x", "contacts": [FRANK]}),
    "send": ("POST", "/v1/messages", {"conversation_id": DIRECT, "message": "x"}),
    "upload": ("POST", "/v1/attachments", {"file": "x", "message_id": MESSAGE}),
    "update a contact": ("PUT", f"/v1/contacts/{FRANK}", {"display_name": "x"}),
    "update a conversation": (
        "PUT",
        f"/v1/conversations/{DIRECT}",
        {"is_muted": True, "is_pinned": True},
    ),
    "update a group": ("PUT", f"/v1/groups/{GROUP}", {"contacts": [FRANK]}),
    "update a message": ("PUT", f"/v1/messages/{MESSAGE}", {"attachments": ["ezLKHiidXw66De92"]}),
    "update an attachment": ("PUT", f"/v1/attachments/{INVOICE}", {"filename": "x"}),
    "delete a contact": ("DELETE", f"/v1/contacts/{FRANK}", None),
    "delete a conversation": ("DELETE", f"/v1/conversations/{DIRECT}", None),
    "delete a group": ("DELETE", f"/v1/groups/{GROUP}", None),
    "delete a message": ("DELETE", f"/v1/messages/{MESSAGE}", None),
    "delete an attachment": ("DELETE", f"/v1/attachments/{INVOICE}", None),
}
SAME: dict[str, tuple[str, dict[str, Any]]] = {
    "an empty update": (f"/v1/contacts/{FRANK}", {}),
    "a contact": (f"/v1/contacts/{FRANK}", {"display_name": None}),
    "a conversation": (
        f"/v1/conversations/{DIRECT}",
        {"is_muted": False, "is_pinned": False, "archived_at": None, "pinned_message_id": None},
    ),
    "a group": (f"/v1/groups/{GROUP}", {"name": "Plaza Hotel", "archived_at": None}),
    "a message": (f"/v1/messages/{MESSAGE}", {"reactions": {}, "attachments": []}),
    "an attachment": (
        f"/v1/attachments/{INVOICE}",
        {"filename": "../Invoice_room_service__Plaza_Hotel.pdf"},
    ),
}


def present(client: Api) -> int:
    """Return the sandbox's time, from a change that steps it."""
    moment: int = client.contact()["created_at"] - 1
    return moment


def test_first_change_is_one_second_after_fixtures_now(client: Api) -> None:
    assert client.contact()["created_at"] == NOW + 1
    assert client.group()["created_at"] == NOW + 2


@pytest.mark.parametrize("name", CHANGES)
def test_each_changing_request_takes_one_second(client: Api, name: str) -> None:
    method, path, values = CHANGES[name]
    assert client(method, path, json=values).status < 300
    assert present(client) == NOW + 1


@pytest.mark.parametrize("name", SAME)
def test_an_update_that_changes_nothing_does_not_move_the_clock(client: Api, name: str) -> None:
    path, values = SAME[name]
    before = client.get(path)
    response = client.put(path, json=values)
    assert (response.status, response.data) == (200, before.data)
    assert present(client) == NOW


def test_reading_does_not_move_the_clock(client: Api) -> None:
    for kind in ("contacts", "conversations", "groups", "messages", "attachments"):
        record = client.walk(f"/v1/{kind}")[0]
        client.retrieve(kind, record["id"])
        client("HEAD", f"/v1/{kind}")
        client("OPTIONS", f"/v1/{kind}")
    assert present(client) == NOW


@pytest.mark.parametrize(
    "refused",
    [
        lambda client: client.post("/v1/contacts", json={"username": "x"}),
        lambda client: client.put(f"/v1/contacts/{FRANK}", json={"display_name": 5}),
        lambda client: client.put(f"/v1/groups/{GROUP}", json={"name": "y", "contacts": ["no"]}),
        lambda client: client.delete("/v1/contacts/nobody"),
        lambda client: client.delete("/v1/contacts/inEIRvzjC6YLMX3o"),
        lambda client: client.post("/v1/nothing", json={}),
        lambda client: client("PATCH", "/v1/contacts", json={}),
    ],
    ids=range(7),
)
def test_rejected_request_does_not_move_the_clock(
    client: Api, refused: Callable[[Api], HttpResponse]
) -> None:
    assert refused(client).status >= 400
    assert present(client) == NOW


def test_changes_of_one_request_share_their_time(client: Api) -> None:
    gus = client.contact()
    conversation = client.retrieve("conversations", gus["conversation_id"])
    assert gus["created_at"] == conversation["created_at"] == NOW + 1
    sent = client.send(gus["conversation_id"])
    conversation = client.retrieve("conversations", gus["conversation_id"])
    assert sent["created_at"] == sent["contact"]["last_active_at"] == NOW + 2
    assert conversation["last_active_at"] == NOW + 2


def test_times_increase(client: Api) -> None:
    times = [client.contact()["created_at"] for _ in range(10)]
    assert times == list(range(NOW + 1, NOW + 11))


def test_other_sandboxes_clocks_do_not_move(client: Api, neighbour: Api) -> None:
    for _ in range(5):
        client.contact()
    assert present(neighbour) == NOW
    assert present(client) == NOW + 5


def test_new_sandbox_starts_at_fixtures_now(
    serve: Callable[..., Server], client_of: Callable[..., Api]
) -> None:
    server = serve()
    client_of(server, "any").contact()
    assert present(client_of(server, "sandbox_late")) == NOW


def test_clock_starts_at_the_fixtures_now(
    serve: Callable[..., Server], client_of: Callable[..., Api]
) -> None:
    user = {"id": "u" * 16, "username": "x", "phone_number": "1", "created_at": 900}
    fixtures = {"version": 1, "now": 0, "user": "u" * 16, "contacts": [user]}
    assert client_of(serve(fixtures=fixtures)).contact()["created_at"] == 1


def test_a_frozen_clock_stands_still(
    serve: Callable[..., Server], client_of: Callable[..., Api], numbers: Iterator[int]
) -> None:
    client = client_of(serve(Settings(clock="frozen")))
    assert [client.contact()["created_at"] for _ in range(3)] == [NOW] * 3
    sent = client.send(DIRECT)
    changed = client.change("messages", sent["id"], message="changed")
    assert changed["created_at"] == changed["updated_at"] == NOW


def test_real_clock_uses_the_machines_time(
    serve: Callable[..., Server], client_of: Callable[..., Api]
) -> None:
    client = client_of(serve(Settings(clock="real")))
    before = int(time.time())
    created_at = client.contact()["created_at"]
    assert before <= created_at <= int(time.time())
