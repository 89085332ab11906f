"""Requests that miss their sandbox are listed, with what the client must change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.settings import Settings

SECRET = "sk_test_4242424242424242"
MESSAGE = {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "Good evening."}


@pytest.fixture
def opened(client: Any) -> Any:
    """A client whose sandbox is open."""
    client.get("/v1/groups?limit=1")
    return client


def strays(client: Any) -> Any:
    return client.get("/_sandbox/strays").json


#: Requests that reach no sandbox, with their status and a part of the advice.
STRAYS: dict[str, tuple[dict[str, Any], int, str]] = {
    "no token": ({"headers": {"Authorization": ""}}, 401, "the Authorization header is missing"),
    "another scheme": ({"headers": {"Authorization": "Digest x"}}, 401, "neither Bearer nor Basic"),
    "a revoked token": ({"token": "revoked_1"}, 401, "'revoked_"),
    "an invalid name": ({"token": "sandbox_a/b"}, 401, "invalid sandbox name after 'sandbox_'"),
    "no /v1": ({"path": "/messages"}, 404, "the API is below /v1"),
    "a wrong version": ({"path": "/v2/messages"}, 404, "the API is below /v1"),
    "a wrong prefix": ({"path": "/s/a.b/v1/messages"}, 404, "the API is below /v1"),
    "a page": ({"path": "/docs"}, 405, "POST is not allowed on /docs"),
    "a foreign host": (
        {"headers": {"Host": "api.protocol.chat"}},
        421,
        "does not name this server",
    ),
}


@pytest.mark.parametrize("kind", STRAYS)
def test_a_request_without_a_sandbox_is_listed(opened: Any, kind: str) -> None:
    sent, status, advice = STRAYS[kind]
    sent = {"path": "/v1/messages", "json": MESSAGE, **sent}
    assert opened("POST", **sent).status == status
    result = strays(opened)
    (stray,) = result["data"]
    assert (stray["method"], stray["path"], stray["status"]) == ("POST", sent["path"], status)
    assert (stray["sandbox"], stray["id"][:6]) == (None, "stray_")
    assert advice in stray["reason"]
    (line,) = result["advice"]
    assert line.startswith("1 request reached no sandbox")
    assert f"the last one POST {sent['path']}: {status}, {stray['reason']}" in line


def test_a_request_to_the_default_sandbox_is_listed(opened: Any) -> None:
    for _ in range(3):
        opened.post("/v1/messages", json=MESSAGE, token=SECRET)
    result = strays(opened)
    assert [(stray["sandbox"], stray["status"]) for stray in result["data"]] == [
        ("default", 201)
    ] * 3
    name = opened.token.removeprefix("sandbox_")
    assert result["advice"] == [
        "3 requests reached the sandbox 'default' with the token 'sk_test_…', the last one "
        f"POST /v1/messages: use the token 'sandbox_{name}' or the base URL /s/{name}/v1"
    ]


@pytest.mark.parametrize("token", [SECRET, "revoked_secret", "short"])
def test_tokens_of_strays_are_masked(opened: Any, token: str) -> None:
    opened.get(f"/v1/contacts?api_key={token}", token=token)
    opened.get("/v1/contacts", headers={"Host": "api.test"}, token=token)
    data = opened.get("/_sandbox/strays").data
    assert token.encode() not in data
    assert len(strays(opened)["data"]) == 2


def test_other_requests_are_not_strays(client: Any, other: Callable[[str], Any]) -> None:
    client.get("/v1/contacts", token=SECRET)
    client.get("/contacts")
    client.get("/v1/contacts?limt=1")
    client.get("/v1/nowhere")
    client.get("/_sandbox/nowhere")
    client.post("/_sandbox/reset", json={"onyl": []})
    other("too").get("/v1/contacts")
    client("OPTIONS", "/v1/contacts", headers={"Authorization": ""})
    client.get("/docs")
    assert strays(client) == {"evicted": strays(client)["evicted"], "advice": [], "data": []}


def test_the_default_sandbox_lists_no_requests_of_its_own(opened: Any) -> None:
    opened.get("/v1/contacts", token="any")
    result = opened.get("/_sandbox/strays?sandbox=default").json
    assert {stray["sandbox"] for stray in result["data"]} <= {None}


@pytest.mark.parametrize("action", ["verify", "wait"])
def test_a_failed_verification_names_strays(opened: Any, action: str) -> None:
    opened.post("/v1/messages", json=MESSAGE, token=SECRET)
    body: dict[str, Any] = {"match": {"operation": "messages.create"}}
    body |= {"timeout": 0} if action == "wait" else {}
    result = opened.post(f"/_sandbox/requests/{action}", json=body).json
    assert result["strays"] == strays(opened)["advice"] != []
    body["count"] = 0
    assert "strays" not in opened.post(f"/_sandbox/requests/{action}", json=body).json


def test_strays_are_counted_and_bounded(opened: Any) -> None:
    before = opened.get("/_sandbox/counters").json["strays"]
    evicted = strays(opened)["evicted"]
    for _ in range(201):
        opened.get("/nowhere")
    result = strays(opened)
    assert opened.get("/_sandbox/counters").json["strays"] == before + 201
    assert (len(result["data"]), result["evicted"] > evicted) == (200, True)
    assert result["advice"][0].startswith("200 requests reached no sandbox")


@pytest.mark.parametrize(
    ("settings", "status", "reason"),
    [
        ({"require_sandbox": True}, 400, "send a token 'sandbox_NAME'"),
        ({"token": ("only",)}, 401, "the server does not accept this token"),
        ({"max_sandboxes": 1}, 503, "larger --max-sandboxes"),
    ],
)
def test_settings_can_make_strays(
    serve: Any, client: Any, settings: dict[str, Any], status: int, reason: str
) -> None:
    url = serve(Settings(**settings)).url
    refused = client.pool.request(
        "GET", f"{url}/v1/contacts", headers={"Authorization": "Bearer sandbox_a"}
    )
    if status == 400:
        refused = client.pool.request(
            "GET", f"{url}/v1/contacts", headers={"Authorization": f"Bearer {SECRET}"}
        )
    assert refused.status == status
    headers = {"Authorization": "Bearer only"} if "token" in settings else {}
    result = client.pool.request("GET", f"{url}/_sandbox/strays", headers=headers).json()
    assert reason in result["advice"][0]
