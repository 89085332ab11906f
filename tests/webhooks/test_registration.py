"""Creating, updating and deleting webhooks, and the webhook setting."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.server import Server
from mockserver.settings import Settings
from tests.webhooks.receiver import GIVE_UP, Receiver
from tests.webhooks.webhook_client import CONVERSATION, FRANK, WebhookClient, signed

URL = "http://127.0.0.1:9000/hook"


def test_a_webhook_is_created_updated_and_deleted(webhooks: WebhookClient) -> None:
    created = webhooks.register(URL, name="Mine", events=["message.*"], secret="a long secret")
    assert created == {
        "id": "webhook_1",
        "name": "Mine",
        "url": URL,
        "events": ["message.*"],
        "secret": "a long secret",
        "enabled": True,
    }
    hidden = {**created, "secret": "…cret"}
    path = "/_sandbox/webhooks/webhook_1"
    assert webhooks.client.get(path).json == hidden
    assert webhooks.client.get("/_sandbox/webhooks").json == {"data": [hidden]}
    changed = {**hidden, "enabled": False, "events": ["contact.created"], "name": "Yours"}
    change = {"enabled": False, "events": ["contact.created"], "name": "Yours"}
    assert webhooks.client.put(path, json=change).json == changed
    assert webhooks.client.get(path).json == changed
    assert webhooks.client.delete(path).json == {"deleted": "webhook_1"}
    assert webhooks.client.get("/_sandbox/webhooks").json == {"data": []}
    for method, body in (("GET", None), ("PUT", {}), ("DELETE", None)):
        webhooks.client(method, path, json=body).refused(404, "unknown webhook 'webhook_1'", "none")


def test_a_generated_secret_depends_on_the_seed(
    webhooks: WebhookClient, other: Callable[[str], Any], serve: Callable[..., Server]
) -> None:
    secrets = [webhooks.register(URL)["secret"] for _ in range(2)]
    assert secrets[0] != secrets[1]
    assert all(re.fullmatch("whsec_[0-9a-f]{48}", secret) for secret in secrets)
    assert WebhookClient(other("b")).register(URL)["secret"] == secrets[0]
    seeded = serve(Settings(seed="another"))
    elsewhere = WebhookClient(type(webhooks.client)(seeded.url, "sandbox_a", webhooks.client.pool))
    assert elsewhere.register(URL)["secret"] != secrets[0]


def test_a_short_secret_is_hidden_completely(webhooks: WebhookClient) -> None:
    webhooks.register(URL, secret="s3cret")
    assert webhooks.client.get("/_sandbox/webhooks/webhook_1").json["secret"] == "…"


def test_a_secret_is_only_in_the_create_response(
    webhooks: WebhookClient, receiver: Receiver
) -> None:
    webhooks.register(receiver.url, secret="a long secret")
    webhooks.send_message()
    webhooks.wait_until_idle()
    for path in ("", "/requests", "/deliveries", "/deliveries/delivery_1", "/events", "/state"):
        assert b"a long secret" not in webhooks.client.get(f"/_sandbox{path}").data


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ["url", "required"]),
        ({"url": None}, ["url", "null"]),
        ({"url": "ftp://127.0.0.1/"}, ["url", "http"]),
        ({"url": "http://127.0.0.1:0/"}, ["url", "port 0"]),
        ({"url": "127.0.0.1:9000"}, ["url", "http"]),
        ({"url": "http://127.0.0.1:99999/"}, ["url", "http"]),
        ({"url": URL, "events": []}, ["events"]),
        ({"url": URL, "events": "message.*"}, ["events", "array"]),
        ({"url": URL, "events": ["message.creatd"]}, ["events[0]", "'message.created'"]),
        ({"url": URL, "events": ["*", "x"]}, ["events[1]", "'x'", "message.created"]),
        ({"url": URL, "secret": ""}, ["secret", "empty"]),
        ({"url": URL, "enabled": "yes"}, ["enabled", "boolean"]),
        ({"url": URL, "ulr": URL}, ["ulr", "url"]),
        ({"url": "http://10.0.0.1/", "events": ["x"]}, ["url", "events[0]"]),
    ],
)
def test_an_invalid_webhook_is_refused(
    webhooks: WebhookClient, body: Any, expected: list[str]
) -> None:
    webhooks.client.post("/_sandbox/webhooks", json=body).refused(400, *expected)
    assert webhooks.client.get("/_sandbox/webhooks").json == {"data": []}


def test_an_invalid_update_changes_nothing(webhooks: WebhookClient) -> None:
    webhooks.register(URL)
    path = "/_sandbox/webhooks/webhook_1"
    before = webhooks.client.get(path).json
    for change in ({"name": "x", "url": "http://10.0.0.1/"}, {"name": "x", "events": ["x"]}):
        webhooks.client.put(path, json=change).refused(400)
    assert webhooks.client.get(path).json == before


def test_a_sandbox_has_at_most_100_webhooks(webhooks: WebhookClient) -> None:
    for _ in range(100):
        webhooks.register(URL)
    webhooks.client.post("/_sandbox/webhooks", json={"url": URL}).refused(503, "100 webhooks")
    webhooks.client.delete("/_sandbox/webhooks/webhook_7")
    assert webhooks.register(URL)["id"] == "webhook_101"


@pytest.mark.parametrize(
    ("events", "types"),
    [
        (["*"], ["contact.created", "conversation.created", "contact.updated", "message.created"]),
        (["contact.*"], ["contact.created", "contact.updated"]),
        (["*.created"], ["contact.created", "conversation.created", "message.created"]),
        (["message.created", "contact.updated"], ["contact.updated", "message.created"]),
        (["group.*"], []),
    ],
)
def test_a_webhook_receives_the_events_it_subscribes_to(
    webhooks: WebhookClient, receiver: Receiver, events: list[str], types: list[str]
) -> None:
    webhooks.register(receiver.url, events=events)
    webhooks.client.post("/v1/contacts", json={"username": "Buzz", "phone_number": "1"})
    webhooks.client.put(f"/v1/contacts/{FRANK}", json={"display_name": "Uncle"})
    webhooks.client.post("/v1/messages", json={"conversation_id": CONVERSATION, "message": "Hi"})
    webhooks.wait_until_idle()
    assert receiver.types == types


def test_a_disabled_webhook_receives_nothing(webhooks: WebhookClient, receiver: Receiver) -> None:
    webhooks.register(receiver.url, enabled=False)
    webhooks.send_message()
    webhooks.wait_until_idle()
    assert webhooks.deliveries() == []
    webhooks.client.put("/_sandbox/webhooks/webhook_1", json={"enabled": True})
    webhooks.send_message()
    webhooks.wait_until_idle()
    assert len(receiver.received) == 1


def test_a_webhook_setting_is_in_every_sandbox(
    client: Any, serve: Callable[..., Server], receiver: Receiver
) -> None:
    setting = f"{receiver.url};events=message.*,contact.created;secret=a-long-secret;name=CI"
    server = serve(Settings(webhook=(setting,)))
    for name in ("a", "b"):
        webhooks = WebhookClient(type(client)(server.url, f"sandbox_{name}", client.pool))
        webhooks.send_message()
        webhooks.wait_until_idle()
    [webhook] = webhooks.client.get("/_sandbox/webhooks").json["data"]
    assert webhook["name"] == "CI"
    assert webhook["events"] == ["message.*", "contact.created"]
    assert [request.headers["x-sandbox"] for request in receiver.received] == ["a", "b"]
    for request in receiver.received:
        assert request.headers["x-protocol-signature"] == signed("a-long-secret", request.body)
    # A reset restores exactly the webhooks of the setting.
    webhooks.client.delete("/_sandbox/webhooks/webhook_1")
    webhooks.register(URL)
    webhooks.client.post("/_sandbox/reset", json={})
    assert webhooks.client.get("/_sandbox/webhooks").json == {"data": [webhook]}
    assert webhooks.deliveries() == []
    # The overview shows the webhook without its secret.
    overview = webhooks.client.get("/_sandbox")
    assert overview.json["settings"]["webhook"] == [setting.replace("a-long-secret", "…")]
    assert b"a-long-secret" not in overview.data


def test_no_error_message_shows_a_secret(mockserver_command: str) -> None:
    setting = f"{URL};events=message.*;secrt=a;secret=a-long-secret"
    words = [mockserver_command, "serve", "--port", "0", "--webhook", setting]
    result = subprocess.run(words, capture_output=True, text=True, timeout=GIVE_UP)
    assert result.returncode == 2
    assert f"'{URL};events=message.*;secrt=a;secret=…' is not a webhook" in result.stderr
    assert "a-long-secret" not in result.stderr + result.stdout
    with pytest.raises(ValueError, match="webhook must be a webhook") as caught:
        MockServer(webhook=[setting])
    assert "a-long-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://10.0.0.1/hook", "not this machine"),
        (f"{URL};events=message.creatd", "message.created"),
        ("ftp://127.0.0.1/", "http"),
    ],
)
def test_an_invalid_webhook_setting_stops_the_start(
    serve: Callable[..., Server], text: str, expected: str
) -> None:
    with pytest.raises(ValueError, match=expected):
        serve(Settings(webhook=(text,)))
