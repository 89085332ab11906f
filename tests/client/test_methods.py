"""Every endpoint of the control API is a method, in the process and over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from mockserver import MockServer, Sandbox
from mockserver.web.control.route import Route
from mockserver.web.control.routes import ROOT, ROUTES
from tests.client.acting import CONVERSATION, ERROR, GROUP, deliver, delivered, heard, hook, say

#: How each operation of the control API is done from Python.
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
    "list_conversations": lambda server, box: box.chats(limit=1),
    "retrieve_conversation": lambda server, box: box.chat(CONVERSATION),
    "list_conversation_messages": lambda server, box: box.chat_messages(CONVERSATION, limit=1),
    "simulate_message": lambda server, box: box.simulate_message("Cliff", "Hm."),
    "simulate_edit": lambda server, box: box.simulate_edit(heard(box), "Hm!"),
    "simulate_delete": lambda server, box: box.simulate_delete(heard(box)),
    "simulate_react": lambda server, box: box.simulate_react("Cliff", heard(box), "joy"),
    "simulate_unreact": lambda server, box: box.simulate_unreact("Cliff", heard(box), "joy"),
    "simulate_read": lambda server, box: box.simulate_read("Cliff", message_id=heard(box)),
    "simulate_active": lambda server, box: box.simulate_active("Cliff"),
    "simulate_join": lambda server, box: box.simulate_join("Cliff", GROUP),
    "simulate_leave": lambda server, box: box.simulate_leave("Cliff", GROUP),
    "simulate_open": lambda server, box: box.simulate_open(CONVERSATION),
    "retrieve_bots": lambda server, box: (box.start_bots("office"), box.bots()),
    "replace_bots": lambda server, box: box.start_bots(box.bot_scripts()[0], seed=7),
    "delete_bots": lambda server, box: (box.start_bots("office"), box.stop_bots()),
    "list_bot_scripts": lambda server, box: box.bot_scripts(),
    "retrieve_transcript": lambda server, box: (box.start_bots("office"), box.transcript()),
    "retrieve_state": lambda server, box: box.state(),
    "replace_state": lambda server, box: box.load(box.state()),
    "list_snapshots": lambda server, box: box.snapshots(),
    "take_snapshot": lambda server, box: box.take_snapshot("a"),
    "restore_snapshot": lambda server, box: (box.take_snapshot("a"), box.restore_snapshot("a")),
    "delete_snapshot": lambda server, box: (box.take_snapshot("a"), box.delete_snapshot("a")),
    "retrieve_clock": lambda server, box: box.clock(),
    "replace_clock": lambda server, box: box.set_clock("frozen"),
    "advance_clock": lambda server, box: box.advance(1),
    "list_requests": lambda server, box: box.requests(),
    "retrieve_request": lambda server, box: box.request(say(box)),
    "remove_requests": lambda server, box: box.forget_requests(),
    "verify_requests": lambda server, box: box.verify(count=0),
    "await_requests": lambda server, box: box.wait(count=0),
    "list_changes": lambda server, box: box.changes(),
    "list_faults": lambda server, box: box.faults(),
    "create_fault": lambda server, box: box.add_fault("EMPTY_RESPONSE"),
    "replace_faults": lambda server, box: box.replace_faults([]),
    "delete_faults": lambda server, box: box.clear_faults(),
    "retrieve_fault": lambda server, box: (box.add_fault(ERROR, id="a"), box.fault("a")),
    "replace_fault": lambda server, box: (
        box.add_fault(ERROR, id="a"),
        box.replace_fault("a", ERROR),
    ),
    "delete_fault": lambda server, box: (box.add_fault(ERROR, id="a"), box.delete_fault("a")),
    "retrieve_rate_limit": lambda server, box: (box.set_rate_limit(1, 60), box.rate_limit()),
    "replace_rate_limit": lambda server, box: box.set_rate_limit(1, 60),
    "delete_rate_limit": lambda server, box: box.remove_rate_limit(),
    "list_inboxes": lambda server, box: box.inboxes(),
    "deliver": lambda server, box: deliver(box, "a"),
    "replace_inbox": lambda server, box: box.configure_inbox("a", secret="s", answers=[500]),
    "retrieve_inbox": lambda server, box: (box.configure_inbox("a"), box.inbox("a")),
    "delete_inbox": lambda server, box: (box.configure_inbox("a"), box.delete_inbox("a")),
    "await_messages": lambda server, box: box.wait_inbox("a", count=0),
    "list_events": lambda server, box: box.events(),
    "list_webhooks": lambda server, box: box.webhooks(),
    "create_webhook": lambda server, box: hook(box),
    "retrieve_webhook": lambda server, box: box.webhook(hook(box)),
    "update_webhook": lambda server, box: box.update_webhook(hook(box), enabled=False),
    "delete_webhook": lambda server, box: box.delete_webhook(hook(box)),
    "list_deliveries": lambda server, box: box.deliveries(),
    "retrieve_delivery": lambda server, box: box.delivery(delivered(box)),
    "redeliver": lambda server, box: box.redeliver(delivered(box)),
    "redeliver_many": lambda server, box: box.redeliver_failed(0),
    "await_deliveries": lambda server, box: box.wait_for_deliveries(),
    "list_delivery_rules": lambda server, box: box.delivery_rules(),
    "replace_delivery_rules": lambda server, box: box.set_delivery_rules([]),
    "delete_delivery_rules": lambda server, box: box.clear_delivery_rules(),
    "release": lambda server, box: box.release(),
    "trigger": lambda server, box: box.trigger("message.created"),
}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_every_endpoint_has_a_method(
    route: Route, handle: MockServer, box: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    path = re.escape(ROOT + route.path).replace("<name>", "[^/]+")
    with caplog.at_level("INFO", "mockserver"):
        METHODS[route.operation](handle, box)
    assert [line for line in caplog.messages if re.match(f"{route.method} {path} 20", line)]
