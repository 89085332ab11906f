"""Receivers, and webhook clients of servers with long and short timeouts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.settings import Settings
from tests.webhooks.receiver import Receiver
from tests.webhooks.webhook_client import WebhookClient


@pytest.fixture
def listen() -> Iterator[Callable[..., Receiver]]:
    """Return a function that starts receivers; they are closed at the end of the test."""
    receivers: list[Receiver] = []

    def listen(*args: Any) -> Receiver:
        receivers.append(Receiver(*args))
        return receivers[-1]

    yield listen
    for receiver in receivers:
        receiver.close()


@pytest.fixture
def receiver(listen: Callable[..., Receiver]) -> Receiver:
    return listen()


@pytest.fixture(scope="session")
def impatient_server(serve: Callable[..., Server]) -> Server:
    """A server with a timeout of 1 second and one retry, 10 seconds after the event."""
    return serve(Settings(webhook_timeout=1, webhook_retries="10"))


@pytest.fixture
def webhooks(client: Any) -> WebhookClient:
    """Webhooks of a new sandbox, on a server with default settings."""
    return WebhookClient(client)


@pytest.fixture
def impatient(client: Any, impatient_server: Server) -> WebhookClient:
    """Webhooks of a new sandbox, on the server with the short timeout."""
    return WebhookClient(type(client)(impatient_server.url, client.token, client.pool))
