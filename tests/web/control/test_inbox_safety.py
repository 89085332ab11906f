"""Which deliveries an inbox accepts without a token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import urllib3

from mockserver.server import Server
from mockserver.settings import Settings
from mockserver.web.app import create_app

KNOWN = {"Authorization": "Bearer sandbox_known"}
EVENT = {"id": "a056V7R7NmNRjl70", "type": "message.created", "payload": {}}


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Origin", "http://evil.example", 403),
        ("Host", "evil.example", 421),
        ("X-Trace", "7", 200),
    ],
)
def test_deliveries_of_other_origins_and_hosts_are_refused(
    client: Any, header: str, value: str, status: int
) -> None:
    assert client.post("/_sandbox/inbox/a", json=EVENT, headers={header: value}).status == status
    assert len(client.get("/_sandbox/inbox").json["data"]) == (status == 200)


def test_only_a_delivery_needs_no_token(
    serve: Callable[..., Server], pool: urllib3.PoolManager
) -> None:
    url = f"{serve(Settings(token=('t',))).url}/_sandbox/inbox/a"
    assert pool.request("POST", url, json=EVENT).status == 200
    for method, path in (("GET", ""), ("PUT", ""), ("POST", "/wait"), ("DELETE", "")):
        assert pool.request(method, url + path).status == 401
    result = pool.request("GET", url, headers={"Authorization": "Bearer t"}).json()
    assert result["received"] == 1


def test_a_delivery_with_an_unknown_token_opens_no_sandbox(
    serve: Callable[..., Server], pool: urllib3.PoolManager
) -> None:
    root = f"{serve(Settings(token=('sandbox_known',))).url}/_sandbox"
    for name, status in (("unknown", 401), ("known", 200)):
        headers = {"Authorization": f"Bearer sandbox_{name}"}
        response = pool.request("POST", f"{root}/inbox/a", json=EVENT, headers=headers)
        assert response.status == status
        assert pool.request("GET", f"{root}/sandboxes/{name}", headers=KNOWN).status == (
            200 if status == 200 else 404
        )


@pytest.mark.parametrize(
    ("sender", "status"),
    [("127.0.0.1", 200), ("::ffff:127.0.0.1", 200), ("192.0.2.1", 401), ("", 401)],
)
def test_an_exposed_server_takes_only_local_deliveries(sender: str, status: int) -> None:
    client = create_app(Settings(host="0.0.0.0")).test_client()
    environ = {"REMOTE_ADDR": sender}
    response = client.post("/_sandbox/inbox/a", json=EVENT, environ_overrides=environ)
    assert response.status_code == status
