"""URLs, tokens and applications that select a sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import urllib3
from flask import Flask
from werkzeug.test import Client

from mockserver import ApiError, MockServer, Sandbox

GONE = "/v1/contacts/WAz8eIbvDR60rouK"


@pytest.fixture(scope="module")
def strict() -> Iterator[MockServer]:
    """A server that accepts one token only."""
    with MockServer(token="s3cret") as server:
        yield server


def test_the_url_with_the_headers_selects_the_sandbox(
    box: Sandbox, pool: urllib3.PoolManager
) -> None:
    assert (box.token, box.headers) == (
        f"sandbox_{box.name}",
        {"Authorization": f"Bearer sandbox_{box.name}"},
    )
    assert pool.request("DELETE", box.url + GONE, headers=box.headers).status == 204
    assert box.call("GET", GONE).status == 404


def test_the_base_url_selects_the_sandbox_for_any_token(
    box: Sandbox, pool: urllib3.PoolManager
) -> None:
    headers = {"Authorization": "Bearer fixed"}
    gone = box.base_url + GONE.removeprefix("/v1")
    assert pool.request("DELETE", gone, headers=headers).status == 204
    assert box.call("GET", GONE).status == 404


@pytest.mark.parametrize("token", [None, "fixed", "sandbox_other"])
def test_the_application_is_bound_to_the_sandbox(
    own: MockServer, numbers: Iterator[int], token: str | None
) -> None:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    with own.sandbox(f"box_{next(numbers)}") as box:
        client = Client(box.app)
        created = client.post("/v1/groups", json={"name": "G"}, headers=headers)
        assert created.headers["Location"] == f"/v1/groups/{created.get_json()['id']}"
        assert client.get(created.headers["Location"], headers=headers).status_code == 200
        requests = client.get("/_sandbox/requests", headers=headers).get_json()
        assert requests["data"] == box.journal.list(), "the control API too"
        assert len(box.journal.list()) == 2


@pytest.mark.parametrize("host", ["testserver", "api.protocol.chat", "10.0.0.5:80"])
def test_the_application_accepts_any_host(own: MockServer, host: str) -> None:
    response = Client(own.default.app).get("/v1/contacts", headers={"Host": host})
    assert response.status_code == 200


def test_the_application_rejects_a_wrong_token(box: Sandbox, own: MockServer) -> None:
    app = Client(own.default.app)
    revoked = {"Authorization": "Bearer revoked_1"}
    assert app.get("/v1/contacts", headers=revoked).status_code == 401


def test_a_remote_server_has_no_application(remote: MockServer) -> None:
    for server in (remote, remote.default):
        with pytest.raises(RuntimeError, match=r"runs in another process.*use its url"):
            _ = server.app


def test_an_in_process_server_needs_no_socket() -> None:
    server = MockServer(fixtures="empty")
    assert isinstance(server.app, Flask)
    with server.sandbox("quiet") as box:
        page = Client(box.app).get("/v1/contacts").get_json()
        assert page == box.call("GET", "/v1/contacts").json
        with pytest.raises(RuntimeError, match=r"not started.*MockServer.*start"):
            _ = box.url


@pytest.mark.parametrize("way", ["own", "remote"])
def test_with_fixed_tokens_the_url_selects_the_sandbox(
    strict: MockServer, pool: urllib3.PoolManager, way: str
) -> None:
    remote = MockServer(url=strict.url, token="s3cret")
    handle = strict if way == "own" else remote
    with remote, handle.sandbox("one") as box:
        assert (box.token, box.url) == ("s3cret", f"{strict.url}/s/one")
        assert pool.request("DELETE", box.url + GONE, headers=box.headers).status == 204
        assert box.call("GET", GONE).status == 404
        assert handle.default.call("GET", GONE).status == 200
        assert [entry["status"] for entry in box.journal.list()] == [204, 404]


def test_other_tokens_select_the_default_sandbox(
    handle: MockServer, pool: urllib3.PoolManager
) -> None:
    default = handle.default
    default.reset()
    pool.request("DELETE", default.url + GONE, headers={"Authorization": "Bearer any"})
    assert pool.request("GET", default.url + GONE, headers=default.headers).status == 404
    assert default.call("GET", GONE).status == 404
    with pytest.raises(ApiError, match="reset it instead"):
        default.delete()
