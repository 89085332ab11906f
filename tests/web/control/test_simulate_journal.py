"""What the other side does is part of what happened, and the same on every run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.settings import Settings
from tests.conftest import Client
from tests.web.control.acting import DIRECT, FAMILY, FILE, FRANK, MINE, BotHost


@pytest.fixture
def stage(client: Any) -> BotHost:
    return BotHost(client)


def live(stage: BotHost) -> bytes:
    """Do everything once; returns all that was answered, all that was told, and the state."""
    said = stage.act("message", from_="Cliff", message="Hm.", attachments=[FILE])
    client = stage.client
    acts: list[tuple[str, dict[str, Any]]] = [
        ("edit", {"message_id": said["id"], "message": "Hm!"}),
        ("react", {"from": FRANK, "message_id": MINE, "reaction": "joy"}),
        ("unreact", {"from": FRANK, "message_id": MINE, "reaction": "joy"}),
        ("read", {"from": FRANK, "message_id": stage.say()}),
        ("active", {"contact": FRANK}),
        ("leave", {"contact": FRANK, "group_id": FAMILY}),
        ("join", {"contact": FRANK, "group_id": FAMILY}),
        ("open", {"conversation_id": DIRECT}),
        ("delete", {"message_id": said["id"]}),
    ]
    answers = [stage.try_(act, **values) for act, values in acts]
    assert {each.status for each in answers} == {200}
    changes = client.get("/_sandbox/changes").data
    return b"\n".join([*(each.data for each in answers), changes, stage.state])


def test_the_same_acts_give_the_same_bytes(stage: BotHost, other: Callable[[str], Any]) -> None:
    first = live(stage)
    assert live(BotHost(other("again"))) == first
    stage.client.post("/_sandbox/reset", json={})
    assert live(stage) == first


def test_an_act_is_in_the_journal_like_any_request(stage: BotHost) -> None:
    before = stage.say()
    answer = stage.try_("message", from_=FRANK, message="A")
    assert answer.headers["X-Request-Id"] == "req_2"
    entry = stage.last()
    assert (entry["id"], entry["operation"]) == ("req_2", "simulate.message")
    assert (entry["method"], entry["path"]) == ("POST", "/_sandbox/simulate/message")
    assert (entry["status"], entry["at"]) == (201, stage.now)
    assert entry["request"]["body"] == {"from": FRANK, "message": "A"}
    assert entry["response"]["body"] == answer.json
    kinds = [(each["change"], each["kind"]) for each in entry["changes"]]
    assert kinds == [("created", "message"), ("updated", "conversation"), ("updated", "contact")]
    assert [each["type"] for each in entry["events"]] == ["message.created"]
    client = stage.client
    told = client.get("/_sandbox/changes?since=req_1").json
    assert [(each["request"], each["type"]) for each in told["events"]] == [
        ("req_2", "message.created")
    ]
    assert before not in str(told)
    match = {"operation": "simulate.*", "body": {"from": FRANK}}
    verified = client.post("/_sandbox/requests/verify", json={"match": match, "count": 1}).json
    assert verified == {"verified": True, "count": 1, "requests": ["req_2"]}
    assert client.get("/_sandbox").headers.get("X-Request-Id") is None


def test_an_act_happens_in_the_sandbox_that_the_query_names(stage: BotHost) -> None:
    stage.say()
    name = stage.client.token.removeprefix("sandbox_")
    body = {"from": FRANK, "message": "A"}
    path = f"/_sandbox/simulate/message?sandbox={name}"
    assert stage.client.post(path, json=body, token="sandbox_elsewhere").status == 201
    assert stage.last()["operation"] == "simulate.message"
    stage.client.post("/_sandbox/simulate/message?sandbox=nosuch", json=body).refused(404, "nosuch")
    stage.client.post(f"{path}&times=2", json=body).refused(400, "'times'")


def test_no_fault_no_delay_and_no_limit_touches_the_other_side(stage: BotHost) -> None:
    client = stage.client
    client.post("/_sandbox/faults", json={"fault": {"type": "error", "status": 503}})
    client.put("/_sandbox/rate-limit", json={"limit": 0, "window_seconds": 60})
    body = {"from": FRANK, "message": "A"}
    answer = client.post("/_sandbox/simulate/message", json=body)
    assert answer.status == 201
    assert "X-RateLimit-Limit" not in answer.headers
    assert client.get("/_sandbox/faults").json["data"][0]["matched"] == 0


def test_of_preferences_only_to_wait_makes_sense_for_the_other_side(stage: BotHost) -> None:
    body = {"from": FRANK, "message": "A"}
    before = stage.client.get("/_sandbox/state").data
    for wish in ("code=503", "delay=1, wait=1"):
        stage.client.post(
            "/_sandbox/simulate/message", json=body, headers={"Prefer": wish}
        ).refused(400, "use 'wait' here")
    assert stage.client.get("/_sandbox/state").data == before


def test_local_asset_urls_are_those_of_the_api(serve: Callable[..., Any], client: Any) -> None:
    local = Client(serve(Settings(assets="local")).url, "sandbox_a", client.pool)
    stage = BotHost(local)
    said = stage.act("message", from_=FRANK, message="A", attachments=[FILE])
    assert said == stage.get(f"messages/{said['id']}")
    assert said["attachments"][0]["file_url"].startswith(f"{local.url}/_assets/a/attachments/")
