"""The events that each endpoint emits (contract/reference.md, "Events and webhooks")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.resources import base
from tests.properties.model import name
from tests.properties.wsgi_client import WsgiClient, small_app
from tests.webhooks.receiver import Receiver
from tests.webhooks.webhook_client import CONVERSATION, FRANK, WebhookClient

GROUP, GROUP_TALK = "fprEZrh9IcdV51AS", "s4WycXedwhQrEFuM"
USER = "inEIRvzjC6YLMX3o"
#: A message with an attachment, and a pinned message.
MESSAGE, ATTACHMENT = "LoPsJaMcPBuFNjg1", "ezLKHiidXw66De92"
PINNED, PINNED_TALK = "ruxpkJcnb1O3dPFY", "fbwYwpi9C2ybt6Yb"
#: A contact and a group with two conversations each.
TWICE, TWICE_GROUP = "VYmwyVrujkXIjvEf", "WscwreW05x4T3ZCX"


def deleted(**counts: int) -> list[str]:
    """Return the event types of deletions, with the number of each kind."""
    return [f"{kind}.deleted" for kind, count in counts.items() for _ in range(count)]


def created(kind: str) -> list[str]:
    """Return the event types of creating a contact or a group with its conversation."""
    return [f"{kind}.created", "conversation.created"]


Case = tuple[str, str, Any, list[str]]
TABLE: list[Case] = [
    # the 25 endpoints
    ("GET", "contacts", None, []),
    ("POST", "contacts", {"username": "Buzz", "phone_number": "1"}, created("contact")),
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
    ("GET", f"conversations/{CONVERSATION}", None, []),
    ("PUT", f"conversations/{CONVERSATION}", {"is_muted": True}, ["conversation.updated"]),
    (
        "DELETE",
        f"conversations/{CONVERSATION}",
        None,
        deleted(attachment=3, message=7, conversation=1),
    ),
    ("GET", "groups", None, []),
    ("POST", "groups", {"name": "Plumbers"}, created("group")),
    ("GET", f"groups/{GROUP}", None, []),
    ("PUT", f"groups/{GROUP}", {"name": "Plumbers"}, ["group.updated"]),
    ("DELETE", f"groups/{GROUP}", None, deleted(attachment=8, message=72, conversation=1, group=1)),
    ("GET", "messages", None, []),
    ("POST", "messages", {"conversation_id": CONVERSATION, "message": "Hi"}, ["message.created"]),
    ("GET", f"messages/{MESSAGE}", None, []),
    ("PUT", f"messages/{MESSAGE}", {"message": "Hi"}, ["message.updated"]),
    ("DELETE", f"messages/{MESSAGE}", None, deleted(attachment=1, message=1)),
    ("GET", "attachments", None, []),
    ("POST", "attachments", {"file": "plan.pdf"}, ["attachment.created"]),
    ("GET", f"attachments/{ATTACHMENT}", None, []),
    ("PUT", f"attachments/{ATTACHMENT}", {"filename": "b.txt"}, ["attachment.updated"]),
    ("DELETE", f"attachments/{ATTACHMENT}", None, ["attachment.deleted"]),
    # consequences within another object emit no event
    ("DELETE", f"messages/{PINNED}", None, ["message.deleted"]),
    ("DELETE", f"conversations/{PINNED_TALK}", None, deleted(message=14, conversation=1)),
    ("POST", "attachments", {"file": "plan.pdf", "message_id": MESSAGE}, ["attachment.created"]),
    (
        "POST",
        "messages",
        {"conversation_id": CONVERSATION, "message": "", "attachments": [ATTACHMENT]},
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
    ("PUT", f"conversations/{CONVERSATION}", {"is_muted": False}, []),
    ("PUT", f"groups/{GROUP}", {"archived_at": None}, []),
    ("PUT", f"messages/{MESSAGE}", {}, []),
    ("PUT", f"attachments/{ATTACHMENT}", {}, []),
]


@pytest.mark.parametrize(("method", "path", "body", "types"), TABLE)
def test_an_endpoint_emits_its_events_once_in_order(
    webhooks: WebhookClient, receiver: Receiver, method: str, path: str, body: Any, types: list[str]
) -> None:
    webhooks.register(receiver.url)
    response = webhooks.client(method, f"/v1/{path}", json=body)
    assert response.status < 300, response.data
    webhooks.wait_until_idle()
    assert receiver.types == types
    kept = webhooks.events()
    assert [request.event for request in receiver.received] == [
        {name: event[name] for name in ("id", "type", "payload")} for event in kept
    ]
    cause = response.headers["X-Request-Id"]
    assert {event["request"] for event in kept} <= {cause}
    assert {delivery["request"] for delivery in webhooks.deliveries()} <= {cause}
    assert len(set(receiver.ids)) == len(receiver.ids)


def test_the_table_has_all_25_endpoints() -> None:
    def shape(path: str) -> str:
        return path.partition("/")[0] + ("/ID" if "/" in path else "")

    kinds = ("contacts", "conversations", "groups", "messages", "attachments")
    ways = (("GET", ""), ("POST", ""), ("GET", "/ID"), ("PUT", "/ID"), ("DELETE", "/ID"))
    endpoints = {(method, kind + rest) for kind in kinds for method, rest in ways}
    assert {(method, shape(path)) for method, path, _, _ in TABLE} == endpoints


def test_deletion_events_show_the_objects_before(
    webhooks: WebhookClient, receiver: Receiver
) -> None:
    before = webhooks.client.get(f"/v1/contacts/{FRANK}").json
    conversation = webhooks.client.get(f"/v1/conversations/{CONVERSATION}").json
    webhooks.register(receiver.url)
    webhooks.client.delete(f"/v1/contacts/{FRANK}")
    webhooks.wait_until_idle()
    *_, talk, contact = [request.event["payload"] for request in receiver.received]
    assert (talk, contact) == (conversation, before)


def test_events_of_a_large_deletion_equal_those_of_a_small_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def events(sandbox: str) -> list[Any]:
        client = WsgiClient(app, sandbox)
        for kind, number in (("group", 1), ("contact", 3), ("message", 13), ("conversation", 5)):
            client("DELETE", f"/v1/{kind}s/{name(kind, number)}")
        # Later changes, which the events must not show.
        client("PUT", f"/v1/contacts/{name('contact', 5)}", json={"display_name": "New"})
        client("POST", "/v1/contacts", json={"username": "Buzz", "phone_number": "1"})
        listed: list[Any] = client("GET", "/_sandbox/events?limit=1000").json["data"]
        return listed

    app = small_app()
    small = events("small")
    monkeypatch.setattr(base, "MAX_RENDERED", 0)
    assert events("large") == small
    assert {event["type"] for event in small} >= set(deleted(message=1, attachment=1, group=1))


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "contacts", {"username": "Buzz"}, 400),
        ("POST", "messages", {"conversation_id": "nowhere", "message": "Hi"}, 400),
        ("POST", "messages", {"conversation_id": CONVERSATION, "message": ""}, 400),
        ("PUT", f"messages/{MESSAGE}", {"mesage": "Hi"}, 400),
        ("PUT", f"contacts/{FRANK}", {"username": "Buzz"}, 400),
        ("PUT", "groups/nowhere", {"name": "Hi"}, 404),
        ("DELETE", "attachments/nowhere", None, 404),
        ("DELETE", f"contacts/{USER}", None, 409),
        ("PATCH", f"contacts/{FRANK}", {"display_name": "Uncle"}, 405),
    ],
)
def test_a_refused_request_emits_nothing(
    webhooks: WebhookClient, receiver: Receiver, method: str, path: str, body: Any, status: int
) -> None:
    webhooks.register(receiver.url)
    assert webhooks.client(method, f"/v1/{path}", json=body).status == status
    webhooks.wait_until_idle()
    assert webhooks.events() == webhooks.deliveries() == receiver.received == []


def reset_the_data(webhooks: WebhookClient) -> Any:
    return webhooks.client.post("/_sandbox/reset", json={"only": ["data"]})


def import_the_state(webhooks: WebhookClient) -> Any:
    return webhooks.client.put("/_sandbox/state", json=webhooks.client.get("/_sandbox/state").json)


def restore_a_snapshot(webhooks: WebhookClient) -> Any:
    webhooks.client.put("/_sandbox/snapshots/now", json={})
    return webhooks.client.post("/_sandbox/snapshots/now/restore", json={})


@pytest.mark.parametrize("act", [reset_the_data, import_the_state, restore_a_snapshot])
def test_reset_import_and_restore_emit_nothing(
    webhooks: WebhookClient, receiver: Receiver, act: Callable[[WebhookClient], Any]
) -> None:
    webhooks.register(receiver.url)
    webhooks.send_message()
    webhooks.wait_until_idle()
    response = act(webhooks)
    assert response.status == 200, response.data
    webhooks.wait_until_idle()
    assert receiver.types == ["message.created"]
    # The webhooks remain.
    webhooks.send_message()
    webhooks.wait_until_idle()
    assert len(receiver.received) == 2


def test_events_are_filtered_by_since_and_type(webhooks: WebhookClient) -> None:
    webhooks.client.post("/v1/contacts", json={"username": "Buzz", "phone_number": "1"})
    webhooks.send_message()
    contact, conversation, message = webhooks.events()
    assert [event["type"] for event in webhooks.events(f"since={contact['id']}")] == [
        "conversation.created",
        "message.created",
    ]
    assert webhooks.events("type=*.created") == [contact, conversation, message]
    assert webhooks.events(f"type=message.*&since={contact['id']}") == [message]
    page = webhooks.client.get("/_sandbox/events?limit=1").json
    assert page == {"has_more": True, "evicted": 0, "data": [contact]}
    webhooks.client.get("/_sandbox/events?since=nothing").refused(400, "since", "'nothing'")
    webhooks.client.get("/_sandbox/events?typ=x").refused(400, "typ")
