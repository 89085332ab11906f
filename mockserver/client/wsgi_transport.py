"""Requests to a WSGI application in the same process (PEP 3333): no socket, no thread."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from http.client import HTTPMessage
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from mockserver.client.transport import Answer, Unreachable

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


class WsgiTransport:
    """An application, called as a server would call it."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        written: list[bytes] = []

        def start_response(status: str, told: list[tuple[str, str]], *_: Any) -> Any:
            begun.append((status, told))
            return written.append

        try:
            chunks = self._app(_environ(method, target, headers, body), start_response)
        except ConnectionError as error:  # a fault took the connection that there is none of
            raise Unreachable(f"{method} {target} got no answer: {error}") from error
        try:
            data = b"".join([*written, *chunks])
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        status, told = begun[-1]
        received = HTTPMessage()
        for name, value in told:
            received.add_header(name, value)
        return Answer(int(status[:3]), received, data)

    def close(self) -> None:
        """Nothing is kept open."""


def _environ(method: str, target: str, headers: Mapping[str, str], body: bytes) -> WSGIEnvironment:
    path, _, query = target.partition("?")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "localhost",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        variable = name.upper().replace("-", "_")
        environ[variable if variable == "CONTENT_TYPE" else f"HTTP_{variable}"] = value
    return environ
