"""Events, webhooks, deliveries and delivery rules from Python, in the process and over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from mockserver import Sandbox
from mockserver.errors import ApiError
from tests.client.acting import delivered, hook, say

HOLD = {"type": "hold"}


def heard(box: Sandbox) -> list[str]:
    """The types of the events that have come to the inbox, in order."""
    return [each["event"]["type"] for each in box.inbox("hooks")["data"]]


def test_events_name_their_request_and_come_after_another(box: Sandbox) -> None:
    first = say(box)
    box.simulate_active("Cliff")
    said, active = box.events()
    assert (said["type"], said["request"]) == ("message.created", first)
    assert box.events(type="contact.*") == box.events(since=said["id"]) == [active]


def test_a_webhook_shows_its_secret_once_and_is_changed_and_deleted(box: Sandbox) -> None:
    url = box.inbox_url("hooks")
    made = box.create_webhook(url, name="all")
    shown = box.webhook(made["id"])
    assert made["secret"].startswith("whsec_")
    assert shown == {**made, "secret": f"…{made['secret'][-4:]}"}
    changed = box.update_webhook(
        made["id"], events=["group.*"], name="groups", secret="quite another"
    )
    assert changed == {**shown, "events": ["group.*"], "name": "groups", "secret": "…ther"}
    assert box.webhooks() == [changed]
    assert box.delete_webhook(made["id"]) == {"deleted": made["id"]}
    assert box.webhooks() == []


def test_a_webhook_that_is_not_enabled_is_told_nothing(box: Sandbox) -> None:
    box.create_webhook(box.inbox_url("hooks"), enabled=False)
    say(box)
    assert box.wait_for_deliveries()["settled"]
    assert box.deliveries() == []


def test_a_delivery_arrives_signed_and_once_more_when_asked(box: Sandbox) -> None:
    box.configure_inbox("hooks", secret="s3cret")
    found = box.delivery(delivered(box))
    assert (found["state"], found["attempts"][0]["response"]["status"]) == ("delivered", 200)
    assert box.redeliver(found["id"])["attempts"] == 1
    assert box.wait_for_deliveries()["data"][0]["attempts"] == 2
    assert [each["verified"] for each in box.inbox("hooks")["data"]] == [True, True]


def test_what_has_failed_is_sent_once_more(box: Sandbox) -> None:
    hook(box)
    box.configure_inbox("hooks", answers=[410])
    say(box)
    assert box.wait_for_deliveries()["counts"]["failed"] == 1
    [webhook] = box.webhooks()
    assert not webhook["enabled"]
    box.update_webhook(webhook["id"], enabled=True)
    box.configure_inbox("hooks", answers=[200])
    assert box.redeliver_failed(since=box.clock()["now"] + 1) == []
    assert [each["attempts"] for each in box.redeliver_failed()] == [1]
    assert box.wait_for_deliveries({"state": "delivered"}, at_least=1)["settled"]


def test_every_delivery_is_listed_page_by_page_or_those_that_match(box: Sandbox) -> None:
    hook(box)
    # Dropped at once: nothing has to be sent for an entry in the log.
    box.set_delivery_rules([{"action": {"type": "drop"}}])
    count = 1003
    for _ in range(count):
        box.trigger("message.created")
    found = box.deliveries()
    assert [each["id"] for each in found] == [f"delivery_{1 + n}" for n in range(count)]
    assert box.deliveries(since="delivery_1001") == found[1001:]
    assert box.deliveries(limit=2) == found[:2]
    assert box.deliveries(state="dropped", event=found[7]["event"]) == [found[7]]


def test_held_deliveries_go_out_when_released(box: Sandbox) -> None:
    box.create_webhook(box.inbox_url("hooks"))
    rules = [{"events": ["message.*", "group.created"], "action": HOLD}]
    assert box.set_delivery_rules(rules) == box.delivery_rules() == rules
    say(box)
    box.simulate_active("Cliff")
    say(box)
    assert box.wait_for_deliveries()["counts"]["held"] == 2
    assert heard(box) == ["contact.updated"]
    assert [each["state"] for each in box.release()] == ["delivered"]
    assert heard(box) == ["contact.updated", "message.created"]
    assert box.clear_delivery_rules() == {"removed": 1}
    say(box)
    box.wait_for_deliveries()
    assert len(box.release(count=5)) == 1
    assert len(heard(box)) == 4


def test_retries_are_awaited_by_advancing(box: Sandbox) -> None:
    hook(box)
    box.configure_inbox("hooks", answers=["hang_up", 500, 200])
    say(box)
    waited = box.wait_for_deliveries()
    assert waited["next_due"] == waited["data"][0]["at"] + 5
    fired = box.advance(300)["fired"]
    assert [each["state"] for each in fired] == ["retrying", "delivered"]
    assert box.wait_for_deliveries()["next_due"] is None


def test_a_wait_is_over_when_its_time_is(box: Sandbox) -> None:
    assert not box.wait_for_deliveries({"type": "group.created"}, timeout=0)["settled"]


def test_a_trigger_sends_what_never_happened(box: Sandbox) -> None:
    hook(box)
    event = box.trigger("message.created", {"message": "Grüße"})
    assert event["payload"]["message"] == "Grüße"
    box.wait_for_deliveries()
    assert box.inbox("hooks")["data"][0]["event"] == event
    assert box.events() == []


@pytest.mark.parametrize(
    ("ask", "status", "said"),
    [
        (lambda box: box.create_webhook("http://192.0.2.1/"), 400, "which is not this machine"),
        (lambda box: box.create_webhook("here"), 400, "url"),
        (lambda box: box.create_webhook("http://127.0.0.1/", events=["mesage.*"]), 400, "events[0"),
        (lambda box: box.webhook("a/b"), 404, "there is nothing at"),
        (lambda box: box.update_webhook("webhook_9", name="a"), 404, "no webhook 'webhook_9'"),
        (lambda box: box.delivery("delivery_9"), 404, "no delivery 'delivery_9'"),
        (lambda box: box.redeliver("delivery_9"), 404, "no delivery 'delivery_9'"),
        (lambda box: box.deliveries(stat="held"), 400, "did you mean 'state'?"),
        (lambda box: box.set_delivery_rules([{"action": "hide"}]), 400, "data[0].action"),
        (lambda box: box.release(count=0), 400, "count: must be"),
        (lambda box: box.trigger("message.sent"), 400, "type: must be one of"),
        (
            lambda box: box.trigger("group.created", {"a": "\ud800"}),
            400,
            "override: str is not val",
        ),
        (lambda box: box.trigger("group.created", {"a": 2**64}), 400, "override: Integer exceeds"),
        (lambda box: box.events(since="a"), 400, "there is no event 'a'"),
    ],
)
def test_a_refusal_is_raised_and_changes_nothing(
    box: Sandbox, ask: Callable[[Sandbox], Any], status: int, said: str
) -> None:
    with pytest.raises(ApiError, match=re.escape(said)) as caught:
        ask(box)
    assert caught.value.status == status
    assert (box.webhooks(), box.deliveries(), box.delivery_rules()) == ([], [], [])
