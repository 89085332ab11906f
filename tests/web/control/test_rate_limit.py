"""The rate limit of a sandbox: headers, windows and clocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

NOW = 705106800


@pytest.fixture
def limited(client: Any) -> Any:
    """A client with two requests a minute, on a clock that stands still."""
    client.put("/_sandbox/clock", json={"mode": "frozen", "now": NOW})
    client.put("/_sandbox/rate-limit", json={"limit": 2, "window_seconds": 60})
    return client


def rate_limit_headers(response: Any) -> tuple[str, ...]:
    names = ("Limit", "Remaining", "Reset")
    return tuple(response.headers[f"X-RateLimit-{name}"] for name in names)


def test_responses_report_the_remaining_requests(limited: Any) -> None:
    assert rate_limit_headers(limited.get("/v1/contacts")) == ("2", "1", str(NOW + 60))
    refused = limited.post("/v1/contacts", json={}).refused(400)
    assert rate_limit_headers(refused) == ("2", "0", str(NOW + 60))


def test_a_request_over_the_limit_has_no_effect(limited: Any) -> None:
    limited.get("/v1/contacts")
    limited.get("/v1/contacts")
    before = limited.get("/_sandbox/state").data
    response = limited.post("/v1/groups", json={"name": "G"})
    response.refused(429, "limit of 2 requests", 'POST /_sandbox/clock/advance {"seconds": 60}')
    assert response.headers["Retry-After"] == "60"
    assert rate_limit_headers(response) == ("2", "0", str(NOW + 60))
    assert limited.get("/_sandbox/state").data == before


def test_advancing_past_the_window_resets_the_limit(limited: Any) -> None:
    for _ in range(3):
        limited.get("/v1/contacts")
    assert limited.post("/_sandbox/clock/advance", json={"seconds": 59}).json["fired"] == []
    response = limited.get("/v1/contacts").refused(429)
    assert response.headers["Retry-After"] == "1"
    fired = limited.post("/_sandbox/clock/advance", json={"seconds": 1}).json["fired"]
    assert fired == [{"at": NOW + 60, "type": "rate_limit.reset"}]
    assert rate_limit_headers(limited.get("/v1/contacts")) == ("2", "1", str(NOW + 120))
    assert limited.post("/_sandbox/clock/advance", json={"seconds": 10}).json["fired"] == []


def test_setting_the_clock_back_starts_a_new_window(limited: Any) -> None:
    limited.get("/v1/contacts")
    limited.put("/_sandbox/clock", json={"now": NOW - 1000})
    assert rate_limit_headers(limited.get("/v1/contacts")) == ("2", "1", str(NOW - 940))


def test_a_limit_on_the_real_clock_ignores_the_sandboxs(limited: Any) -> None:
    rate_limit = {"limit": 0, "window_seconds": 1000, "clock": "real"}
    limited.put("/_sandbox/rate-limit", json=rate_limit)
    response = limited.get("/v1/contacts").refused(429, "limit of 0 requests")
    assert "advance" not in response.json["message"]
    assert int(response.headers["X-RateLimit-Reset"]) > NOW + 1000, "not the machine's time"
    assert limited.post("/_sandbox/clock/advance", json={"seconds": 5000}).json["fired"] == []
    limited.get("/v1/contacts").refused(429)


def test_the_message_names_no_advance_for_a_real_clock(limited: Any) -> None:
    limited.put("/_sandbox/clock", json={"mode": "real"})
    limited.put("/_sandbox/rate-limit", json={"limit": 0, "window_seconds": 1000})
    assert "advance" not in limited.get("/v1/contacts").refused(429).json["message"]


def test_get_and_delete_the_rate_limit(limited: Any) -> None:
    limited.get("/v1/contacts")
    state = {"limit": 2, "window_seconds": 60, "clock": "sandbox", "used": 1, "reset": NOW + 60}
    assert limited.get("/_sandbox/rate-limit").json == state
    limited.post("/_sandbox/clock/advance", json={"seconds": 60})
    assert limited.get("/_sandbox/rate-limit").json == {**state, "used": 0, "reset": None}
    assert limited.delete("/_sandbox/rate-limit").json == {"deleted": True}
    assert limited.delete("/_sandbox/rate-limit").json == {"deleted": False}
    limited.get("/_sandbox/rate-limit").refused(404, "no rate limit")
    assert "X-RateLimit-Limit" not in limited.get("/v1/contacts").headers


def test_a_reset_removes_the_rate_limit(limited: Any) -> None:
    limited.post("/_sandbox/reset", json={"only": ["data"]})
    assert "X-RateLimit-Limit" in limited.get("/v1/contacts").headers
    limited.post("/_sandbox/reset", json={})
    assert "X-RateLimit-Limit" not in limited.get("/v1/contacts").headers


def test_the_limit_counts_one_sandboxs_api_requests(
    limited: Any, other: Callable[[str], Any]
) -> None:
    for _ in range(3):
        limited.get("/v1/contacts")
    assert limited.get("/_sandbox/clock").status == 200
    assert "X-RateLimit-Limit" not in other("next_door").get("/v1/contacts").headers


@pytest.mark.parametrize(
    ("rate_limit", "message"),
    [
        ({"limit": 2}, "window_seconds: is required"),
        ({"limit": -1, "window_seconds": 1}, "limit: must be an integer from 0"),
        ({"limit": 1, "window_seconds": 0}, "window_seconds: must be an integer from 1"),
        ({"limit": 1, "window_seconds": 1, "clock": "wall"}, "clock: must be one of sandbox, real"),
        ({"limit": 1, "window_seconds": 1, "burst": 5}, "unknown attribute 'burst'"),
    ],
)
def test_an_invalid_rate_limit_changes_nothing(limited: Any, rate_limit: Any, message: str) -> None:
    before = limited.get("/_sandbox/rate-limit").json
    limited.put("/_sandbox/rate-limit", json=rate_limit).refused(400, message)
    assert limited.get("/_sandbox/rate-limit").json == before
