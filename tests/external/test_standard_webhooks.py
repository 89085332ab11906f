"""Verify deliveries with the libraries of Standard Webhooks, on the default clock."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.settings import Settings
from tests.webhooks.receiver import Receiver
from tests.webhooks.webhook_client import WebhookClient

if TYPE_CHECKING:
    from mockserver.server import Server
    from tests.external.conftest import Install

pytestmark = pytest.mark.external
SCRIPT = Path(__file__).with_name("clients") / "verify.cjs"
#: The example of the specification's own libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

Deliveries = list[dict[str, Any]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def deliveries(client: Any, serve: Callable[..., Server], receiver: Receiver) -> Deliveries:
    """A first attempt, its retry, a redelivery and a triggered event, each to two webhooks.

    The secret of one webhook is generated, that of the other is chosen. The last delivery is
    corrupt.
    """
    server = serve(Settings(standard_webhooks=True))
    webhooks = WebhookClient(type(client)(server.url, client.token, client.pool))
    secrets = [
        webhooks.register(f"http://127.0.0.1:{receiver.port}/{name}", **values)["secret"]
        for name, values in (("0", {}), ("1", {"secret": SECRET}))
    ]
    receiver.respond_with(500, 500)
    webhooks.send_message("Grüße 🪜 \u2028")
    webhooks.wait_until_idle()
    webhooks.advance(40_000)
    for delivery in webhooks.deliveries():
        webhooks.client.post(f"/_sandbox/deliveries/{delivery['id']}/redeliver", json={})
    webhooks.client.post("/_sandbox/webhooks/trigger", json={"type": "contact.updated"})
    webhooks.wait_until_idle()
    webhooks.set_delivery_rules({"action": {"type": "corrupt"}})
    webhooks.send_message()
    webhooks.wait_until_idle()
    requests = receiver.received
    assert len(requests) == 10
    return [
        {
            "secret": secrets[int(request.line.split()[1].strip("/"))],
            "headers": request.headers,
            "body": request.body.decode(),
        }
        for request in requests
    ]


def expected(deliveries: Deliveries) -> list[str | None]:
    """Return the ids of the events; None for the corrupt deliveries, which are the last two."""
    ids = [json.loads(delivery["body"])["id"] for delivery in deliveries]
    return [*ids[:-2], None, None]


@pytest.mark.parametrize("name", ["standardwebhooks", "svix"])
def test_python_libraries_verify_every_delivery(name: str, deliveries: Deliveries) -> None:
    library = import_module(name)

    def verified(delivery: dict[str, Any]) -> str | None:
        webhook = library.Webhook(delivery["secret"])
        try:
            webhook.verify(delivery["body"], delivery["headers"])
        except library.WebhookVerificationError:
            return None
        return str(json.loads(delivery["body"])["id"])

    assert [verified(delivery) for delivery in deliveries] == expected(deliveries)


def test_npm_libraries_verify_every_delivery(npm: Install, deliveries: Deliveries) -> None:
    modules = npm("standardwebhooks@1", "svix@1") / "node_modules"
    result = subprocess.run(
        ["node", str(SCRIPT)],
        input=json.dumps(deliveries),
        env={**os.environ, "NODE_PATH": str(modules)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(result.stdout) == [[event_id] * 2 for event_id in expected(deliveries)]
