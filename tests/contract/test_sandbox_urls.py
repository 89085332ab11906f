"""The base URL ``/s/NAME/v1``: selects a sandbox for clients that cannot set a token."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.settings import Settings


@pytest.fixture
def name(client: Any) -> str:
    sandbox: str = client.token.removeprefix("sandbox_")
    return sandbox


def test_url_selects_the_sandbox(client: Any, name: str) -> None:
    created = client.post(f"/s/{name}/v1/groups", json={"name": "G"}, token="fixed")
    assert created.status == 201
    assert client.get(f"/v1/groups/{created.json['id']}").data == created.data
    client.get(f"/v1/groups/{created.json['id']}", token="fixed").refused(404)


def test_location_keeps_the_sandbox_prefix(client: Any, name: str) -> None:
    created = client.post(f"/s/{name}/v1/groups", json={"name": "G"}, token="fixed")
    assert created.headers["Location"] == f"/s/{name}/v1/groups/{created.json['id']}"
    assert client.get(created.headers["Location"], token="fixed").data == created.data


def test_url_overrides_the_tokens_sandbox(client: Any, name: str) -> None:
    created = client.post(
        f"/s/{name}/v1/groups", json={"name": "G"}, token="sandbox_elsewhere"
    ).json
    assert client.get(f"/v1/groups/{created['id']}").status == 200


def test_sandbox_url_needs_credentials(client: Any, name: str) -> None:
    client.get(f"/s/{name}/v1/groups", token="revoked_1").refused(401)
    response = client.pool.request("GET", f"{client.url}/s/{name}/v1/groups")
    assert response.status == 401


def test_invalid_token_name_is_rejected_at_sandbox_url(client: Any, name: str) -> None:
    client.get(f"/s/{name}/v1/groups", token="sandbox_not.a.name").refused(401, "sandbox_")


def test_other_origins_may_use_sandbox_urls(client: Any, name: str) -> None:
    origin = "http://localhost:3000"
    headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    preflight = client("OPTIONS", f"/s/{name}/v1/groups", headers=headers)
    assert (preflight.status, preflight.headers["Access-Control-Allow-Origin"]) == (204, origin)


@pytest.mark.parametrize("path", ["/s/a.b/v1/groups", "/s//v1/groups", "/s/a/v2/groups", "/s/a"])
def test_other_paths_below_s_are_404(client: Any, path: str) -> None:
    client.get(path).refused(404, path)


@pytest.fixture(scope="module")
def strict(serve: Any) -> Any:
    return serve(Settings(require_sandbox=True))


def test_default_sandbox_is_rejected_if_one_is_required(client: Any, strict: Any) -> None:
    client.url = strict.url
    client.get("/v1/groups", token="anything").refused(400, "sandbox_NAME", "/s/NAME/v1")
    client.get("/v1/groups", token="sandbox_default").refused(400)
    assert client.get("/v1/groups").status == 200
    assert client.get("/s/a/v1/groups", token="anything").status == 200
