"""Events, webhooks, deliveries and delivery rules, in process and over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from mockserver import ApiError, Sandbox
from tests.client.helpers import create_delivery, create_webhook, send_message

HOLD = {"type": "hold"}


def received_types(box: Sandbox) -> list[str]:
    """Return the types of the events in the inbox, in order."""
    return [message["event"]["type"] for message in box.inboxes.get("hooks")["data"]]


def test_events_name_their_request_and_are_filtered(box: Sandbox) -> None:
    first = send_message(box)
    box.simulate.active("Cliff")
    created, active = box.events.list()
    assert (created["type"], created["request"]) == ("message.created", first)
    assert box.events.list(type="contact.*") == box.events.list(since=created["id"]) == [active]


def test_a_webhook_is_created_updated_and_deleted(box: Sandbox) -> None:
    url = box.inboxes.url("hooks")
    webhook = box.webhooks.create(url, name="all")
    masked = box.webhooks.get(webhook["id"])
    assert webhook["secret"].startswith("whsec_")
    assert masked == {**webhook, "secret": f"…{webhook['secret'][-4:]}"}
    changed = box.webhooks.update(
        webhook["id"], events=["group.*"], name="groups", secret="quite another"
    )
    assert changed == {**masked, "events": ["group.*"], "name": "groups", "secret": "…ther"}
    assert box.webhooks.list() == [changed]
    assert box.webhooks.delete(webhook["id"]) == {"deleted": webhook["id"]}
    assert box.webhooks.list() == []


def test_a_disabled_webhook_receives_nothing(box: Sandbox) -> None:
    box.webhooks.create(box.inboxes.url("hooks"), enabled=False)
    send_message(box)
    assert box.deliveries.wait()["settled"]
    assert box.deliveries.list() == []


def test_a_delivery_is_signed_and_can_be_redelivered(box: Sandbox) -> None:
    box.inboxes.configure("hooks", secret="s3cret")
    delivery = box.deliveries.get(create_delivery(box))
    response = delivery["attempts"][0]["response"]
    assert response is not None
    assert (delivery["state"], response["status"]) == ("delivered", 200)
    assert box.deliveries.redeliver(delivery["id"])["attempts"] == 1
    assert box.deliveries.wait()["data"][0]["attempts"] == 2
    assert [message["verified"] for message in box.inboxes.get("hooks")["data"]] == [True, True]


def test_failed_deliveries_are_redelivered(box: Sandbox) -> None:
    create_webhook(box)
    box.inboxes.configure("hooks", answers=[410])
    send_message(box)
    assert box.deliveries.wait()["counts"]["failed"] == 1
    [webhook] = box.webhooks.list()
    assert not webhook["enabled"]
    box.webhooks.update(webhook["id"], enabled=True)
    box.inboxes.configure("hooks", answers=[200])
    assert box.deliveries.redeliver_failed(since=box.clock.get()["now"] + 1) == []
    assert [delivery["attempts"] for delivery in box.deliveries.redeliver_failed()] == [1]
    assert box.deliveries.wait({"state": "delivered"}, at_least=1)["settled"]


def test_deliveries_are_listed_page_by_page_and_filtered(box: Sandbox) -> None:
    for number in range(17):
        box.webhooks.create(box.inboxes.url(f"hooks{number}"))
    # Dropped deliveries are logged without being sent, which is fast.
    box.webhooks.set_delivery_rules([{"action": {"type": "drop"}}])
    count = 17 * 59  # 1003
    for _ in range(59):
        box.webhooks.trigger("message.created")
    deliveries = box.deliveries.list()
    assert [item["id"] for item in deliveries] == [f"delivery_{1 + n}" for n in range(count)]
    assert box.deliveries.list(since="delivery_1001") == deliveries[1001:]
    assert box.deliveries.list(limit=2) == deliveries[:2]
    assert box.deliveries.list(state="dropped", event=deliveries[17]["event"]) == deliveries[17:34]


def test_held_deliveries_go_out_when_released(box: Sandbox) -> None:
    box.webhooks.create(box.inboxes.url("hooks"))
    rules = [{"events": ["message.*", "group.created"], "action": HOLD}]
    assert box.webhooks.set_delivery_rules(rules) == box.webhooks.rules() == rules
    send_message(box)
    box.simulate.active("Cliff")
    send_message(box)
    assert box.deliveries.wait()["counts"]["held"] == 2
    assert received_types(box) == ["contact.updated"]
    assert [delivery["state"] for delivery in box.deliveries.release()] == ["delivered"]
    assert received_types(box) == ["contact.updated", "message.created"]
    assert box.webhooks.clear_delivery_rules() == {"removed": 1}
    send_message(box)
    box.deliveries.wait()
    assert len(box.deliveries.release(count=5)) == 1
    assert len(received_types(box)) == 4


def test_retries_are_awaited_by_advancing(box: Sandbox) -> None:
    create_webhook(box)
    box.inboxes.configure("hooks", answers=["hang_up", 500, 200])
    send_message(box)
    waited = box.deliveries.wait()
    assert waited["next_due"] == waited["data"][0]["at"] + 5
    fired = box.clock.advance(300)["fired"]
    assert [entry["state"] for entry in fired] == ["retrying", "delivered"]
    assert box.deliveries.wait()["next_due"] is None


def test_a_wait_ends_after_its_timeout(box: Sandbox) -> None:
    assert not box.deliveries.wait({"type": "group.created"}, timeout=0)["settled"]


def test_a_trigger_sends_an_event_without_a_change(box: Sandbox) -> None:
    create_webhook(box)
    event = box.webhooks.trigger("message.created", {"message": "Grüße"})
    assert event["payload"]["message"] == "Grüße"
    box.deliveries.wait()
    assert box.inboxes.get("hooks")["data"][0]["event"] == event
    assert box.events.list() == []


@pytest.mark.parametrize(
    ("ask", "status", "message"),
    [
        (lambda box: box.webhooks.create("http://192.0.2.1/"), 400, "which is not this machine"),
        (lambda box: box.webhooks.create("here"), 400, "url"),
        (
            lambda box: box.webhooks.create("http://127.0.0.1/", events=["mesage.*"]),
            400,
            "events[0",
        ),
        (lambda box: box.webhooks.get("a/b"), 404, "no endpoint at"),
        (
            lambda box: box.webhooks.update("webhook_9", name="a"),
            404,
            "unknown webhook 'webhook_9'",
        ),
        (lambda box: box.deliveries.get("delivery_9"), 404, "no delivery 'delivery_9'"),
        (lambda box: box.deliveries.redeliver("delivery_9"), 404, "no delivery 'delivery_9'"),
        (lambda box: box.deliveries.list(stat="held"), 400, "did you mean 'state'?"),
        (lambda box: box.webhooks.set_delivery_rules([{"action": "hide"}]), 400, "data[0].action"),
        (lambda box: box.deliveries.release(count=0), 400, "count: must be"),
        (lambda box: box.webhooks.trigger("message.sent"), 400, "type: must be one of"),
        (
            lambda box: box.webhooks.trigger("group.created", {"a": "\ud800"}),
            400,
            "override: is not valid Unicode",
        ),
        (
            lambda box: box.webhooks.trigger("group.created", {"a": 2**64}),
            400,
            "override: Integer exceeds",
        ),
        (lambda box: box.events.list(since="a"), 400, "the journal has no event 'a'"),
    ],
)
def test_an_error_response_is_raised_and_changes_nothing(
    box: Sandbox, ask: Callable[[Sandbox], Any], status: int, message: str
) -> None:
    with pytest.raises(ApiError, match=re.escape(message)) as caught:
        ask(box)
    assert caught.value.status == status
    assert (box.webhooks.list(), box.deliveries.list(), box.webhooks.rules()) == ([], [], [])
