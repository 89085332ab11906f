"""Which events each endpoint emits (reference, "Events and webhooks"): those, in order, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.webhooks.receiver import Receiver
from tests.webhooks.webhook_client import FRANK, TALK, Hooks

GROUP, GROUP_TALK = "fprEZrh9IcdV51AS", "s4WycXedwhQrEFuM"
USER = "inEIRvzjC6YLMX3o"
#: A message with an attachment, and a message of two of a conversation that nothing else is in.
MESSAGE, ATTACHMENT = "LoPsJaMcPBuFNjg1", "ezLKHiidXw66De92"
PINNED, PINNED_TALK = "ruxpkJcnb1O3dPFY", "fbwYwpi9C2ybt6Yb"
#: Two conversations are with this contact, and two are of this group.
TWICE, TWICE_GROUP = "VYmwyVrujkXIjvEf", "WscwreW05x4T3ZCX"


def deleted(**counts: int) -> list[str]:
    """The types of the events of deletions, so many of each kind."""
    return [f"{kind}.deleted" for kind, count in counts.items() for _ in range(count)]


def made(kind: str) -> list[str]:
    """The types of the events of a contact or a group, which comes with a conversation."""
    return [f"{kind}.created", "conversation.created"]


Case = tuple[str, str, Any, list[str]]
TABLE: list[Case] = [
    # the 25 endpoints
    ("GET", "contacts", None, []),
    ("POST", "contacts", {"username": "Buzz", "phone_number": "1"}, made("contact")),
    ("GET", f"contacts/{FRANK}", None, []),
    ("PUT", f"contacts/{FRANK}", {"display_name": "Uncle"}, ["contact.updated"]),
    (
        "DELETE",
        f"contacts/{FRANK}",
        None,
        deleted(attachment=3, message=7, conversation=1, contact=1),
    ),
    ("GET", "conversations", None, []),
    ("POST", "conversations", {"contact_id": FRANK}, ["conversation.created"]),
    ("GET", f"conversations/{TALK}", None, []),
    ("PUT", f"conversations/{TALK}", {"is_muted": True}, ["conversation.updated"]),
    ("DELETE", f"conversations/{TALK}", None, deleted(attachment=3, message=7, conversation=1)),
    ("GET", "groups", None, []),
    ("POST", "groups", {"name": "Plumbers"}, made("group")),
    ("GET", f"groups/{GROUP}", None, []),
    ("PUT", f"groups/{GROUP}", {"name": "Plumbers"}, ["group.updated"]),
    ("DELETE", f"groups/{GROUP}", None, deleted(attachment=8, message=72, conversation=1, group=1)),
    ("GET", "messages", None, []),
    ("POST", "messages", {"conversation_id": TALK, "message": "Hi"}, ["message.created"]),
    ("GET", f"messages/{MESSAGE}", None, []),
    ("PUT", f"messages/{MESSAGE}", {"message": "Hi"}, ["message.updated"]),
    ("DELETE", f"messages/{MESSAGE}", None, deleted(attachment=1, message=1)),
    ("GET", "attachments", None, []),
    ("POST", "attachments", {"file": "plan.pdf"}, ["attachment.created"]),
    ("GET", f"attachments/{ATTACHMENT}", None, []),
    ("PUT", f"attachments/{ATTACHMENT}", {"filename": "b.txt"}, ["attachment.updated"]),
    ("DELETE", f"attachments/{ATTACHMENT}", None, ["attachment.deleted"]),
    # what merely follows inside another object
    ("DELETE", f"messages/{PINNED}", None, ["message.deleted"]),
    ("DELETE", f"conversations/{PINNED_TALK}", None, deleted(message=14, conversation=1)),
    ("POST", "attachments", {"file": "plan.pdf", "message_id": MESSAGE}, ["attachment.created"]),
    (
        "POST",
        "messages",
        {"conversation_id": TALK, "message": "", "attachments": [ATTACHMENT]},
        ["message.created"],
    ),
    ("PUT", f"messages/{MESSAGE}", {"attachments": [ATTACHMENT]}, ["message.updated"]),
    ("PUT", f"groups/{GROUP}", {"contacts": [FRANK]}, ["group.updated"]),
    # cascades
    (
        "DELETE",
        f"contacts/{TWICE}",
        None,
        deleted(attachment=1, message=21, conversation=2, contact=1),
    ),
    (
        "DELETE",
        f"groups/{TWICE_GROUP}",
        None,
        deleted(attachment=5, message=10, conversation=2, group=1),
    ),
    # updates that change nothing
    ("PUT", f"contacts/{FRANK}", {}, []),
    ("PUT", f"conversations/{TALK}", {"is_muted": False}, []),
    ("PUT", f"groups/{GROUP}", {"archived_at": None}, []),
    ("PUT", f"messages/{MESSAGE}", {}, []),
    ("PUT", f"attachments/{ATTACHMENT}", {}, []),
]


@pytest.mark.parametrize(("method", "path", "body", "types"), TABLE)
def test_an_endpoint_emits_its_events_in_order_and_once(
    hooks: Hooks, receiver: Receiver, method: str, path: str, body: Any, types: list[str]
) -> None:
    hooks.register(receiver.url)
    answer = hooks.client(method, f"/v1/{path}", json=body)
    assert answer.status < 300, answer.data
    hooks.settle()
    assert receiver.types == types
    kept = hooks.events()
    assert [each.event for each in receiver.received] == [
        {name: each[name] for name in ("id", "type", "payload")} for each in kept
    ]
    cause = answer.headers["X-Request-Id"]
    assert {each["request"] for each in kept} <= {cause}
    assert {each["request"] for each in hooks.deliveries()} <= {cause}
    assert len(set(receiver.ids)) == len(receiver.ids)


def test_the_table_has_all_25_endpoints() -> None:
    def shape(path: str) -> str:
        return path.partition("/")[0] + ("/ID" if "/" in path else "")

    kinds = ("contacts", "conversations", "groups", "messages", "attachments")
    ways = (("GET", ""), ("POST", ""), ("GET", "/ID"), ("PUT", "/ID"), ("DELETE", "/ID"))
    endpoints = {(method, kind + rest) for kind in kinds for method, rest in ways}
    assert {(method, shape(path)) for method, path, _, _ in TABLE} == endpoints


def test_a_deletion_shows_each_object_as_it_was_before(hooks: Hooks, receiver: Receiver) -> None:
    before = hooks.client.get(f"/v1/contacts/{FRANK}").json
    conversation = hooks.client.get(f"/v1/conversations/{TALK}").json
    hooks.register(receiver.url)
    hooks.client.delete(f"/v1/contacts/{FRANK}")
    hooks.settle()
    *_, talk, contact = [each.event["payload"] for each in receiver.received]
    assert (talk, contact) == (conversation, before)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "contacts", {"username": "Buzz"}, 400),
        ("POST", "messages", {"conversation_id": "nowhere", "message": "Hi"}, 400),
        ("POST", "messages", {"conversation_id": TALK, "message": ""}, 400),
        ("PUT", f"messages/{MESSAGE}", {"mesage": "Hi"}, 400),
        ("PUT", f"contacts/{FRANK}", {"username": "Buzz"}, 400),
        ("PUT", "groups/nowhere", {"name": "Hi"}, 404),
        ("DELETE", "attachments/nowhere", None, 404),
        ("DELETE", f"contacts/{USER}", None, 409),
        ("PATCH", f"contacts/{FRANK}", {"display_name": "Uncle"}, 405),
    ],
)
def test_a_refused_request_emits_nothing(
    hooks: Hooks, receiver: Receiver, method: str, path: str, body: Any, status: int
) -> None:
    hooks.register(receiver.url)
    assert hooks.client(method, f"/v1/{path}", json=body).status == status
    hooks.settle()
    assert hooks.events() == hooks.deliveries() == receiver.received == []


def reset_the_data(hooks: Hooks) -> Any:
    return hooks.client.post("/_sandbox/reset", json={"only": ["data"]})


def import_the_state(hooks: Hooks) -> Any:
    return hooks.client.put("/_sandbox/state", json=hooks.client.get("/_sandbox/state").json)


def restore_a_snapshot(hooks: Hooks) -> Any:
    hooks.client.put("/_sandbox/snapshots/now", json={})
    return hooks.client.post("/_sandbox/snapshots/now/restore", json={})


@pytest.mark.parametrize("act", [reset_the_data, import_the_state, restore_a_snapshot])
def test_who_sets_the_stage_emits_nothing(
    hooks: Hooks, receiver: Receiver, act: Callable[[Hooks], Any]
) -> None:
    hooks.register(receiver.url)
    hooks.say()
    hooks.settle()
    answer = act(hooks)
    assert answer.status == 200, answer.data
    hooks.settle()
    assert receiver.types == ["message.created"]
    # The webhooks are still there.
    hooks.say()
    hooks.settle()
    assert len(receiver.received) == 2


def test_events_are_listed_after_one_and_by_type(hooks: Hooks) -> None:
    hooks.client.post("/v1/contacts", json={"username": "Buzz", "phone_number": "1"})
    hooks.say()
    contact, conversation, message = hooks.events()
    assert [each["type"] for each in hooks.events(f"since={contact['id']}")] == [
        "conversation.created",
        "message.created",
    ]
    assert hooks.events("type=*.created") == [contact, conversation, message]
    assert hooks.events(f"type=message.*&since={contact['id']}") == [message]
    page = hooks.client.get("/_sandbox/events?limit=1").json
    assert page == {"has_more": True, "evicted": 0, "data": [contact]}
    hooks.client.get("/_sandbox/events?since=nothing").refused(400, "since", "'nothing'")
    hooks.client.get("/_sandbox/events?typ=x").refused(400, "typ")
