"""The base URL ``/s/NAME/v1``: a sandbox for what cannot choose its token."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.settings import Settings


@pytest.fixture
def name(client: Any) -> str:
    found: str = client.token.removeprefix("sandbox_")
    return found


def test_the_url_picks_the_sandbox_whatever_the_token(client: Any, name: str) -> None:
    made = client.post(f"/s/{name}/v1/groups", json={"name": "G"}, token="fixed")
    assert made.status == 201
    assert client.get(f"/v1/groups/{made.json['id']}").data == made.data
    client.get(f"/v1/groups/{made.json['id']}", token="fixed").refused(404)


def test_the_location_of_what_is_made_keeps_the_base(client: Any, name: str) -> None:
    made = client.post(f"/s/{name}/v1/groups", json={"name": "G"}, token="fixed")
    assert made.headers["Location"] == f"/s/{name}/v1/groups/{made.json['id']}"
    assert client.get(made.headers["Location"], token="fixed").data == made.data


def test_it_goes_before_a_token_that_picks_another(client: Any, name: str) -> None:
    made = client.post(f"/s/{name}/v1/groups", json={"name": "G"}, token="sandbox_elsewhere").json
    assert client.get(f"/v1/groups/{made['id']}").status == 200


def test_credentials_are_due_there_too(client: Any, name: str) -> None:
    client.get(f"/s/{name}/v1/groups", token="revoked_1").refused(401)
    answer = client.pool.request("GET", f"{client.url}/s/{name}/v1/groups")
    assert answer.status == 401


def test_a_token_with_an_impossible_name_is_refused_there_too(client: Any, name: str) -> None:
    client.get(f"/s/{name}/v1/groups", token="sandbox_not.a.name").refused(401, "sandbox_")


def test_pages_of_other_origins_may_use_it(client: Any, name: str) -> None:
    headers = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "GET"}
    preflight = client("OPTIONS", f"/s/{name}/v1/groups", headers=headers)
    assert (preflight.status, preflight.headers["Access-Control-Allow-Origin"]) == (204, "*")


@pytest.mark.parametrize("path", ["/s/a.b/v1/groups", "/s//v1/groups", "/s/a/v2/groups", "/s/a"])
def test_no_other_path_below_s_is_known(client: Any, path: str) -> None:
    client.get(path).refused(404, path)


@pytest.fixture(scope="module")
def strict(serve: Any) -> Any:
    return serve(Settings(require_sandbox=True))


def test_where_a_sandbox_is_required_default_is_refused(client: Any, strict: Any) -> None:
    client.url = strict.url
    client.get("/v1/groups", token="anything").refused(400, "sandbox_NAME", "/s/NAME/v1")
    client.get("/v1/groups", token="sandbox_default").refused(400)
    assert client.get("/v1/groups").status == 200
    assert client.get("/s/a/v1/groups", token="anything").status == 200
