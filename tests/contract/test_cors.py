"""Cross-origin requests (Fetch, "CORS protocol").

The reference does not mention CORS, so the headers are sent only if the request has an Origin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import urllib3

    from mockserver.server import Server
    from tests.conftest import HttpResponse
    from tests.contract.conftest import Api

ORIGIN = {"Origin": "https://app.example"}
PICTURE = "/_assets/default/avatars/a.jpg"
#: Headers that a page may want to read; browsers show the others without being told, or never.
NEEDED = {"allow", "content-range", "date", "etag", "location", "www-authenticate", "x-request-id"}
PREFLIGHT = {**ORIGIN, "Access-Control-Request-Method": "PUT"}


def check_readable(response: HttpResponse, origin: str = ORIGIN["Origin"]) -> None:
    """Check that a page can read the response and its headers, also if it sends credentials.

    "*" does not apply to a request with credentials (Fetch, "CORS protocol and credentials").
    """
    assert response.headers["Access-Control-Allow-Origin"] == origin
    assert response.headers["Access-Control-Allow-Credentials"] == "true"
    assert "Origin" in response.headers["Vary"].split(", ")
    exposed = response.headers["Access-Control-Expose-Headers"].lower().split(", ")
    sent = {name.lower() for name in response.headers}
    assert sent & NEEDED <= set(exposed)


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
    response = client(method, path, **{**options, "headers": headers})
    assert response.status == status
    check_readable(response)


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
    check_readable(client.get("/v1/contacts", headers={"Origin": origin}), origin)


@pytest.mark.parametrize("path", ["/v1/contacts", "/v1/contacts/x", "/v1/nothing", "/v1"])
def test_preflight_allows_every_method_without_credentials(
    server: Server, pool: urllib3.PoolManager, path: str
) -> None:
    asked = {"Access-Control-Request-Headers": "authorization,content-type,x-odd"}
    response = pool.request("OPTIONS", server.url + path, headers={**PREFLIGHT, **asked})
    assert (response.status, response.data) == (204, b"")
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]
    assert response.headers["Access-Control-Allow-Credentials"] == "true"
    allowed = response.headers["Access-Control-Allow-Methods"].split(", ")
    # A page can read the 405 for PATCH.
    assert {"GET", "POST", "PUT", "DELETE", "PATCH"} <= set(allowed)
    own = {
        "/v1/contacts": "GET, HEAD, POST, OPTIONS",
        "/v1/contacts/x": "DELETE, GET, HEAD, PUT, OPTIONS",
    }
    assert response.headers["Allow"] == own.get(path, "GET, POST, PUT, DELETE, OPTIONS")
    # "*" does not include Authorization.
    listed = response.headers["Access-Control-Allow-Headers"].replace(" ", "").split(",")
    assert {"authorization", "content-type", "x-odd"} <= set(listed)
    assert int(response.headers["Access-Control-Max-Age"]) > 0
    assert "Access-Control-Request-Headers" in response.headers["Vary"]
    assert "Access-Control-Allow-Private-Network" not in response.headers


def test_preflight_allows_private_network_access(client: Api) -> None:
    headers = {**PREFLIGHT, "Access-Control-Request-Private-Network": "true"}
    response = client("OPTIONS", "/v1/contacts", headers=headers)
    assert response.headers["Access-Control-Allow-Private-Network"] == "true"


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/v1/contacts", "GET, HEAD, POST, OPTIONS"),
        ("/_assets/default/avatars/a.jpg", "GET, HEAD, OPTIONS"),
        ("/_sandbox/health", "GET, HEAD, OPTIONS"),
        ("/_sandbox/faults", "DELETE, GET, HEAD, POST, PUT, OPTIONS"),
        ("/", "GET, HEAD, OPTIONS"),
        ("/docs", "GET, HEAD, OPTIONS"),
    ],
)
def test_options_lists_the_methods(client: Api, path: str, methods: str) -> None:
    response = client("OPTIONS", path)
    assert (response.status, response.headers["Allow"]) == (204, methods)


def test_options_for_an_unknown_path_is_a_404(client: Api) -> None:
    client("OPTIONS", "/nothing").refused(404)


@pytest.mark.parametrize("path", ["/_sandbox/faults", "/_sandbox/health", "/", "/docs"])
def test_preflight_allows_nothing_outside_v1_and_files(client: Api, path: str) -> None:
    assert cors(client("OPTIONS", path, headers=PREFLIGHT).headers) == set()


@pytest.mark.parametrize(
    ("path", "options", "status"),
    [
        (PICTURE, {}, 200),
        (PICTURE, {"Range": "bytes=0-9"}, 206),
        (PICTURE, {"Range": "bytes=99999-"}, 416),
        ("/_assets/default/attachments/x/y", {}, 404),
    ],
)
def test_a_page_can_read_files(
    client: Api, path: str, options: dict[str, str], status: int
) -> None:
    response = client.get(path, headers={**ORIGIN, **options})
    assert response.status == status
    check_readable(response)
    preflight = client("OPTIONS", path, headers={**PREFLIGHT, **options})
    assert preflight.status == 204
    assert "GET" in preflight.headers["Access-Control-Allow-Methods"]
    assert preflight.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]


def test_a_file_differs_by_origin_for_a_cache(client: Api) -> None:
    response = client.get(PICTURE)
    assert (response.headers["Vary"], cors(response.headers)) == ("Origin", set())
    # A page with Cross-Origin-Embedder-Policy can show it.
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_preflight_with_foreign_host_is_rejected(client: Api) -> None:
    headers = {**PREFLIGHT, "Host": "evil.example"}
    client("OPTIONS", "/v1/contacts", headers=headers).refused(421)
