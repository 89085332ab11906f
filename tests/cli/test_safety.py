"""Access: tokens, Host headers, body size and the number of sandboxes."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING, Any

import pytest

from mockserver import MockServer

if TYPE_CHECKING:
    from tests.cli.conftest import Commands, HttpResponse, Serving

HEALTH = "/_sandbox/health"
CONTROL = "/_sandbox/no/such/page"  # existing or not, a token is required first
OURS = [
    "localhost",
    "localhost:4242",
    "LocalHost:4242",
    "localhost.",
    "localhost.:80",
    "app.localhost:3000",
    "127.0.0.1",
    "127.0.0.1:1",
    "127.1.2.3:4242",
    "[::1]",
    "[::1]:4242",
    "[0:0:0:0:0:0:0:1]:4242",
]
NOT_OURS = [
    "evil.test",
    "evil.test:4242",
    "localhost.evil.test",
    "evillocalhost",
    "127.0.0.1.nip.io:4242",
    "127.0.0.1@evil.test",
    "[::1]evil.test",
    "[::2]:4242",
    "[::1",
    "192.168.1.7:4242",
    "0.0.0.0:4242",
    "localhost:80:80",
    "localhost/x",
    "",
]


@pytest.fixture(scope="module")
def plain(shared_commands: Commands) -> Serving:
    """A server without flags."""
    return shared_commands.serve()


@pytest.fixture(scope="module")
def named(shared_commands: Commands) -> Serving:
    """A server that accepts two other host names."""
    return shared_commands.serve("--allow-host", "Mock", "--allow-host", "10.0.0.5")


@pytest.fixture(scope="module")
def listed(shared_commands: Commands) -> Serving:
    """A server that accepts two tokens only."""
    return shared_commands.serve("--token", "sandbox_first", "--token", "second")


@pytest.fixture(scope="module")
def exposed(shared_commands: Commands) -> Serving:
    """A server on all addresses."""
    return shared_commands.serve("--host", "0.0.0.0", "--allow-host", "mock.lan")


def by_name(serving: Serving, host: str, path: str = "/v1/contacts") -> HttpResponse:
    return serving("GET", path, headers={"Host": host})


@pytest.mark.parametrize("host", OURS)
def test_loopback_hosts_are_accepted(plain: Serving, host: str) -> None:
    assert by_name(plain, host).status == 200


@pytest.mark.parametrize("host", NOT_OURS)
def test_any_other_host_is_rejected(plain: Serving, host: str) -> None:
    response = by_name(plain, host)
    assert response.status == 421
    assert f"the Host '{host}' does not name this server" in response.message
    assert "--allow-host" in response.message


@pytest.mark.parametrize("path", [CONTROL, "/_assets/default/avatars/a.jpg", "/", "/v1/x"])
def test_the_host_is_checked_for_every_path(plain: Serving, path: str) -> None:
    assert by_name(plain, "evil.test", path).status == 421
    assert by_name(plain, "localhost", path).status != 421


@pytest.mark.parametrize("host", ["evil.test", "10.0.0.3:4242", "", "a b"])
@pytest.mark.parametrize("path", [HEALTH, "/_sandbox/ready"])
def test_health_checks_may_use_any_host(plain: Serving, host: str, path: str) -> None:
    assert by_name(plain, host, path).status == 200
    assert plain("OPTIONS", path, headers={"Host": host}).status == 204


@pytest.mark.parametrize(
    ("target", "version", "status"),
    [
        (f"GET {HEALTH}", "1.0", 200),
        (f"GET {HEALTH}", "1.1", 200),
        (f"OPTIONS {HEALTH}", "1.1", 204),
        ("OPTIONS /", "1.0", 204),
        ("OPTIONS *", "1.0", 204),
        ("GET /v1/contacts", "1.0", 200),
        ("GET /v1/contacts", "1.1", 400),
        ("OPTIONS *", "1.1", 400),
    ],
)
def test_a_host_is_required_from_http_1_1_on(
    plain: Serving, target: str, version: str, status: int
) -> None:
    """Load balancers send health checks without a Host; HAProxy's default is OPTIONS /."""
    with socket.create_connection((plain.host, plain.port), timeout=30) as connection:
        head = f"{target} HTTP/{version}\r\nAuthorization: Bearer a\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        line = connection.makefile("rb").readline()
    assert line.split()[1] == str(status).encode()


def test_the_host_is_checked_before_any_change(plain: Serving) -> None:
    body = {"username": "Marv", "phone_number": "1"}
    before = plain.ids("/v1/contacts")
    headers = {"Host": "evil.test", "Origin": "http://evil.test"}
    response = plain("POST", "/v1/contacts", body=body, headers=headers)
    assert response.status == 421
    assert plain.ids("/v1/contacts") == before
    assert plain("GET", "/v1/contacts", token=None, headers={"Host": "evil.test"}).status == 421


@pytest.mark.parametrize("host", ["mock", "MOCK:4242", "mock.", "10.0.0.5:4242", "localhost"])
def test_an_allowed_host_is_accepted(named: Serving, host: str) -> None:
    assert by_name(named, host).status == 200


@pytest.mark.parametrize("host", ["mock.evil.test", "evil.mock", "10.0.0.6", "evil.test"])
def test_only_allowed_hosts_are_accepted(named: Serving, host: str) -> None:
    assert by_name(named, host).status == 421


@pytest.mark.parametrize("host", ["10.1.2.3:4242", "[fe80::1]:4242", "mock.lan", "localhost"])
def test_a_server_on_all_addresses_accepts_each_of_them(exposed: Serving, host: str) -> None:
    assert by_name(exposed, host).status == 200


def test_a_server_on_all_addresses_rejects_other_names(exposed: Serving) -> None:
    assert by_name(exposed, "evil.test").status == 421


def test_an_exposed_server_warns_and_has_a_control_token(
    commands: Commands, exposed: Serving
) -> None:
    assert "WARNING    listening on 0.0.0.0: other machines can connect" in exposed.stderr
    token = control_token(exposed)
    assert token != control_token(commands.serve("--host", "0.0.0.0"))
    assert exposed("GET", CONTROL, token=token).status == 404
    assert exposed("GET", CONTROL, token=None).status == 401
    assert exposed("GET", CONTROL, token="sandbox_test").status == 401
    assert exposed("GET", HEALTH, token=None).status == 200
    assert exposed("GET", "/v1/contacts", token="sandbox_test").status == 200


def control_token(serving: Serving) -> str:
    tokens = re.findall(r"^  control    /_sandbox needs the token (\S{20,})$", serving.stderr, re.M)
    assert len(tokens) == 1
    return str(tokens[0])


def test_an_exposed_server_with_tokens_has_no_control_token(
    commands: Commands,
) -> None:
    serving = commands.serve("--host", "0.0.0.0", "--token", "mine")
    assert "WARNING" in serving.stderr
    assert "needs the token" not in serving.stderr
    assert [serving("GET", CONTROL, token=t).status for t in ("mine", "other")] == [404, 401]


def test_a_control_token_leaves_the_api_open(commands: Commands) -> None:
    serving = commands.serve("--host", "0.0.0.0", "--control-token", "team-token")
    assert "  control    /_sandbox needs the token of --control-token" in serving.stderr
    assert "team-token" not in serving.stderr
    assert serving("GET", CONTROL, token="team-token").status == 404
    refused = serving("GET", CONTROL, token="sandbox_test")
    assert refused.status == 401
    assert "--control-token or MOCKSERVER_CONTROL_TOKEN" in refused.message
    overview = serving("GET", "/_sandbox", token="team-token").json
    assert overview["settings"]["control_token"] is True
    assert serving("GET", "/v1/contacts", token="sandbox_test").status == 200
    sandbox = MockServer(url=serving.url, token="team-token").sandbox("built")
    assert sandbox.token == "sandbox_built"
    assert sandbox.call("GET", "/v1/contacts").status == 200


def test_on_loopback_no_control_token_is_required(plain: Serving) -> None:
    assert plain("GET", CONTROL, token=None).status == 404
    assert "WARNING" not in plain.stderr
    assert "needs the token" not in plain.stderr


def test_only_listed_tokens_are_accepted(listed: Serving) -> None:
    assert listed("GET", "/v1/contacts", token="sandbox_first").status == 200
    assert listed("GET", "/v1/contacts", token="second").status == 200
    for token in ("third", "sandbox_other", "secon", "second2", "SECOND"):
        response = listed("GET", "/v1/contacts", token=token)
        assert response.status == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer ")
        assert response.message == (
            "the server does not accept this token; use one set with --token or MOCKSERVER_TOKEN"
        )
    banner = "  tokens     only those of --token or MOCKSERVER_TOKEN are accepted"
    assert banner in listed.stderr.splitlines()


def test_with_fixed_tokens_the_control_api_requires_one(listed: Serving) -> None:
    tokens: list[Any] = ["second", "sandbox_first", "third", None]
    assert [listed("GET", CONTROL, token=t).status for t in tokens] == [404, 404, 401, 401]
    assert listed("GET", HEALTH, token=None).status == 200


CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "beginning",
    [
        pytest.param(b"Content-Length: 1001\r\n\r\n", id="declared"),
        pytest.param(CHUNKED + b"3e9\r\n", id="one chunk"),
        pytest.param(CHUNKED + b"3e7\r\n%b\r\n2\r\n" % (b" " * 999), id="two chunks"),
        pytest.param(CHUNKED + b"3e8\r\n%b\r\n1\r\n" % (b" " * 1000), id="the limit and one byte"),
    ],
)
def test_a_body_over_the_limit_is_rejected_early(commands: Commands, beginning: bytes) -> None:
    serving = commands.serve("--max-body", "1000")
    before = serving.ids("/v1/contacts")
    head = b"POST /v1/contacts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with serving.connect() as sock:
        sock.sendall(head + b"Authorization: Bearer sandbox_test\r\n" + beginning)
        # The rest of the body is not sent; the server responds nevertheless.
        response = whole(sock)
    assert response.startswith("HTTP/1.1 413 ")
    assert "the request body is over the limit of 1000 bytes" in response
    assert "--max-body" in response
    assert serving.ids("/v1/contacts") == before


def whole(sock: socket.socket) -> str:
    """Return all bytes until the server closes."""
    with sock.makefile("rb") as stream:
        return stream.read().decode()


def test_a_body_of_exactly_the_limit_is_accepted(commands: Commands) -> None:
    serving = commands.serve("--max-body", "1000")
    username = "M" * (1000 - len('{"username": "", "phone_number": "1"}'))
    body = {"username": username, "phone_number": "1"}
    assert serving("POST", "/v1/contacts", body=body).status == 201
    body["username"] += "M"
    assert serving("POST", "/v1/contacts", body=body).status == 413


def test_too_many_sandboxes_are_a_503(commands: Commands) -> None:
    serving = commands.serve("--max-sandboxes", "3")  # the default sandbox and two more
    body = {"username": "Marv", "phone_number": "1"}
    created = {
        t: serving("POST", "/v1/contacts", token=t, body=body).json for t in ("a", "sandbox_a")
    }
    created["sandbox_b"] = serving("POST", "/v1/contacts", token="sandbox_b", body=body).json
    for _ in range(3):
        response = serving("POST", "/v1/contacts", token="sandbox_c", body=body)
        assert response.status == 503
        assert int(response.headers["Retry-After"]) > 0
        assert "there are already 3 sandboxes" in response.message
        assert "--max-sandboxes" in response.message
    for token, contact in created.items():
        again = serving("GET", f"/v1/contacts/{contact['id']}", token=token)
        assert (again.status, again.json) == (200, contact)


def test_local_assets_are_served_by_this_server(commands: Commands) -> None:
    serving = commands.serve("--assets", "local")
    attachment = serving("POST", "/v1/attachments", body={"file": "../plans/Tree house.pdf"}).json
    page = serving("GET", "/v1/contacts?limit=100").json["data"]
    urls = [attachment["file_url"], *(item["avatar_url"] for item in page if item["avatar_url"])]
    assert len(urls) > 5
    for url in urls:
        assert url.startswith(f"{serving.url}/_assets/test/")
        response = serving("GET", url.removeprefix(serving.url), token=None)
        assert response.status == 200
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response.headers["Content-Security-Policy"]


def test_assets_are_documented_urls_otherwise(plain: Serving) -> None:
    attachment = plain("POST", "/v1/attachments", body={"file": "a.pdf"}).json
    assert attachment["file_url"] == "https://assets.protocol.chat/attachments/a.pdf"
