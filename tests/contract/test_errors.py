"""The error object (reference.md, "Errors").

The client and ``HttpResponse.refused`` check in every test that each error is this object.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from http.client import HTTPResponse
from typing import TYPE_CHECKING

import pytest

from mockserver.server import Server
from mockserver.settings import Settings
from mockserver.web.app import create_app
from tests.conftest import HttpResponse

if TYPE_CHECKING:
    from tests.contract.conftest import Api

FRANK = "WAz8eIbvDR60rouK"
KINDS = ("contacts", "conversations", "groups", "messages", "attachments")


def test_the_error_object_has_exactly_its_three_keys(client: Api) -> None:
    response = client.get("/v1/contacts/nobody")
    assert list(response.json) == ["type", "message", "documentation_url"]
    assert response.json["type"] == "invalid_request"
    assert response.json["documentation_url"] == (
        "https://protocol.chat/docs/errors/invalid_request"
    )
    assert "nobody" in response.json["message"]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/v1",
        "/v1/",
        "/v1/contact",
        "/v1/Contacts",
        "/v1/events",
        f"/v1/contacts/{FRANK}/messages",
        "/v2/contacts",
        "/contacts",
        "/v1/contacts/%00",
        "/v1/contacts/%FF",
        "/v1/contacts/..",
        "/v1/%2e%2e/v1/contacts",
        "/v1/contacts/%F0%9F%8E%84",
    ],
)
def test_an_unknown_path_is_a_404(client: Api, path: str) -> None:
    client.get(path).refused(404)


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_object_is_a_404_naming_it(client: Api, kind: str) -> None:
    path = f"/v1/{kind}/0123456789abcdef"
    for response in (client.get(path), client.put(path, json={}), client.delete(path)):
        response.refused(404, "0123456789abcdef", kind.removesuffix("s"))


@pytest.mark.parametrize("kind", KINDS)
def test_id_in_wrong_case_is_a_404_with_near_miss(client: Api, kind: str) -> None:
    for record_id in client.ids(f"/v1/{kind}")[:3]:
        response = client.get(f"/v1/{kind}/{record_id.swapcase()}")
        response.refused(404, record_id.swapcase(), f"did you mean '{record_id}'", "case")


def test_an_id_of_another_kind_is_a_404_without_a_near_miss(client: Api) -> None:
    response = client.get(f"/v1/messages/{FRANK}").refused(404, FRANK)
    assert "did you mean" not in response.json["message"]


@pytest.mark.parametrize("kind", KINDS)
def test_other_method_is_a_405_listing_allowed_ones(client: Api, kind: str) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "PURGE"):
        response = client(method, f"/v1/{kind}").refused(405, method)
        assert set(response.headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == {"GET", "POST"}
    for method in ("POST", "PATCH", "TRACE", "PURGE"):
        response = client(method, f"/v1/{kind}/{FRANK}").refused(405, method)
        allowed = set(response.headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"}
        assert allowed == {"GET", "PUT", "DELETE"}


@pytest.mark.parametrize("query", ["limit=5", "expand=x", "a", "=", "%20=1"])
def test_parameters_are_rejected_where_none_exist(client: Api, query: str) -> None:
    for response in (
        client.get(f"/v1/contacts/{FRANK}?{query}"),
        client.put(f"/v1/contacts/{FRANK}?{query}", json={"display_name": "x"}),
        client.delete(f"/v1/contacts/{FRANK}?{query}"),
        client.post(f"/v1/contacts?{query}", json={"username": "a", "phone_number": "1"}),
    ):
        response.refused(400, "unknown parameter")
    assert client.retrieve("contacts", FRANK)["display_name"] is None
    assert client.exists("contacts", FRANK)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:4242", "127.0.0.1.evil.example"])
def test_foreign_host_is_a_421(client: Api, host: str) -> None:
    for path in ("/v1/contacts", "/nothing"):
        client.get(path, headers={"Host": host}).refused(421, host)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:1", "[::1]:80", "LOCALHOST:4242", "a.localhost"]
)
def test_local_host_names_are_accepted(client: Api, host: str) -> None:
    assert client.get("/v1/contacts", headers={"Host": host}).status == 200


@pytest.mark.parametrize(
    ("settings", "accepted_hosts"),
    [
        (Settings(), []),
        (
            Settings(allow_host=("app.example", "other")),
            ["app.example", "APP.example.:80", "other"],
        ),
        (Settings(host="0.0.0.0"), ["192.0.2.1:4242", "[2001:db8::1]"]),
    ],
    ids=["by default", "allow_host", "bound to all addresses"],
)
def test_other_hosts_need_allow_host(
    serve: Callable[..., Server],
    client_of: Callable[..., Api],
    settings: Settings,
    accepted_hosts: list[str],
) -> None:
    client = client_of(serve(settings))
    others = ["192.0.2.1:4242", "[2001:db8::1]", "app.example", "APP.example.:80", "other", "evil"]
    for host in others:
        response = client.get("/v1/contacts", headers={"Host": host})
        assert response.status == (200 if host in accepted_hosts else 421), host


@pytest.mark.parametrize("chunked", [False, True])
def test_body_over_the_limit_is_a_413(
    serve: Callable[..., Server], client_of: Callable[..., Api], chunked: bool
) -> None:
    client = client_of(serve(Settings(max_body=200)))
    fits = b'{"display_name": "%s"}' % (b"x" * (200 - 20))
    assert len(fits) == 200
    headers = {"Content-Type": "application/json"}
    if chunked:
        headers["Transfer-Encoding"] = "chunked"
    path = f"/v1/contacts/{FRANK}"
    assert client.put(path, body=fits, headers=headers).status == 200
    before = client.get(path).data
    for body in (fits + b" ", b"x" * 1_000_000):
        client.put(path, body=body, headers=headers).refused(413, "200")
    assert client.get(path).data == before


def test_body_over_the_limit_is_a_413_over_a_socket(client_of: Callable[..., Api]) -> None:
    with Server(create_app(), max_body=200) as server:
        client = client_of(server)
        headers = {"Content-Type": "application/json"}
        client.put(f"/v1/contacts/{FRANK}", body=b"x" * 201, headers=headers).refused(413, "200")


def test_internal_error_is_a_500_without_details(
    client_of: Callable[..., Api],
) -> None:
    def fail() -> str:
        raise RuntimeError("secret")

    app = create_app()
    app.add_url_rule("/v1/fail", view_func=fail)
    with Server(app) as server:
        response = client_of(server).get("/v1/fail").refused(500)
        assert response.json["type"] == "api_error"
        assert "secret" not in response.json["message"]
        assert client_of(server).get("/v1/contacts").status == 200


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (b"GET /v1/contacts\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"GET v1/contacts HTTP/1.1\r\n\r\n", 400),
        (b"GET /v1/contacts HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"POST /v1/contacts HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", 431),
        (b"GET /v1/contacts HTTP/3.0\r\n\r\n", 505),
    ],
)
def test_http_server_errors_use_the_error_object(
    server: Server, request_head: bytes, status: int
) -> None:
    with socket.create_connection((server.host, server.port), timeout=30) as connection:
        connection.sendall(request_head)
        response = HTTPResponse(connection)
        response.begin()
        error = HttpResponse(response.status, response.headers, response.read())
    error.refused(status)
