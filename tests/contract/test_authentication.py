"""Valid and invalid credentials (reference.md, "Authentication")."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.settings import Settings

if TYPE_CHECKING:
    import urllib3

    from mockserver.server import Server
    from tests.contract.conftest import Api

KINDS = ("contacts", "conversations", "groups", "messages", "attachments")
PATHS = [
    *(("GET", f"/v1/{kind}") for kind in KINDS),
    *(("POST", f"/v1/{kind}") for kind in KINDS),
    *((method, f"/v1/{kind}/x") for kind in KINDS for method in ("GET", "PUT", "DELETE")),
    ("GET", "/v1"),
    ("GET", "/v1/"),
    ("GET", "/v1/nothing"),
    ("GET", "//v1/contacts"),
    ("GET", "/%76%31/contacts"),
    ("PATCH", "/v1/contacts"),
]


def basic(credentials: str | bytes) -> str:
    data = credentials.encode() if isinstance(credentials, str) else credentials
    return f"Basic {b64encode(data).decode()}"


def check_challenge(headers: Any) -> None:
    assert "Bearer" in headers["WWW-Authenticate"]
    assert 'Basic realm="Protocol API", charset="UTF-8"' in headers["WWW-Authenticate"]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_every_request_under_v1_needs_credentials(
    server: Server, pool: urllib3.PoolManager, method: str, path: str
) -> None:
    response = pool.request(method, server.url + path)
    assert (response.status, response.json()["type"]) == (401, "invalid_request")
    check_challenge(response.headers)


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Bearer two words",
        "Bearer one, Bearer two",
        "token",
        "Digest username=x",
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic dXNlcg",
        basic("no colon"),
        basic(":password"),
        basic(b"\xff:password"),
    ],
)
def test_invalid_credentials_get_a_challenge(client: Api, header: str) -> None:
    response = client.get("/v1/contacts", headers={"Authorization": header})
    check_challenge(response.refused(401).headers)


@pytest.mark.parametrize(
    "header",
    [
        "Bearer x",
        "Bearer sk_test_4eC39HqLyjWDarjtT1zdp7dc",
        "Bearer eyJhbGciOiJub25lIn0.e30.-_~+/==",
        "bearer x",
        basic("kevin:secret"),
        basic("kevin:"),
        basic("kevin:with:colons"),
        basic("kévin:geheim"),
        basic("kevin:pässword"),
        basic("kevin:pässword".encode("latin-1")),  # requests sends Latin-1; no password is read
    ],
)
def test_any_token_or_username_is_accepted_by_default(client: Api, header: str) -> None:
    assert client.get("/v1/contacts", headers={"Authorization": header}).status == 200


@pytest.mark.parametrize("path", ["/nothing", "/v1x", "/v10/contacts"])
def test_paths_outside_v1_need_no_credentials(
    server: Server, pool: urllib3.PoolManager, path: str
) -> None:
    response = pool.request("GET", server.url + path)
    assert (response.status, response.json()["type"]) == (404, "invalid_request")


@pytest.mark.parametrize("header", ["Bearer revoked_", "Bearer revoked_1", basic("revoked_x:pw")])
def test_revoked_token_is_always_rejected(
    serve: Callable[..., Server], client_of: Callable[..., Api], client: Api, header: str
) -> None:
    knows = client_of(serve(Settings(token=("revoked_", "revoked_1", "revoked_x"))))
    for api in (client, knows):
        response = api.get("/v1/contacts", headers={"Authorization": header})
        check_challenge(response.refused(401, "revoked").headers)


@pytest.mark.parametrize("token", ["Revoked_x", "notrevoked_x", "revoked", "sandbox_revoked_1"])
def test_only_a_token_that_begins_with_revoked_is_revoked(client: Api, token: str) -> None:
    assert client.get("/v1/contacts", token=token).status == 200


def test_token_list_accepts_only_its_tokens(
    serve: Callable[..., Server], client_of: Callable[..., Api]
) -> None:
    client = client_of(serve(Settings(token=("alpha", "sandbox_beta"))))
    for token in ("alpha", "sandbox_beta"):
        assert client.get("/v1/contacts", token=token).status == 200
        header = {"Authorization": basic(f"{token}:pw")}
        assert client.get("/v1/contacts", headers=header).status == 200
    for token in ("gamma", "Alpha", "alpha1", "alph", "sandbox_alpha", "sandbox_bet", "béta"):
        header = {"Authorization": basic(f"{token}:alpha")}
        check_challenge(client.get("/v1/contacts", headers=header).refused(401).headers)
        if token.isascii():
            check_challenge(client.get("/v1/contacts", token=token).refused(401).headers)


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("POST", "/v1/contacts", {"body": b"{", "headers": {"Content-Type": "application/json"}}),
        ("POST", "/v1/contacts", {"body": b"x", "headers": {"Content-Type": "text/plain"}}),
        ("GET", "/v1/contacts?limit=0", {}),
        ("PATCH", "/v1/contacts", {}),
        ("GET", "/v1/nothing", {}),
    ],
)
def test_credentials_are_checked_before_anything_else(
    client: Api, method: str, path: str, options: dict[str, Any]
) -> None:
    client(method, path, token="revoked_x", **options).refused(401)


def test_rejected_request_changes_nothing(
    serve: Callable[..., Server], client_of: Callable[..., Api]
) -> None:
    client = client_of(serve(Settings(token=("alpha",))), "alpha")
    before = client.ids("/v1/contacts")
    client.delete(f"/v1/contacts/{before[-1]}", token="other").refused(401)
    values = {"username": "Gus", "phone_number": "1"}
    client.post("/v1/contacts", json=values, token="other").refused(401)
    assert client.ids("/v1/contacts") == before
