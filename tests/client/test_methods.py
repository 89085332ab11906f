"""Every endpoint of the control API has a method of the client."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from mockserver import MockServer, Sandbox
from mockserver.web.control.context import Route
from mockserver.web.control.routes import ROOT, ROUTES
from tests.client.helpers import (
    CONVERSATION,
    ERROR,
    GROUP,
    create_delivery,
    create_webhook,
    post_to_inbox,
    receive_message,
    send_message,
)

#: The call of the client for each operation of the control API.
METHODS: dict[str, Callable[[MockServer, Sandbox], Any]] = {
    "overview": lambda server, box: server.overview(),
    "health": lambda server, box: server.health(),
    "ready": lambda server, box: server.ready(),
    "openapi": lambda server, box: server.openapi(),
    "fidelity": lambda server, box: server.fidelity(basis="decided"),
    "list_sandboxes": lambda server, box: server.sandboxes(),
    "create_sandbox": lambda server, box: server.sandbox("another").delete(),
    "retrieve_sandbox": lambda server, box: box.overview(),
    "delete_sandbox": lambda server, box: server.sandbox("another").delete(),
    "reset": lambda server, box: box.reset(),
    "retrieve_counters": lambda server, box: box.counters(),
    "list_conversations": lambda server, box: box.conversations.list(limit=1),
    "retrieve_conversation": lambda server, box: box.conversations.get(CONVERSATION),
    "list_conversation_messages": lambda server, box: box.conversations.messages(
        CONVERSATION, limit=1
    ),
    "simulate_message": lambda server, box: box.simulate.message("Cliff", "Hm."),
    "simulate_edit": lambda server, box: box.simulate.edit(receive_message(box), "Hm!"),
    "simulate_delete": lambda server, box: box.simulate.delete(receive_message(box)),
    "simulate_react": lambda server, box: box.simulate.react("Cliff", receive_message(box), "joy"),
    "simulate_unreact": lambda server, box: box.simulate.unreact(
        "Cliff", receive_message(box), "joy"
    ),
    "simulate_read": lambda server, box: box.simulate.read(
        "Cliff", message_id=receive_message(box)
    ),
    "simulate_active": lambda server, box: box.simulate.active("Cliff"),
    "simulate_join": lambda server, box: box.simulate.join("Cliff", GROUP),
    "simulate_leave": lambda server, box: box.simulate.leave("Cliff", GROUP),
    "simulate_open": lambda server, box: box.simulate.open(CONVERSATION),
    "retrieve_bots": lambda server, box: (box.bots.start("office"), box.bots.get()),
    "replace_bots": lambda server, box: box.bots.start(box.bots.scripts()[0], seed=7),
    "delete_bots": lambda server, box: (box.bots.start("office"), box.bots.stop()),
    "list_bot_scripts": lambda server, box: box.bots.scripts(),
    "retrieve_transcript": lambda server, box: (box.bots.start("office"), box.bots.transcript()),
    "retrieve_state": lambda server, box: box.state.export(),
    "replace_state": lambda server, box: box.state.load(box.state.export()),
    "list_snapshots": lambda server, box: box.snapshots.list(),
    "take_snapshot": lambda server, box: box.snapshots.take("a"),
    "restore_snapshot": lambda server, box: (box.snapshots.take("a"), box.snapshots.restore("a")),
    "delete_snapshot": lambda server, box: (box.snapshots.take("a"), box.snapshots.delete("a")),
    "retrieve_clock": lambda server, box: box.clock.get(),
    "replace_clock": lambda server, box: box.clock.set("frozen"),
    "advance_clock": lambda server, box: box.clock.advance(1),
    "list_strays": lambda server, box: box.journal.strays(),
    "list_requests": lambda server, box: box.journal.list(),
    "retrieve_request": lambda server, box: box.journal.get(send_message(box)),
    "remove_requests": lambda server, box: box.journal.clear(),
    "verify_requests": lambda server, box: box.journal.verify(count=0),
    "await_requests": lambda server, box: box.journal.wait(count=0),
    "list_changes": lambda server, box: box.journal.changes(),
    "list_faults": lambda server, box: box.faults.list(),
    "create_fault": lambda server, box: box.faults.add("EMPTY_RESPONSE"),
    "replace_faults": lambda server, box: box.faults.replace_all([]),
    "delete_faults": lambda server, box: box.faults.clear(),
    "retrieve_fault": lambda server, box: (box.faults.add(ERROR, id="a"), box.faults.get("a")),
    "replace_fault": lambda server, box: (
        box.faults.add(ERROR, id="a"),
        box.faults.replace("a", ERROR),
    ),
    "delete_fault": lambda server, box: (box.faults.add(ERROR, id="a"), box.faults.delete("a")),
    "retrieve_rate_limit": lambda server, box: (box.rate_limit.set(1, 60), box.rate_limit.get()),
    "replace_rate_limit": lambda server, box: box.rate_limit.set(1, 60),
    "delete_rate_limit": lambda server, box: box.rate_limit.clear(),
    "list_inboxes": lambda server, box: box.inboxes.list(),
    "deliver": lambda server, box: post_to_inbox(box, "a"),
    "replace_inbox": lambda server, box: box.inboxes.configure("a", secret="s", answers=[500]),
    "retrieve_inbox": lambda server, box: (box.inboxes.configure("a"), box.inboxes.get("a")),
    "delete_inbox": lambda server, box: (box.inboxes.configure("a"), box.inboxes.delete("a")),
    "await_messages": lambda server, box: box.inboxes.wait("a", count=0),
    "follow": lambda server, box: (send_message(box), next(box.follow("0.0"))),
    "list_events": lambda server, box: box.events.list(),
    "list_webhooks": lambda server, box: box.webhooks.list(),
    "create_webhook": lambda server, box: create_webhook(box),
    "retrieve_webhook": lambda server, box: box.webhooks.get(create_webhook(box)),
    "update_webhook": lambda server, box: box.webhooks.update(create_webhook(box), enabled=False),
    "delete_webhook": lambda server, box: box.webhooks.delete(create_webhook(box)),
    "list_deliveries": lambda server, box: box.deliveries.list(),
    "retrieve_delivery": lambda server, box: box.deliveries.get(create_delivery(box)),
    "redeliver": lambda server, box: box.deliveries.redeliver(create_delivery(box)),
    "redeliver_many": lambda server, box: box.deliveries.redeliver_failed(0),
    "await_deliveries": lambda server, box: box.deliveries.wait(),
    "list_delivery_rules": lambda server, box: box.webhooks.rules(),
    "replace_delivery_rules": lambda server, box: box.webhooks.set_delivery_rules([]),
    "delete_delivery_rules": lambda server, box: box.webhooks.clear_delivery_rules(),
    "release": lambda server, box: box.deliveries.release(),
    "trigger": lambda server, box: box.webhooks.trigger("message.created"),
}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_every_endpoint_has_a_method(
    route: Route, handle: MockServer, box: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    path = re.escape(ROOT + route.path).replace("<name>", "[^/]+")
    line = re.compile(rf"{route.method} {path}(\?\S+)? 20")
    with caplog.at_level("INFO", "mockserver"):
        METHODS[route.operation](handle, box)
    assert [message for message in caplog.messages if line.match(message)]
