"""Credentials, which the control API receives but does not show."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockserver.settings import Settings
from mockserver.web.app import create_app

SECRET = "s3cr3t"
URL = f"http://127.0.0.1:1/hook?a=1&access_token={SECRET}"
HIDDEN_URL = "http://127.0.0.1:1/hook?a=1&access_token=(redacted)"


@pytest.mark.parametrize(
    "header",
    ["X-Api-Key", "X-Auth-Token", "Cookie", "Proxy-Authorization", "Ocp-Apim-Subscription-Key"],
)
def test_headers_with_credentials_are_hidden(client: Any, header: str) -> None:
    client.get("/v1/contacts", headers={header: SECRET, "Idempotency-Key": "shown"})
    entry = client.get("/_sandbox/requests/req_1")
    assert entry.json["request"]["headers"][header] == "(redacted)"
    assert entry.json["request"]["headers"]["Idempotency-Key"] == "shown"
    assert SECRET.encode() not in entry.data


@pytest.mark.parametrize("name", ["access_token", "api_key", "apikey", "key", "sig", "pa%73sword"])
def test_credentials_in_a_query_are_hidden(client: Any, name: str) -> None:
    client.get(f"/v1/contacts?limit=2&{name}={SECRET}", headers={"Referer": f"/?{name}={SECRET}"})
    for path in ("/_sandbox/requests", "/_sandbox/requests/req_1"):
        response = client.get(path)
        assert SECRET.encode() not in response.data
        assert b"(redacted)" in response.data
        assert b'"limit":"2"' in response.data


@pytest.mark.parametrize(
    "match",
    [{"query": {"api_key": "other"}}, {"headers": {"X-Api-Key": "other"}}],
    ids=str,
)
def test_a_near_miss_hides_credentials(client: Any, match: Any) -> None:
    client.get(f"/v1/contacts?api_key={SECRET}", headers={"X-Api-Key": SECRET})
    result = client.post("/_sandbox/requests/verify", json={"match": match})
    assert SECRET.encode() not in result.data
    [difference] = result.json["nearest"][0]["differences"]
    assert difference.endswith(": expected 'other', got (redacted)")


def test_hidden_credentials_can_still_be_matched(client: Any) -> None:
    client.get(f"/v1/contacts?api_key={SECRET}", headers={"X-Api-Key": SECRET})
    match = {"query": {"api_key": SECRET}, "headers": {"x-api-key": SECRET}}
    assert client.post("/_sandbox/requests/verify", json={"match": match}).json["verified"]


def test_a_webhooks_query_is_shown_only_at_its_creation(client: Any) -> None:
    webhook = client.post("/_sandbox/webhooks", json={"url": URL}).json
    assert webhook["url"] == URL
    path = f"/_sandbox/webhooks/{webhook['id']}"
    client.post("/v1/groups", json={"name": "G"}, headers={"Prefer": "wait=10"})
    for shown in (
        path,
        "/_sandbox/webhooks",
        "/_sandbox/deliveries",
        "/_sandbox/deliveries/delivery_1",
    ):
        response = client.get(shown)
        assert HIDDEN_URL.encode() in response.data
        assert SECRET.encode() not in response.data
    client.put(path, json={"url": HIDDEN_URL}).refused(400, "url: has a value that is hidden")
    assert client.put(path, json={"enabled": False}).json["url"] == HIDDEN_URL


def test_the_query_of_a_webhook_in_the_settings_is_hidden() -> None:
    flask: FlaskClient = create_app(
        Settings(webhook=(f"{URL};events=message.*;secret={SECRET}",))
    ).test_client()
    response = flask.get("/_sandbox")
    assert json.loads(response.data)["settings"]["webhook"] == [
        f"{HIDDEN_URL};events=message.*;secret=…"
    ]
    assert SECRET.encode() not in response.data
