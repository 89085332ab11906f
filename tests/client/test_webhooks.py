"""Events, webhooks, deliveries and delivery rules from Python, in the process and over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from mockserver import ApiError, Sandbox
from tests.client.helpers import delivered, hook, say

HOLD = {"type": "hold"}


def heard(box: Sandbox) -> list[str]:
    """The types of the events that have come to the inbox, in order."""
    return [each["event"]["type"] for each in box.inboxes.get("hooks")["data"]]


def test_events_name_their_request_and_come_after_another(box: Sandbox) -> None:
    first = say(box)
    box.simulate.active("Cliff")
    said, active = box.events.list()
    assert (said["type"], said["request"]) == ("message.created", first)
    assert box.events.list(type="contact.*") == box.events.list(since=said["id"]) == [active]


def test_a_webhook_shows_its_secret_once_and_is_changed_and_deleted(box: Sandbox) -> None:
    url = box.inboxes.url("hooks")
    made = box.webhooks.create(url, name="all")
    shown = box.webhooks.get(made["id"])
    assert made["secret"].startswith("whsec_")
    assert shown == {**made, "secret": f"…{made['secret'][-4:]}"}
    changed = box.webhooks.update(
        made["id"], events=["group.*"], name="groups", secret="quite another"
    )
    assert changed == {**shown, "events": ["group.*"], "name": "groups", "secret": "…ther"}
    assert box.webhooks.list() == [changed]
    assert box.webhooks.delete(made["id"]) == {"deleted": made["id"]}
    assert box.webhooks.list() == []


def test_a_webhook_that_is_not_enabled_is_told_nothing(box: Sandbox) -> None:
    box.webhooks.create(box.inboxes.url("hooks"), enabled=False)
    say(box)
    assert box.deliveries.wait()["settled"]
    assert box.deliveries.list() == []


def test_a_delivery_arrives_signed_and_once_more_when_asked(box: Sandbox) -> None:
    box.inboxes.configure("hooks", secret="s3cret")
    found = box.deliveries.get(delivered(box))
    response = found["attempts"][0]["response"]
    assert response is not None
    assert (found["state"], response["status"]) == ("delivered", 200)
    assert box.deliveries.redeliver(found["id"])["attempts"] == 1
    assert box.deliveries.wait()["data"][0]["attempts"] == 2
    assert [each["verified"] for each in box.inboxes.get("hooks")["data"]] == [True, True]


def test_what_has_failed_is_sent_once_more(box: Sandbox) -> None:
    hook(box)
    box.inboxes.configure("hooks", answers=[410])
    say(box)
    assert box.deliveries.wait()["counts"]["failed"] == 1
    [webhook] = box.webhooks.list()
    assert not webhook["enabled"]
    box.webhooks.update(webhook["id"], enabled=True)
    box.inboxes.configure("hooks", answers=[200])
    assert box.deliveries.redeliver_failed(since=box.clock.get()["now"] + 1) == []
    assert [each["attempts"] for each in box.deliveries.redeliver_failed()] == [1]
    assert box.deliveries.wait({"state": "delivered"}, at_least=1)["settled"]


def test_every_delivery_is_listed_page_by_page_or_those_that_match(box: Sandbox) -> None:
    hook(box)
    # Dropped at once: nothing has to be sent for an entry in the log.
    box.webhooks.set_delivery_rules([{"action": {"type": "drop"}}])
    count = 1003
    for _ in range(count):
        box.webhooks.trigger("message.created")
    found = box.deliveries.list()
    assert [each["id"] for each in found] == [f"delivery_{1 + n}" for n in range(count)]
    assert box.deliveries.list(since="delivery_1001") == found[1001:]
    assert box.deliveries.list(limit=2) == found[:2]
    assert box.deliveries.list(state="dropped", event=found[7]["event"]) == [found[7]]


def test_held_deliveries_go_out_when_released(box: Sandbox) -> None:
    box.webhooks.create(box.inboxes.url("hooks"))
    rules = [{"events": ["message.*", "group.created"], "action": HOLD}]
    assert box.webhooks.set_delivery_rules(rules) == box.webhooks.rules() == rules
    say(box)
    box.simulate.active("Cliff")
    say(box)
    assert box.deliveries.wait()["counts"]["held"] == 2
    assert heard(box) == ["contact.updated"]
    assert [each["state"] for each in box.deliveries.release()] == ["delivered"]
    assert heard(box) == ["contact.updated", "message.created"]
    assert box.webhooks.clear_delivery_rules() == {"removed": 1}
    say(box)
    box.deliveries.wait()
    assert len(box.deliveries.release(count=5)) == 1
    assert len(heard(box)) == 4


def test_retries_are_awaited_by_advancing(box: Sandbox) -> None:
    hook(box)
    box.inboxes.configure("hooks", answers=["hang_up", 500, 200])
    say(box)
    waited = box.deliveries.wait()
    assert waited["next_due"] == waited["data"][0]["at"] + 5
    fired = box.clock.advance(300)["fired"]
    assert [each["state"] for each in fired] == ["retrying", "delivered"]
    assert box.deliveries.wait()["next_due"] is None


def test_a_wait_is_over_when_its_time_is(box: Sandbox) -> None:
    assert not box.deliveries.wait({"type": "group.created"}, timeout=0)["settled"]


def test_a_trigger_sends_what_never_happened(box: Sandbox) -> None:
    hook(box)
    event = box.webhooks.trigger("message.created", {"message": "Grüße"})
    assert event["payload"]["message"] == "Grüße"
    box.deliveries.wait()
    assert box.inboxes.get("hooks")["data"][0]["event"] == event
    assert box.events.list() == []


@pytest.mark.parametrize(
    ("ask", "status", "said"),
    [
        (lambda box: box.webhooks.create("http://192.0.2.1/"), 400, "which is not this machine"),
        (lambda box: box.webhooks.create("here"), 400, "url"),
        (
            lambda box: box.webhooks.create("http://127.0.0.1/", events=["mesage.*"]),
            400,
            "events[0",
        ),
        (lambda box: box.webhooks.get("a/b"), 404, "there is nothing at"),
        (lambda box: box.webhooks.update("webhook_9", name="a"), 404, "no webhook 'webhook_9'"),
        (lambda box: box.deliveries.get("delivery_9"), 404, "no delivery 'delivery_9'"),
        (lambda box: box.deliveries.redeliver("delivery_9"), 404, "no delivery 'delivery_9'"),
        (lambda box: box.deliveries.list(stat="held"), 400, "did you mean 'state'?"),
        (lambda box: box.webhooks.set_delivery_rules([{"action": "hide"}]), 400, "data[0].action"),
        (lambda box: box.deliveries.release(count=0), 400, "count: must be"),
        (lambda box: box.webhooks.trigger("message.sent"), 400, "type: must be one of"),
        (
            lambda box: box.webhooks.trigger("group.created", {"a": "\ud800"}),
            400,
            "override: str is not val",
        ),
        (
            lambda box: box.webhooks.trigger("group.created", {"a": 2**64}),
            400,
            "override: Integer exceeds",
        ),
        (lambda box: box.events.list(since="a"), 400, "there is no event 'a'"),
    ],
)
def test_a_refusal_is_raised_and_changes_nothing(
    box: Sandbox, ask: Callable[[Sandbox], Any], status: int, said: str
) -> None:
    with pytest.raises(ApiError, match=re.escape(said)) as caught:
        ask(box)
    assert caught.value.status == status
    assert (box.webhooks.list(), box.deliveries.list(), box.webhooks.rules()) == ([], [], [])
