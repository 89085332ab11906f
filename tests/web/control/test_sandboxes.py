"""Sandboxes over the control API: creating, deleting, and selecting one by a request."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def name(client: Any) -> str:
    """The name of a sandbox that does not exist yet."""
    return f"{client.token.removeprefix('sandbox_')}_other"


def test_create_with_own_fixtures_seed_and_clock(client: Any, name: str) -> None:
    expected = {"name": name, "fixtures": "empty", "seed": "7", "clock": "frozen"}
    response = client.post("/_sandbox/sandboxes", json=expected)
    assert response.status == 201
    assert response.json["counts"] == {
        "contact": 1,
        "conversation": 0,
        "group": 0,
        "message": 0,
        "attachment": 0,
    }
    assert (response.json["seed"], response.json["clock"]["mode"]) == ("7", "frozen")
    token = f"sandbox_{name}"
    created = client.post("/v1/groups", json={"name": "G"}, token=token).json
    assert created["created_at"] == response.json["clock"]["now"], "a frozen clock stands still"
    assert created["id"] != client.post("/v1/groups", json={"name": "G"}).json["id"]
    assert client.get(f"/_sandbox/sandboxes/{name}").json["counts"]["group"] == 1
    assert client.post("/_sandbox/reset", json={}, token=token).json == response.json


def test_create_with_only_a_name_uses_the_defaults(client: Any, name: str) -> None:
    client.post("/_sandbox/sandboxes", json={"name": name})
    token = f"sandbox_{name}"
    assert client.get("/_sandbox/state", token=token).data == client.get("/_sandbox/state").data


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "name: is required"),
        ({"name": "a b"}, "1 to 64 letters"),
        ({"name": "x", "fixtures": "/etc/passwd"}, "unknown name '/etc/passwd'"),
        ({"name": "x", "fixtures": "../fixtures/default"}, "known: default, empty"),
        ({"name": "x", "clock": "tock"}, "one of step, frozen, real"),
        ({"name": "x", "colour": "red"}, "unknown attribute 'colour'"),
    ],
)
def test_invalid_values_create_no_sandbox(client: Any, values: Any, message: str) -> None:
    client.post("/_sandbox/sandboxes", json=values).refused(400, message)
    assert "x" not in [
        sandbox["name"] for sandbox in client.get("/_sandbox/sandboxes").json["data"]
    ]


def test_creating_an_existing_sandbox_is_a_conflict(client: Any) -> None:
    client.get("/v1/contacts")
    taken = client.token.removeprefix("sandbox_")
    client.post("/_sandbox/sandboxes", json={"name": taken}).refused(409, taken, "delete it first")


def test_the_token_of_a_deleted_sandbox_opens_a_fresh_one(client: Any, name: str) -> None:
    token = f"sandbox_{name}"
    client.delete("/v1/contacts/WAz8eIbvDR60rouK", token=token)
    path = f"/_sandbox/sandboxes/{name}"
    assert client.delete(path).status == 200
    client.get(path).refused(404, name)
    assert client.get("/v1/contacts/WAz8eIbvDR60rouK", token=token).status == 200


def test_the_default_sandbox_cannot_be_deleted(client: Any) -> None:
    client.delete("/_sandbox/sandboxes/default").refused(409, "reset it instead")


def test_the_query_parameter_overrides_the_token(client: Any, name: str) -> None:
    client.get(f"/_sandbox/clock?sandbox={name}").refused(404, f"sandbox_{name}")
    client.get("/v1/contacts", token=f"sandbox_{name}")
    frozen = {"mode": "frozen", "now": 5}
    assert client.put(f"/_sandbox/clock?sandbox={name}", json=frozen).json == frozen
    assert client.get("/_sandbox/clock").json["mode"] == "step"
    assert client.get("/_sandbox/clock", token=f"sandbox_{name}").json == frozen


def test_without_a_token_the_default_sandbox_is_used(client: Any) -> None:
    plain = client.pool.request("GET", f"{client.url}/_sandbox/clock")
    named = client.get("/_sandbox/clock?sandbox=default")
    assert (plain.status, plain.data) == (200, named.data)


def test_a_token_with_an_invalid_name_is_refused(client: Any) -> None:
    client.get("/_sandbox/clock", token="sandbox_a.b").refused(401, "letters")


def test_every_endpoint_of_the_overview_works(client: Any) -> None:
    client.get("/v1/contacts")
    overview = client.get("/_sandbox").json
    assert list(overview) == ["version", "settings", "sandboxes", "endpoints"]
    client.delete("/_sandbox/sandboxes/signup")  # another test may have opened it
    hook = {"url": f"{client.url}/_sandbox/inbox/signup?sandbox={client.token[8:]}"}
    ending = [item for item in overview["endpoints"] if item["path"] != "/_sandbox/stream"]
    for endpoint in ending:
        # Create what the endpoint needs, since earlier ones may have deleted it.
        client.post("/_sandbox/reset", json={"only": ["data"]})
        client.put("/_sandbox/faults", json={"data": [{"id": "signup", "fault": "truncate"}]})
        client.put("/_sandbox/rate-limit", json={"limit": 5, "window_seconds": 60})
        client.put("/_sandbox/inbox/signup", json={})
        client.put("/_sandbox/bots", json={"script": "support-queue"})
        webhook = client.post("/_sandbox/webhooks", json=hook).json["id"]
        client.post("/_sandbox/webhooks/trigger", json={"type": "contact.created"})
        client.post("/_sandbox/webhooks/wait", json={})
        [*_, delivery] = client.get(f"/_sandbox/deliveries?webhook={webhook}").json["data"]
        names = {"requests": "req_1", "webhooks": webhook, "deliveries": delivery["id"]}
        names["conversations"] = "xgQQXg3hrtjh7AvZ"
        noun = endpoint["path"].removeprefix("/_sandbox").split("/")[:2][-1]
        path = endpoint["path"].replace("NAME", names.get(noun, "signup"))
        body = {"json": endpoint["example"]} if "example" in endpoint else {}
        assert client(endpoint["method"], path, **body).status in (200, 201, 204), endpoint
        client.delete(f"/_sandbox/webhooks/{webhook}")


@pytest.mark.parametrize("path", ["/_sandbox/health", "/_sandbox/ready"])
def test_health_and_ready_need_no_token(client: Any, path: str) -> None:
    assert client.pool.request("GET", client.url + path).status == 200
