"""The sandbox's clock, and which pages may use the control API."""

from __future__ import annotations

import time
from typing import Any

import pytest


def created_at(client: Any) -> int:
    created: int = client.post("/v1/groups", json={"name": "G"}).json["created_at"]
    return created


def test_a_frozen_clock_keeps_the_time_it_was_set_to(client: Any) -> None:
    frozen = {"mode": "frozen", "now": 1000}
    assert client.put("/_sandbox/clock", json=frozen).json == frozen
    assert [created_at(client), created_at(client)] == [1000, 1000]


def test_a_step_clock_steps_from_the_time_it_was_set_to(client: Any) -> None:
    client.put("/_sandbox/clock", json={"now": 1000})
    assert [created_at(client), created_at(client)] == [1001, 1002]


@pytest.mark.parametrize("clock", [{"mode": "step"}, {"mode": "real", "speed": 100_000}], ids=str)
def test_a_clock_stands_still_at_the_last_timestamp(client: Any, clock: Any) -> None:
    client.put("/_sandbox/clock", json={**clock, "now": 253402300799})
    assert [created_at(client), created_at(client)] == [253402300799] * 2
    state = client.get("/_sandbox/state").json
    assert client.put("/_sandbox/state", json=state).status == 200


def test_advance_moves_the_clock_at_once(client: Any) -> None:
    client.put("/_sandbox/clock", json={"mode": "frozen", "now": 1000})
    assert client.post("/_sandbox/clock/advance", json={"seconds": 3600}).json["now"] == 4600
    assert created_at(client) == 4600


def test_a_real_clock_runs_from_the_time_it_was_set_to(client: Any) -> None:
    clock = client.put("/_sandbox/clock", json={"mode": "real", "now": 5000}).json
    assert clock["mode"] == "real"
    assert 5000 <= created_at(client) < 6000, "it does not take the machine's time"


def test_a_clock_set_to_real_takes_the_machines_time(client: Any) -> None:
    before = int(time.time())
    clock = client.put("/_sandbox/clock", json={"mode": "real"}).json
    assert before <= clock["now"] <= time.time()


@pytest.mark.parametrize(
    ("path", "values", "message"),
    [
        ("/clock", {"mode": "tock"}, "mode: must be one of step, frozen, real"),
        ("/clock", {"now": "5"}, "now: must be a timestamp in whole Unix seconds"),
        ("/clock", {"now": -1}, "now: must be a timestamp"),
        ("/clock/advance", {}, "seconds: is required"),
        ("/clock/advance", {"seconds": -1}, "seconds: must be an integer from 0"),
        ("/clock/advance", {"hours": 1}, "unknown attribute 'hours'"),
        (
            "/clock/advance",
            {"seconds": 253402300799},
            "until the last timestamp, 253402300799",
        ),
    ],
)
def test_invalid_values_change_nothing(client: Any, path: str, values: Any, message: str) -> None:
    before = client.get("/_sandbox/clock").json
    method = "PUT" if path == "/clock" else "POST"
    client(method, f"/_sandbox{path}", json=values).refused(400, message)
    assert client.get("/_sandbox/clock").json == before


@pytest.mark.parametrize("type_", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_write_requires_a_json_content_type(client: Any, type_: str) -> None:
    headers = {"Content-Type": type_}
    response = client.post("/_sandbox/clock/advance", body=b'{"seconds": 1}', headers=headers)
    response.refused(415, "Content-Type: application/json")


def test_pages_of_another_origin_are_refused(client: Any) -> None:
    headers = {"Origin": "http://evil.example"}
    client.post("/_sandbox/reset", json={}, headers=headers).refused(403, "another origin")
    preflight = client("OPTIONS", "/_sandbox/reset", headers=headers)
    assert "Access-Control-Allow-Origin" not in preflight.headers


def test_pages_of_the_server_are_allowed(client: Any) -> None:
    response = client.post("/_sandbox/reset", json={}, headers={"Origin": client.url})
    assert response.status == 200
    assert "Access-Control-Allow-Origin" not in response.headers


def test_an_unknown_parameter_is_refused(client: Any) -> None:
    client.get("/_sandbox/clock?sandbx=a").refused(400, "'sandbx'", "sandbox")
