"""A whole URL as the target of a request, as proxies are sent it (RFC 9112, section 3.2.2)."""

from __future__ import annotations

import socket
from http.client import HTTPResponse
from typing import Any

import pytest

from mockserver.server import Server
from mockserver.web.app import create_app


@pytest.mark.parametrize("own", [b"", b"Host: other\r\n"])
def test_its_path_is_asked_for_and_its_host_is_the_one_that_is_meant(
    connect: Any, own: bytes
) -> None:
    line = b"GET http://a.example:8080/environ?b=/c HTTP/1.1\r\n"
    environ = connect().send(line + own + b"\r\n").reply().json()
    assert environ["PATH_INFO"] == "/environ"
    assert environ["QUERY_STRING"] == "b=/c"
    assert environ["HTTP_HOST"] == "a.example:8080"


def test_it_gets_nobody_past_the_check_of_the_host() -> None:
    with (
        Server(create_app()) as server,
        socket.create_connection((server.host, server.port), timeout=30) as sock,
    ):
        sock.sendall(b"GET http://evil.example/v1/contacts HTTP/1.1\r\nHost: localhost\r\n\r\n")
        response = HTTPResponse(sock)
        response.begin()
        assert response.status == 421
