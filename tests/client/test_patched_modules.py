"""A server in a process whose test replaces modules of the standard library."""

from __future__ import annotations

import http.client
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from mockserver import ApiError, MockServer, Sandbox
from tests.client.helpers import MESSAGE

ROOT = Path(__file__).parents[2]
BLOCKED = RuntimeError("sockets are blocked")


def test_a_patched_http_client_does_not_reach_us(own: MockServer, box: Sandbox) -> None:
    box.webhooks.create(box.inboxes.url("hooks"))
    with (
        patch.object(http.client.HTTPConnection, "request", side_effect=BLOCKED),
        patch.object(http.client.HTTPConnection, "getresponse", side_effect=BLOCKED),
        MockServer(url=own.url) as handle,
    ):
        assert handle.ready()["status"] == "ready"
        box.call("POST", "/v1/messages", json=MESSAGE)
        assert box.deliveries.wait(timeout=30)["counts"]["delivered"] == 1


def test_a_first_import_while_modules_are_patched_does_no_harm() -> None:
    program = """
from unittest.mock import patch
with patch("http.client.HTTPConnection"), patch("socket.create_connection"):
    from mockserver import MockServer
    server = MockServer().start()
    box = server.sandbox("box")
    box.webhooks.create(box.inboxes.url("hooks"))
with server, MockServer(url=server.url) as handle:
    assert handle.ready()["status"] == "ready"
    message = {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "Good evening."}
    box.call("POST", "/v1/messages", json=message)
    assert box.deliveries.wait(timeout=30)["counts"]["delivered"] == 1
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=60)


def test_a_blocked_connection_fails_the_attempt_with_the_reason(box: Sandbox) -> None:
    box.webhooks.create("http://127.0.0.1:9")
    with patch("socket.create_connection", side_effect=BLOCKED):
        box.call("POST", "/v1/messages", json=MESSAGE)
        (delivery,) = box.deliveries.wait(timeout=30)["data"]
    (attempt,) = box.deliveries.get(delivery["id"])["attempts"]
    assert (attempt["reason"], attempt["detail"]) == ("unknown_error", "sockets are blocked")


def test_a_webhook_is_refused_with_the_reason_if_names_are_blocked(box: Sandbox) -> None:
    with (
        patch("socket.getaddrinfo", side_effect=BLOCKED),
        pytest.raises(ApiError, match="'localhost' cannot be resolved: sockets are blocked"),
    ):
        box.webhooks.create("http://localhost:9")


def test_a_start_with_blocked_sockets_says_what_to_allow() -> None:
    server = MockServer()
    message = r"cannot listen on 127\.0\.0\.1 .*sockets are blocked.*--allow-hosts=127\.0\.0\.1"
    with (
        patch("socket.getaddrinfo", side_effect=BLOCKED),
        pytest.raises(RuntimeError, match=message),
    ):
        server.start()
    with server:
        assert server.url.startswith("http://127.0.0.1:")
