"""Run the curl command of a journaled request in real shells: it repeats the request exactly."""

from __future__ import annotations

import base64
import http.client
import subprocess
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.web.control.simulation_client import FRANK

pytestmark = pytest.mark.external

CONVERSATION = "xgQQXg3hrtjh7AvZ"
#: Headers that curl sets itself.
CURL_HEADERS = {"Host", "User-Agent", "Accept", "Accept-Encoding", "Content-Length", "Connection"}
WEIRD = [
    "it's \"quoted\" 'twice' \\'",
    "two\nlines\n\n",
    "Grüße 👩‍👩‍👧 日本",
    "$(touch /tmp/pwned) `id` ${HOME} $HOME !! %s %% \\n",
    "@/etc/passwd",
    "a\ttab; rm -rf / & | < > # ~ * ? [a] {b,c}",
    " spaces at both ends ",
    "-H 'X: y'",
]


@pytest.fixture(params=["sh", "bash", "dash"])
def repeat(request: Any, client: Any) -> Any:
    """Return a function that repeats the last request in a shell, and compares both."""

    def run() -> None:
        [*_, last] = client.get("/_sandbox/requests?limit=1000").json["data"]
        first = client.get(f"/_sandbox/requests/{last['id']}").json
        result = subprocess.run(
            [request.param], input=first["curl"].encode(), capture_output=True, timeout=60
        )
        assert result.returncode == 0, (first["curl"], result.stderr)
        [summary] = client.get(f"/_sandbox/requests?since={last['id']}").json["data"]
        second = client.get(f"/_sandbox/requests/{summary['id']}").json
        assert client_part(second) == client_part(first), first["curl"]

    return run


def client_part(exchange: Any) -> Any:
    """Return the parts of an exchange that the client determines."""
    request = exchange["request"]
    headers = {
        name: value for name, value in request["headers"].items() if name not in CURL_HEADERS
    }
    target = {name: exchange[name] for name in ("method", "path", "query", "operation")}
    return {**target, "headers": headers, "body": request["body"]}


@pytest.mark.parametrize("text", WEIRD)
def test_curl_repeats_a_json_body(client: Any, repeat: Any, text: str) -> None:
    body = {"conversation_id": CONVERSATION, "message": text}
    assert client.post("/v1/messages", json=body).status == 201
    repeat()


@pytest.mark.parametrize("text", WEIRD)
def test_curl_repeats_any_text_exactly(client: Any, repeat: Any, text: str) -> None:
    client.post("/v1/groups", body=text.encode(), headers={"Content-Type": "text/odd; x='y'"})
    repeat()


@pytest.mark.parametrize(
    "body",
    [b"\x00", b"a\x00b", b"\xff\xfe", b"\r\n", b"\x1b[31m", bytes(range(256)), b"x" * 300_000],
)
def test_curl_repeats_any_bytes(client: Any, repeat: Any, body: bytes) -> None:
    client.post("/v1/groups", body=body, headers={"Content-Type": "application/json"})
    repeat()


def test_curl_repeats_a_form(client: Any, repeat: Any) -> None:
    form = [("conversation_id", CONVERSATION), ("message", "it's a & b = c + d")]
    assert client.post("/v1/messages", form=form).status == 201
    repeat()


def test_curl_repeats_a_file_upload(client: Any, repeat: Any) -> None:
    file = ("a'b\".png", b"\x89PNG\r\n\x1a\n\x00" + bytes(range(256)), "image/png")
    response = client.post("/v1/attachments", multipart=[("file", file)])
    assert response.status == 201, response.data
    repeat()


def test_curl_repeats_a_simulation(client: Any, repeat: Any) -> None:
    content = base64.b64encode(b"\x00\xff").decode()
    body = {
        "from": FRANK,
        "message": "it's",
        "attachments": [{"filename": "a", "content": content}],
    }
    assert client.post("/_sandbox/simulate/message", json=body).status == 201
    repeat()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/contacts?limit=1"),
        ("GET", "/v1/contacts?limit=1&limit=2&x[]=a&y[z]={1,2}&[1-3]"),
        ("GET", "/v1/contacts?q=it's+%27%20%26%00%ff&$(id)=`id`&\"<>^|\\"),
        ("GET", "/v1/contacts?q=%E2%82%AC&%23=%"),
        ("GET", "/v1/a/../b/./c"),
        ("GET", "/v1/it's/%24(id)/%22/a%2Fb/%3F%23%25/Gr%C3%BC%C3%9Fe"),
        ("DELETE", "/v1/messages/nobody"),
        ("HEAD", "/v1/contacts"),
        ("PATCH", "/v1/contacts"),
        ("POST", "/v1/nowhere"),
    ],
)
def test_curl_repeats_the_url(client: Any, repeat: Any, method: str, path: str) -> None:
    send_raw(client, method, path)
    repeat()


def test_curl_repeats_the_headers(client: Any, repeat: Any) -> None:
    headers = {
        **{"X-Quote": 'it\'s "$(id)" `id`', "X-Empty": "", "X-At": "@/etc/passwd;"},
        **{"X-Bytes": "caf\xe9", "X-Utf": "Grüße".encode().decode("latin-1")},
        **{"Prefer": "wait=0", "Origin": "http://localhost:5173", "Accept": "text/html"},
    }
    send_raw(client, "GET", "/v1/contacts", headers)
    repeat()


def test_curl_sends_no_content_type_if_there_was_none(client: Any, repeat: Any) -> None:
    send_raw(client, "POST", "/v1/groups", {}, b"name=x")
    repeat()


def send_raw(
    client: Any, method: str, path: str, headers: Any = (), body: bytes | None = None
) -> None:
    """Send a request exactly as given; client libraries would normalize it."""
    url = urlsplit(client.url)
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=30)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in {"Authorization": f"Bearer {client.token}", **dict(headers)}.items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    connection.getresponse().read()
    connection.close()
