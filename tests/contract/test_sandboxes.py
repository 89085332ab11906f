"""The sandbox that a token selects (reference.md, "Authentication")."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mockserver.settings import Settings

if TYPE_CHECKING:
    from mockserver.server import Server
    from tests.contract.conftest import Api

FRANK = "WAz8eIbvDR60rouK"


def as_username(token: str) -> dict[str, str]:
    credentials = b64encode(f"{token}:any".encode()).decode()
    return {"Authorization": f"Basic {credentials}"}


def test_sandboxes_do_not_see_each_other(client: Api, neighbour: Api) -> None:
    gus = client.contact()
    client.remove("contacts", FRANK)
    assert not neighbour.exists("contacts", gus["id"])
    assert neighbour.exists("contacts", FRANK)
    neighbour.change("contacts", FRANK, display_name="Uncle")
    client.get(f"/v1/contacts/{FRANK}").refused(404)


def test_a_sandbox_keeps_its_state_between_requests(client: Api) -> None:
    gus = client.contact()
    assert client.retrieve("contacts", gus["id"]) == gus


def test_new_sandbox_is_a_copy_of_the_fixtures(
    serve: Callable[..., Server], client_of: Callable[..., Api]
) -> None:
    server = serve()
    shared, first = client_of(server, "any"), client_of(server, "sandbox_first")
    fixtures = {kind: shared.walk(f"/v1/{kind}") for kind in ("contacts", "messages")}
    for client in (shared, first):
        client.remove("contacts", FRANK)
        client.contact()
    second = client_of(server, "sandbox_second")
    assert {kind: second.walk(f"/v1/{kind}") for kind in fixtures} == fixtures


def test_all_other_tokens_share_the_sandbox_default(
    serve: Callable[..., Server], client_of: Callable[..., Api]
) -> None:
    server = serve()
    gus = client_of(server, "any").contact()
    for token in ("other", "Sandbox_x", "sandbox-x", "xsandbox_y", "sandbox_default"):
        assert client_of(server, token).retrieve("contacts", gus["id"]) == gus
    basic = client_of(server).get(f"/v1/contacts/{gus['id']}", headers=as_username("kevin"))
    assert basic.json == gus
    assert not client_of(server, "sandbox_x").exists("contacts", gus["id"])


def test_a_username_selects_a_sandbox_as_a_token_does(client: Api) -> None:
    gus = client.contact()
    path = f"/v1/contacts/{gus['id']}"
    assert client.get(path, headers=as_username(client.token)).json == gus
    client.get(path, headers=as_username(client.token + "_other")).refused(404)


@pytest.mark.parametrize("name", ["a", "Z", "0", "_", "-", "a_b-C9", "x" * 64])
def test_valid_sandbox_names(client: Api, name: str) -> None:
    assert client.get("/v1/contacts", token=f"sandbox_{name}").status == 200


@pytest.mark.parametrize("name", ["", "x" * 65, "a.b", "a/b", "..", "a:b", "a%20b", "a!"])
def test_invalid_sandbox_name_is_a_401_with_the_rule(client: Api, name: str) -> None:
    response = client.get("/v1/contacts", token=f"sandbox_{name}")
    response.refused(401, "1 to 64", "letters, digits", "'_'", "'-'")
    assert "WWW-Authenticate" in response.headers


@pytest.mark.parametrize("name", ["", "é", "a b", "x\n", "x" * 65])
def test_invalid_sandbox_name_in_username_is_rejected(client: Api, name: str) -> None:
    headers = as_username(f"sandbox_{name}")
    client.get("/v1/contacts", headers=headers).refused(401, "1 to 64", "letters, digits")


def test_rejected_token_opens_no_sandbox(
    serve: Callable[..., Server], client_of: Callable[..., Api]
) -> None:
    # There is room for the default sandbox and one more.
    client = client_of(serve(Settings(token=("sandbox_mine",), max_sandboxes=2)), "sandbox_mine")
    for token in ("sandbox_other", "revoked_sandbox_x", f"sandbox_{'x' * 65}"):
        client.get("/v1/contacts", token=token).refused(401)
    assert client.get("/v1/contacts").status == 200


def test_a_preflight_opens_no_sandbox(
    serve: Callable[..., Server], client_of: Callable[..., Api]
) -> None:
    client = client_of(serve(Settings(max_sandboxes=2)), "sandbox_mine")
    assert client("OPTIONS", "/v1/contacts", token="sandbox_other").status == 204
    assert client.get("/v1/contacts").status == 200


def test_sandbox_over_the_limit_is_a_503(
    serve: Callable[..., Server], client_of: Callable[..., Api]
) -> None:
    client = client_of(serve(Settings(max_sandboxes=2)), "sandbox_one")
    gus = client.contact()
    response = client.get("/v1/contacts", token="sandbox_two").refused(503, "sandbox")
    assert int(response.headers["Retry-After"]) >= 0
    assert client.retrieve("contacts", gus["id"]) == gus
    assert client.get("/v1/contacts", token="any").status == 200
