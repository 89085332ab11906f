"""Webhooks are made, shown, changed and deleted; those of the start are in every sandbox."""

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
from tests.webhooks.webhook_client import FRANK, TALK, Hooks, signed

URL = "http://127.0.0.1:9000/hook"


def test_a_webhook_is_made_shown_changed_and_deleted(hooks: Hooks) -> None:
    made = hooks.register(URL, name="Mine", events=["message.*"], secret="a long secret")
    assert made == {
        "id": "webhook_1",
        "name": "Mine",
        "url": URL,
        "events": ["message.*"],
        "secret": "a long secret",
        "enabled": True,
    }
    hidden = {**made, "secret": "…cret"}
    path = "/_sandbox/webhooks/webhook_1"
    assert hooks.client.get(path).json == hidden
    assert hooks.client.get("/_sandbox/webhooks").json == {"data": [hidden]}
    changed = {**hidden, "enabled": False, "events": ["contact.created"], "name": "Yours"}
    change = {"enabled": False, "events": ["contact.created"], "name": "Yours"}
    assert hooks.client.put(path, json=change).json == changed
    assert hooks.client.get(path).json == changed
    assert hooks.client.delete(path).json == {"deleted": "webhook_1"}
    assert hooks.client.get("/_sandbox/webhooks").json == {"data": []}
    for method, body in (("GET", None), ("PUT", {}), ("DELETE", None)):
        hooks.client(method, path, json=body).refused(404, "no webhook 'webhook_1'", "none")


def test_a_secret_that_is_not_given_is_the_same_on_every_run(
    hooks: Hooks, other: Callable[[str], Any], serve: Callable[..., Server]
) -> None:
    secrets = [hooks.register(URL)["secret"] for _ in range(2)]
    assert secrets[0] != secrets[1]
    assert all(re.fullmatch("whsec_[0-9a-f]{48}", each) for each in secrets)
    assert Hooks(other("b")).register(URL)["secret"] == secrets[0]
    seeded = serve(Settings(seed="another"))
    elsewhere = Hooks(type(hooks.client)(seeded.url, "sandbox_a", hooks.client.pool))
    assert elsewhere.register(URL)["secret"] != secrets[0]


def test_a_short_secret_is_not_shown_at_all(hooks: Hooks) -> None:
    hooks.register(URL, secret="s3cret")
    assert hooks.client.get("/_sandbox/webhooks/webhook_1").json["secret"] == "…"


def test_a_secret_is_nowhere_but_in_the_answer_that_shows_it(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver.url, secret="a long secret")
    hooks.say()
    hooks.settle()
    for path in ("", "/requests", "/deliveries", "/deliveries/delivery_1", "/events", "/state"):
        assert b"a long secret" not in hooks.client.get(f"/_sandbox{path}").data


@pytest.mark.parametrize(
    ("body", "said"),
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
def test_a_webhook_that_makes_no_sense_is_refused(hooks: Hooks, body: Any, said: list[str]) -> None:
    hooks.client.post("/_sandbox/webhooks", json=body).refused(400, *said)
    assert hooks.client.get("/_sandbox/webhooks").json == {"data": []}


def test_a_change_that_makes_no_sense_changes_nothing(hooks: Hooks) -> None:
    hooks.register(URL)
    path = "/_sandbox/webhooks/webhook_1"
    before = hooks.client.get(path).json
    for change in ({"name": "x", "url": "http://10.0.0.1/"}, {"name": "x", "events": ["x"]}):
        hooks.client.put(path, json=change).refused(400)
    assert hooks.client.get(path).json == before


def test_there_are_a_hundred_webhooks_at_most(hooks: Hooks) -> None:
    for _ in range(100):
        hooks.register(URL)
    hooks.client.post("/_sandbox/webhooks", json={"url": URL}).refused(503, "100 webhooks")
    hooks.client.delete("/_sandbox/webhooks/webhook_7")
    assert hooks.register(URL)["id"] == "webhook_101"


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
def test_a_webhook_is_told_of_what_it_listens_for(
    hooks: Hooks, receiver: Receiver, events: list[str], types: list[str]
) -> None:
    hooks.register(receiver.url, events=events)
    hooks.client.post("/v1/contacts", json={"username": "Buzz", "phone_number": "1"})
    hooks.client.put(f"/v1/contacts/{FRANK}", json={"display_name": "Uncle"})
    hooks.client.post("/v1/messages", json={"conversation_id": TALK, "message": "Hi"})
    hooks.settle()
    assert receiver.types == types


def test_a_webhook_that_is_disabled_is_told_nothing(hooks: Hooks, receiver: Receiver) -> None:
    hooks.register(receiver.url, enabled=False)
    hooks.say()
    hooks.settle()
    assert hooks.deliveries() == []
    hooks.client.put("/_sandbox/webhooks/webhook_1", json={"enabled": True})
    hooks.say()
    hooks.settle()
    assert len(receiver.received) == 1


def test_a_webhook_of_the_start_is_in_every_sandbox(
    client: Any, serve: Callable[..., Server], receiver: Receiver
) -> None:
    given = f"{receiver.url};events=message.*,contact.created;secret=a-long-secret;name=CI"
    server = serve(Settings(webhook=(given,)))
    for name in ("a", "b"):
        hooks = Hooks(type(client)(server.url, f"sandbox_{name}", client.pool))
        hooks.say()
        hooks.settle()
    [webhook] = hooks.client.get("/_sandbox/webhooks").json["data"]
    assert webhook["name"] == "CI"
    assert webhook["events"] == ["message.*", "contact.created"]
    assert [each.headers["x-sandbox"] for each in receiver.received] == ["a", "b"]
    for each in receiver.received:
        assert each.headers["x-protocol-signature"] == signed("a-long-secret", each.body)
    # A reset brings back what was given, and that only.
    hooks.client.delete("/_sandbox/webhooks/webhook_1")
    hooks.register(URL)
    hooks.client.post("/_sandbox/reset", json={})
    assert hooks.client.get("/_sandbox/webhooks").json == {"data": [webhook]}
    assert hooks.deliveries() == []
    # The overview tells that there is one, and not its secret.
    overview = hooks.client.get("/_sandbox")
    assert overview.json["settings"]["webhook"] == [given.replace("a-long-secret", "…")]
    assert b"a-long-secret" not in overview.data


def test_no_refusal_tells_a_secret(mockserver_command: str) -> None:
    given = f"{URL};events=message.*;secrt=a;secret=a-long-secret"
    words = [mockserver_command, "serve", "--port", "0", "--webhook", given]
    told = subprocess.run(words, capture_output=True, text=True, timeout=GIVE_UP)
    assert told.returncode == 2
    assert f"'{URL};events=message.*;secrt=a;secret=…' is not a webhook" in told.stderr
    assert "a-long-secret" not in told.stderr + told.stdout
    with pytest.raises(ValueError, match="webhook must be a webhook") as caught:
        MockServer(webhook=[given])
    assert "a-long-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("http://10.0.0.1/hook", "not this machine"),
        (f"{URL};events=message.creatd", "message.created"),
        ("ftp://127.0.0.1/", "http"),
    ],
)
def test_a_webhook_of_the_start_that_makes_no_sense_ends_it(
    serve: Callable[..., Server], text: str, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        serve(Settings(webhook=(text,)))
