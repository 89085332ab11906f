"""An absolute URL as the request target, as clients send to proxies (RFC 9112, 3.2.2)."""

from __future__ import annotations

import socket
from http.client import HTTPResponse
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.web.app import create_app


@pytest.mark.parametrize("host_header", [b"", b"Host: other\r\n"])
def test_the_url_overrides_path_and_host(connect: Any, host_header: bytes) -> None:
    line = b"GET http://a.example:8080/environ?b=/c HTTP/1.1\r\n"
    environ = connect().send(line + host_header + b"\r\n").reply().json()
    assert environ["PATH_INFO"] == "/environ"
    assert environ["QUERY_STRING"] == "b=/c"
    assert environ["HTTP_HOST"] == "a.example:8080"


def test_the_host_of_an_absolute_url_is_checked() -> None:
    with (
        Server(create_app()) as server,
        socket.create_connection((server.host, server.port), timeout=30) as sock,
    ):
        sock.sendall(b"GET http://evil.example/v1/contacts HTTP/1.1\r\nHost: localhost\r\n\r\n")
        response = HTTPResponse(sock)
        response.begin()
        assert response.status == 421
