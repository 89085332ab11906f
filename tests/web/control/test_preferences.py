"""Preferences of a request: the header ``Prefer``, or parameters such as ``__code``."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("code", [400, 401, 404, 409, 418, 429, 500, 503, 599])
def test_prefer_code_responds_with_an_error(client: Any, code: int) -> None:
    expected = {"Prefer": f"code={code}"}
    for response in (
        client.get("/v1/contacts", headers=expected),
        client.get(f"/v1/contacts?limit=3&__code={code}"),
        client.post(f"/v1/contacts?__code={code}", json={}),
    ):
        response.refused(code, "the request had no effect")
        assert response.headers["Preference-Applied"] == f"code={code}"
        assert ("Retry-After" in response.headers) == (code in (429, 503))
    assert client.get("/v1/contacts").status == 200


def test_a_preferred_error_changes_nothing(client: Any) -> None:
    before = client.get("/_sandbox/state").data
    client.post("/v1/groups", json={"name": "G"}, headers={"Prefer": "code=500"}).refused(500)
    assert client.get("/_sandbox/state").data == before


def test_prefer_delay_delays_the_response(client: Any) -> None:
    response = client.get("/v1/contacts?limit=1", headers={"Prefer": "delay=30"})
    assert (response.status, response.headers["Preference-Applied"]) == (200, "delay=30")
    [entry] = client.get("/_sandbox/requests").json["data"]
    assert entry["faults"] == [{"type": "fixed", "fixedDelayMilliseconds": 30, "cause": "Prefer"}]
    assert entry["ms"] >= 30, "the response came before the delay was over"


def test_code_and_delay_combine(client: Any) -> None:
    response = client.get("/v1/contacts?__delay=1", headers={"Prefer": 'Code="503"'})
    assert response.status == 503
    assert response.headers["Preference-Applied"] == "code=503, delay=1"


@pytest.mark.parametrize(
    ("header", "query", "message"),
    [
        ("code=200", "", "code: must be an integer from 400 to 599, not 200"),
        ("code", "", "code: must be an integer"),
        ("code=4_04", "", "code: must be an integer"),
        ("delay=-1", "", "delay: must be an integer from 0"),
        ("delay=9999999", "", "delay: must be an integer from 0 to 600000"),
        ("status=404", "", "unknown preference 'status'; known: code, delay"),
        ("dynamic=true", "", "unknown preference 'dynamic'"),
        ("code=404", "__code=404", "is sent more than once"),
        ("code=404, code=500", "", "is sent more than once"),
        ("=404", "", "unknown preference ''"),
        ("", "__", "unknown preference ''"),
        ("", "__code=404&__code=500", "is sent more than once"),
        ("", "__code=", "code: must be an integer"),
        ("", "__coed=404", "did you mean 'code'?"),
    ],
)
def test_an_invalid_preference_is_refused(
    client: Any, header: str, query: str, message: str
) -> None:
    before = client.get("/_sandbox/state").data
    headers = {"Prefer": header} if header else {}
    response = client.post(f"/v1/groups?{query}", json={"name": "G"}, headers=headers)
    response.refused(400, "Prefer: ", message)
    assert "Preference-Applied" not in response.headers
    assert client.get("/_sandbox/state").data == before


def test_a_preference_replaces_the_rules_and_leaves_counters(client: Any) -> None:
    client.post("/_sandbox/faults", json={"times": 1, "fault": {"type": "error", "status": 500}})
    assert client.get("/v1/contacts", headers={"Prefer": "code=404"}).status == 404
    assert client.get("/v1/contacts").status == 500


def test_other_query_parameters_are_kept(client: Any) -> None:
    plain = client.get("/v1/contacts?limit=2").data
    assert client.get("/v1/contacts?__delay=0&limit=2").data == plain
    client.get("/v1/contacts?__delay=0&limt=2").refused(400, "unknown parameter 'limt'")
    request = client.get("/_sandbox/requests?limit=100").json["data"][1]
    assert request["query"] == {"__delay": "0", "limit": "2"}


def test_a_preference_does_not_bypass_authentication(client: Any) -> None:
    headers = {"Prefer": "code=503", "Authorization": "Bearer revoked_1"}
    client.get("/v1/contacts", headers=headers).refused(401)


def test_standard_preferences_are_ignored(client: Any) -> None:
    response = client.get("/v1/contacts", headers={"Prefer": "respond-async, return=minimal"})
    assert response.status == 200
    assert "Preference-Applied" not in response.headers
