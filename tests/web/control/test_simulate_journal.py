"""Simulated actions in the journal, and their determinism."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.settings import Settings
from tests.conftest import Client
from tests.web.control.simulation_client import (
    DIRECT,
    FAMILY,
    FILE,
    FRANK,
    USER_MESSAGE,
    SimulationClient,
)


@pytest.fixture
def simulation(client: Any) -> SimulationClient:
    return SimulationClient(client)


def run_all(simulation: SimulationClient) -> bytes:
    """Run every action once; return all responses, the changes and the state."""
    message = simulation.run("message", from_="Cliff", message="Hm.", attachments=[FILE])
    client = simulation.client
    actions: list[tuple[str, dict[str, Any]]] = [
        ("edit", {"message_id": message["id"], "message": "Hm!"}),
        ("react", {"from": FRANK, "message_id": USER_MESSAGE, "reaction": "joy"}),
        ("unreact", {"from": FRANK, "message_id": USER_MESSAGE, "reaction": "joy"}),
        ("read", {"from": FRANK, "message_id": simulation.send_message()}),
        ("active", {"contact": FRANK}),
        ("leave", {"contact": FRANK, "group_id": FAMILY}),
        ("join", {"contact": FRANK, "group_id": FAMILY}),
        ("open", {"conversation_id": DIRECT}),
        ("delete", {"message_id": message["id"]}),
    ]
    responses = [simulation.request(action, **values) for action, values in actions]
    assert {response.status for response in responses} == {200}
    changes = client.get("/_sandbox/changes").data
    return b"\n".join([*(response.data for response in responses), changes, simulation.state])


def test_the_same_actions_give_the_same_bytes(
    simulation: SimulationClient, other: Callable[[str], Any]
) -> None:
    first = run_all(simulation)
    assert run_all(SimulationClient(other("again"))) == first
    simulation.client.post("/_sandbox/reset", json={})
    assert run_all(simulation) == first


def test_a_simulated_action_is_journaled(simulation: SimulationClient) -> None:
    before = simulation.send_message()
    response = simulation.request("message", from_=FRANK, message="A")
    assert response.headers["X-Request-Id"] == "req_2"
    entry = simulation.last_entry()
    assert (entry["id"], entry["operation"]) == ("req_2", "simulate.message")
    assert (entry["method"], entry["path"]) == ("POST", "/_sandbox/simulate/message")
    assert (entry["status"], entry["at"]) == (201, simulation.now)
    assert entry["request"]["body"] == {"from": FRANK, "message": "A"}
    assert entry["response"]["body"] == response.json
    kinds = [(response["change"], response["kind"]) for response in entry["changes"]]
    assert kinds == [("created", "message"), ("updated", "conversation"), ("updated", "contact")]
    assert [response["type"] for response in entry["events"]] == ["message.created"]
    client = simulation.client
    result = client.get("/_sandbox/changes?since=req_1").json
    assert [(response["request"], response["type"]) for response in result["events"]] == [
        ("req_2", "message.created")
    ]
    assert before not in str(result)
    match = {"operation": "simulate.*", "body": {"from": FRANK}}
    verified = client.post("/_sandbox/requests/verify", json={"match": match, "count": 1}).json
    assert verified == {"verified": True, "count": 1, "requests": ["req_2"]}
    assert client.get("/_sandbox").headers.get("X-Request-Id") is None


def test_the_query_selects_the_sandbox_of_an_action(simulation: SimulationClient) -> None:
    simulation.send_message()
    name = simulation.client.token.removeprefix("sandbox_")
    body = {"from": FRANK, "message": "A"}
    path = f"/_sandbox/simulate/message?sandbox={name}"
    assert simulation.client.post(path, json=body, token="sandbox_elsewhere").status == 201
    assert simulation.last_entry()["operation"] == "simulate.message"
    simulation.client.post("/_sandbox/simulate/message?sandbox=nosuch", json=body).refused(
        404, "nosuch"
    )
    simulation.client.post(f"{path}&times=2", json=body).refused(400, "'times'")


def test_actions_are_not_faulted_or_rate_limited(simulation: SimulationClient) -> None:
    client = simulation.client
    client.post("/_sandbox/faults", json={"fault": {"type": "error", "status": 503}})
    client.put("/_sandbox/rate-limit", json={"limit": 0, "window_seconds": 60})
    body = {"from": FRANK, "message": "A"}
    response = client.post("/_sandbox/simulate/message", json=body)
    assert response.status == 201
    assert "X-RateLimit-Limit" not in response.headers
    assert client.get("/_sandbox/faults").json["data"][0]["matched"] == 0


def test_actions_accept_only_the_preference_wait(simulation: SimulationClient) -> None:
    body = {"from": FRANK, "message": "A"}
    before = simulation.client.get("/_sandbox/state").data
    for preference in ("code=503", "delay=1, wait=1"):
        simulation.client.post(
            "/_sandbox/simulate/message", json=body, headers={"Prefer": preference}
        ).refused(400, "use 'wait' here")
    assert simulation.client.get("/_sandbox/state").data == before


def test_actions_show_local_asset_urls_like_the_api(serve: Callable[..., Any], client: Any) -> None:
    local = Client(serve(Settings(assets="local")).url, "sandbox_a", client.pool)
    simulation = SimulationClient(local)
    message = simulation.run("message", from_=FRANK, message="A", attachments=[FILE])
    assert message == simulation.get(f"messages/{message['id']}")
    assert message["attachments"][0]["file_url"].startswith(f"{local.url}/_assets/a/attachments/")
