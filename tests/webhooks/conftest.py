"""Receivers, and sandboxes of servers that give up on one soon."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.settings import Settings
from tests.webhooks.receiver import Receiver
from tests.webhooks.webhook_client import Hooks


@pytest.fixture
def listen() -> Iterator[Callable[..., Receiver]]:
    """Open receivers; they are closed at the end of the test."""
    receivers: list[Receiver] = []

    def listen(*args: Any) -> Receiver:
        receivers.append(Receiver(*args))
        return receivers[-1]

    yield listen
    for each in receivers:
        each.close()


@pytest.fixture
def receiver(listen: Callable[..., Receiver]) -> Receiver:
    return listen()


@pytest.fixture(scope="session")
def hasty_server(serve: Callable[..., Server]) -> Server:
    """A server that waits a second for a receiver, and tries once more, ten seconds later."""
    return serve(Settings(webhook_timeout=1, webhook_retries="10"))


@pytest.fixture
def hooks(client: Any) -> Hooks:
    """A new sandbox of a server with the default settings."""
    return Hooks(client)


@pytest.fixture
def hasty(client: Any, hasty_server: Server) -> Hooks:
    """A new sandbox of the server that gives up soon."""
    return Hooks(type(client)(hasty_server.url, client.token, client.pool))
