"""The types of what the client returns: as a type checker sees them, and as the server answers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import is_typeddict

import pytest

from mockserver import MockServer
from mockserver.client import types
from tests.client.helpers import CONVERSATION, ERROR, GROUP, send_message
from tests.client.result_types import returned_keys

USER_PROJECT = """\
from typing import assert_type

from mockserver import ApiError, FixtureError, MockServer, Sandbox, Unreachable, create_app
from mockserver.client.types import DeliveryDict


def test_retries(sandbox: Sandbox) -> list[DeliveryDict]:
    assert_type(sandbox.clock.advance(60)["now"], int)
    assert_type(sandbox.deliveries.list()[0]["due"], int | None)
    with sandbox.expect(created={"message": 1}):
        sandbox.simulate.message("FrankMcCallister", "Hi.")
    return sandbox.deliveries.redeliver_failed()


def serve() -> None:
    try:
        with MockServer(fixtures="empty") as server:
            assert_type(server.default.journal.changes()["events"][0]["request"], str)
    except (ApiError, FixtureError, Unreachable) as error:
        print(error)
    create_app()
"""
MISTAKES = """

def mistakes(sandbox: Sandbox) -> None:
    sandbox.clock.get()["nwo"]
    sandbox.faults.list()[0]["applied"].upper()
    sandbox.add_fault("latency")
"""


def type_check(directory: Path, source: str) -> str:
    (directory / "sample.py").write_text(source)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "sample.py"]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True).stdout


def test_a_strict_type_checker_sees_the_types(tmp_path: Path) -> None:
    assert type_check(tmp_path, USER_PROJECT) == ""
    first = USER_PROJECT.count("\n") + 4
    assert type_check(tmp_path, USER_PROJECT + MISTAKES).splitlines() == [
        f'sample.py:{first}: error: TypedDict "ClockDict" has no key "nwo"  [typeddict-item]',
        f'sample.py:{first + 1}: error: "int" has no attribute "upper"  [attr-defined]',
        f'sample.py:{first + 2}: error: "Sandbox" has no attribute "add_fault"  [attr-defined]',
    ]


def test_the_server_returns_every_declared_key() -> None:
    """Undeclared keys fail in every test; see ``result_types``."""
    returned_keys.clear()
    with MockServer() as server, server.sandbox("types") as sandbox:
        server.health()
        server.ready()
        server.fidelity()
        server.overview()
        sandbox.bots.start("support-queue", seed=1)
        sandbox.inboxes.configure("hooks", answers=["hang_up", 200])
        webhook = sandbox.webhooks.create(sandbox.inboxes.url("hooks"))
        sandbox.webhooks.set_delivery_rules([{"events": ["group.*"], "action": {"type": "hold"}}])
        sandbox.rate_limit.set(100, 60)
        sandbox.faults.add(ERROR, id="error")
        sandbox.faults.delete("error")
        send_message(sandbox)
        sandbox.simulate.join("Cliff", GROUP)
        sandbox.call("PUT", f"/v1/groups/{GROUP}", json={"name": "Neighbours"})
        delivery = sandbox.deliveries.wait()["data"][0]
        sandbox.clock.advance(60)
        sandbox.deliveries.get(delivery["id"])
        sandbox.webhooks.delete(webhook["id"])
        sandbox.clock.advance(24 * 3600)
        sandbox.inboxes.get("hooks")
        for _ in range(2):
            event = {"type": "x" * 5_000_000}
            sandbox.call("POST", "/_sandbox/inbox/hooks?sandbox=types", json=event)
        sandbox.inboxes.wait("hooks", type="contact.*", count=0, timeout=0)
        sandbox.conversations.list()
        sandbox.conversations.messages(CONVERSATION)
        sandbox.counters()
        sandbox.journal.changes()
        server.default.call("GET", "/v1/contacts")
        sandbox.journal.strays()
        sandbox.journal.get(sandbox.journal.list()[0]["id"])
        sandbox.journal.verify()
        sandbox.events.list()
        for _ in range(1001):
            sandbox.call("GET", "/v1/groups?limit=1")
        with pytest.raises(AssertionError, match=r"undecided: .* older requests were evicted"):
            sandbox.journal.verify({"operation": "messages.create"}, count=0)
        sandbox.journal.clear()
        sandbox.simulate.message("Cliff", "See.", attachments=[{"filename": "a", "content": ""}])
        sandbox.snapshots.take("ready")
        sandbox.snapshots.list()
        sandbox.clock.set("real", speed=2)
        sandbox.clock.advance(1)
        sandbox.state.export()
        sandbox.rate_limit.clear()
        sandbox.bots.transcript()
        sandbox.bots.stop()
    declared = [value for value in vars(types).values() if is_typeddict(value)]
    missing = {
        value.__name__: keys
        for value in declared
        if (keys := value.__annotations__.keys() - returned_keys.get(value, set()))
        and not value.__name__.startswith("Base")
    }
    assert missing == {}
