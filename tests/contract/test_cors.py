"""Cross-origin requests (Fetch, "CORS protocol").

The reference does not mention CORS, so the headers are sent only if the request has an Origin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import urllib3

    from mockserver.server import Server
    from tests.contract.conftest import Api

ORIGIN = {"Origin": "https://app.example"}
PREFLIGHT = {**ORIGIN, "Access-Control-Request-Method": "PUT"}


def cors(headers: Any) -> set[str]:
    return {name for name in headers if name.startswith("Access-Control-")}


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "/v1/contacts", {}, 200),
        ("HEAD", "/v1/contacts", {}, 200),
        ("POST", "/v1/contacts", {"json": {"username": "x", "phone_number": "1"}}, 201),
        ("PUT", "/v1/contacts/WAz8eIbvDR60rouK", {"json": {}}, 200),
        ("DELETE", "/v1/contacts/WAz8eIbvDR60rouK", {}, 204),
        ("GET", "/v1/contacts?limit=0", {}, 400),
        ("GET", "/v1/contacts", {"token": "revoked_x"}, 401),
        ("GET", "/v1/nothing", {}, 404),
        ("PATCH", "/v1/contacts", {}, 405),
        ("POST", "/v1/contacts", {"body": b"x", "headers": {"Content-Type": "a/b"}}, 415),
    ],
)
def test_api_responses_allow_any_origin(
    client: Api, method: str, path: str, options: dict[str, Any], status: int
) -> None:
    headers = {**ORIGIN, **options.pop("headers", {})} if "headers" in options else ORIGIN
    answer = client(method, path, **{**options, "headers": headers})
    assert answer.status == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Expose-Headers"] == "*"
    # With "*", browsers send no cookies; the API uses none.
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    ("path", "token"),
    [("/v1/contacts", None), ("/v1/nothing", None), ("/v1/contacts", "revoked_x")],
)
def test_no_cors_headers_without_an_origin(client: Api, path: str, token: str | None) -> None:
    assert cors(client.get(path, token=token).headers) == set()


@pytest.mark.parametrize("path", ["/nothing", "/v1x", "/_sandbox/health"])
def test_other_origins_cannot_read_paths_outside_v1(client: Api, path: str) -> None:
    assert cors(client.get(path, headers=ORIGIN).headers) == set()


@pytest.mark.parametrize("origin", ["null", "http://localhost:3000", "chrome-extension://x"])
def test_any_origin_is_allowed(client: Api, origin: str) -> None:
    answer = client.get("/v1/contacts", headers={"Origin": origin})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/v1/contacts", "/v1/contacts/x", "/v1/nothing", "/v1"])
def test_preflight_allows_every_method_without_credentials(
    server: Server, pool: urllib3.PoolManager, path: str
) -> None:
    asked = {"Access-Control-Request-Headers": "authorization,content-type,x-odd"}
    answer = pool.request("OPTIONS", server.url + path, headers={**PREFLIGHT, **asked})
    assert (answer.status, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    allowed = answer.headers["Access-Control-Allow-Methods"].split(", ")
    assert {"GET", "POST", "PUT", "DELETE"} <= set(allowed)
    own = {
        "/v1/contacts": "GET, HEAD, POST, OPTIONS",
        "/v1/contacts/x": "DELETE, GET, HEAD, PUT, OPTIONS",
    }
    assert answer.headers["Allow"] == own.get(path, "GET, POST, PUT, DELETE, OPTIONS")
    # "*" does not include Authorization.
    listed = answer.headers["Access-Control-Allow-Headers"].replace(" ", "").split(",")
    assert {"authorization", "content-type", "x-odd"} <= set(listed)
    assert int(answer.headers["Access-Control-Max-Age"]) > 0
    assert "Access-Control-Request-Headers" in answer.headers["Vary"]
    assert "Access-Control-Allow-Private-Network" not in answer.headers


def test_preflight_allows_private_network_access(client: Api) -> None:
    headers = {**PREFLIGHT, "Access-Control-Request-Private-Network": "true"}
    answer = client("OPTIONS", "/v1/contacts", headers=headers)
    assert answer.headers["Access-Control-Allow-Private-Network"] == "true"


def test_options_lists_the_methods(client: Api) -> None:
    answer = client("OPTIONS", "/v1/contacts")
    assert answer.status == 204
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_preflight_with_foreign_host_is_rejected(client: Api) -> None:
    headers = {**PREFLIGHT, "Host": "evil.example"}
    client("OPTIONS", "/v1/contacts", headers=headers).refused(421)
