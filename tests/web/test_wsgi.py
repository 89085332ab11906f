"""WSGI (PEP 3333), judged by the standard library's validator between server and application."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from wsgiref.validate import validator

import pytest
import urllib3
from werkzeug.test import Client

from mockserver import MockServer
from mockserver.server import Server
from mockserver.settings import Settings
from mockserver.web.app import create_app

PICTURE = "/_assets/default/avatars/a.jpg"
REQUESTS: list[tuple[str, str, dict[str, str], int]] = [
    ("GET", "/v1/contacts", {}, 200),
    ("GET", "/s/other/v1/contacts", {}, 200),
    ("HEAD", "/v1/contacts", {}, 200),
    ("POST", "/v1/groups", {}, 400),
    ("DELETE", "/v1/contacts/WAz8eIbvDR60rouK", {}, 204),
    ("OPTIONS", "/v1/contacts", {"Origin": "http://a.test"}, 204),
    ("GET", "/v1/contacts", {"Prefer": "code=503"}, 503),
    ("GET", "/v1/nothing", {}, 404),
    ("GET", "/_sandbox/requests", {}, 200),
    ("GET", "/docs", {}, 200),
    ("GET", PICTURE, {}, 200),
    ("GET", PICTURE, {"Range": "bytes=0-9"}, 206),
    ("GET", PICTURE, {"Range": "bytes=99999-"}, 416),
    ("GET", PICTURE, {"If-None-Match": "*"}, 304),
    ("HEAD", PICTURE, {}, 200),
]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The URL of a server; an error of either side would be logged, and be a 500."""
    with Server(validator(create_app(Settings()))) as server:
        yield server.url


@pytest.mark.parametrize(("method", "path", "headers", "status"), REQUESTS)
def test_server_and_application_obey_wsgi(
    url: str,
    pool: urllib3.PoolManager,
    method: str,
    path: str,
    headers: dict[str, str],
    status: int,
) -> None:
    sent = {"Authorization": "Bearer any", **headers}
    assert pool.request(method, url + path, headers=sent).status == status


@pytest.mark.parametrize(("method", "path", "headers", "status"), REQUESTS)
def test_the_application_of_a_sandbox_obeys_wsgi(
    method: str, path: str, headers: dict[str, str], status: int
) -> None:
    client: Any = Client(validator(MockServer().default.app))
    with client.open(path, method=method, headers=headers) as response:
        assert response.status_code == status
        response.get_data()
