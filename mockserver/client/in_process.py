"""A server in this process: its settings, its socket, and requests that bypass the socket."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import Field
from io import BytesIO
from os import PathLike
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
from wsgiref.util import setup_testing_defaults

from mockserver.client.transport import HttpResponse, RemoteServer, Unreachable, no_app
from mockserver.errors import hide_secret, unknown_name
from mockserver.http_client import HTTPMessage
from mockserver.settings import BOUNDS, PATTERNS, Settings, rows

if TYPE_CHECKING:
    from mockserver.web.application import Application

Fixtures = str | PathLike[str] | Mapping[str, Any]

#: ``fixtures``, which is a separate argument, and settings that only the command line uses.
EXCLUDED_SETTINGS = {"fixtures", "ready_file", "log_level", "log_format", "save_on_exit"}

#: The part of a request's environ that is always the same.
BASE_ENVIRON: WSGIEnvironment = {
    "SERVER_PROTOCOL": "HTTP/1.1",
    "HTTP_HOST": "localhost",
    "wsgi.multithread": True,
}
setup_testing_defaults(BASE_ENVIRON)


class InProcessServer:
    """An application in this process, and the socket that serves it while it is started.

    A child process has only a copy of the application. If the server was started before, a forked
    or unpickled instance therefore sends its requests to the parent process.

    ``fixtures`` overrides the one in ``settings``. Raises ``FixtureError`` if it is invalid.
    """

    def __init__(self, settings: Settings, fixtures: Fixtures | None) -> None:
        # Import late: a client of a running server does not need Flask.
        from mockserver.server import Server
        from mockserver.web.app import create_app

        self._app = create_app(settings, fixtures)
        self._server = Server(
            self._app,
            settings.host,
            settings.port,
            max_body=settings.max_body,
            max_bodies=settings.max_bodies,
        )
        self._process: int | None = None  # the process that started the server

    def __reduce__(self) -> tuple[type[RemoteServer], tuple[str]]:
        return RemoteServer, (self.url,)

    @property
    def app(self) -> Application:
        if self._is_forked:
            raise no_app(self.url)
        return self._app

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> HttpResponse:
        """Call the application, and return the complete response; ``target`` is path and query."""
        if self._is_forked:
            return RemoteServer(self.url).send(method, target, headers, body)
        status, message = 0, HTTPMessage()

        def start_response(line: str, fields: list[tuple[str, str]], *_: Any) -> Any:
            nonlocal status
            status = int(line.split()[0])
            for name, value in fields:
                message.add_header(name, value)

        try:
            chunks = self._app(_environ(method, target, headers, body), start_response)
        except ConnectionError as error:  # the application simulated a dropped connection
            raise Unreachable(f"{method} {target}: no response: {error}") from error
        try:
            return HttpResponse(status, message, b"".join(chunks))
        finally:
            if hasattr(chunks, "close"):
                chunks.close()

    @property
    def url(self) -> str:
        if self._process is None:
            raise RuntimeError(
                "the server is not started, so it has no url: use 'with MockServer() as server:' "
                "or call start(); a test client for WSGI applications can use .app instead"
            )
        return self._server.url

    def start(self) -> None:
        if self._process is not None:
            return
        try:
            self._server.start()
        except OSError as error:
            address = f"{self._server.host}:{self._server.port}"
            raise OSError(error.errno, f"cannot listen on {address}: {error.strerror}") from error
        except Exception as error:
            raise RuntimeError(
                f"cannot listen on {self._server.host} ({error!r}); if a test replaces or blocks "
                "sockets, allow this address, as with pytest-socket's --allow-hosts=127.0.0.1"
            ) from error
        self._app.start_background_work()
        self._process = os.getpid()

    def stop(self) -> None:
        self._server.stop()
        if not self._is_forked:
            self._process = None
            self._app.stop_background_work()

    @property
    def _is_forked(self) -> bool:
        """True in a forked child of the process that started the server."""
        return self._process not in (None, os.getpid())


def _environ(method: str, target: str, headers: Mapping[str, str], body: bytes) -> WSGIEnvironment:
    path, _, query = target.partition("?")
    environ: WSGIEnvironment = {
        **BASE_ENVIRON,
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
    }
    for name, value in headers.items():
        variable = name.upper().replace("-", "_")
        environ[variable if variable == "CONTENT_TYPE" else f"HTTP_{variable}"] = value
    return environ


def bind_app(
    server: InProcessServer | RemoteServer, sandbox: str, authorization: str
) -> WSGIApplication:
    """Return a WSGI application that passes all requests to one sandbox of ``server``.

    ``authorization`` is the header of requests that have none. Other requests keep theirs, so that
    a wrong token is still refused. Any ``Host`` is accepted.
    """
    from mockserver.web.auth import SANDBOX_KEY
    from mockserver.web.hosts import IN_PROCESS

    _ = server.app  # raises RuntimeError if there is none

    def bound_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        selected = {SANDBOX_KEY: sandbox, IN_PROCESS: True}
        bound = {"HTTP_AUTHORIZATION": authorization, **environ, **selected}
        return server.app(bound, start_response)

    return bound_app


def parse_settings(arguments: Mapping[str, Any]) -> Settings:
    """Return the settings in keyword arguments. The port defaults to 0, which picks a free one.

    Raises ``TypeError`` for an unknown setting or a value of the wrong type, and ``ValueError``
    for an invalid value.
    """
    known = {row.name: row for row in rows() if row.name not in EXCLUDED_SETTINGS}
    values: dict[str, Any] = {"port": 0}
    for name, value in arguments.items():
        if name not in known:
            message = unknown_name("setting", name, ["fixtures", "url", *known])
            raise TypeError(f"MockServer: {message}")
        values[name] = _parse_setting(known[name], value)
    return Settings(**values)


def _parse_setting(row: Field[Any], value: Any) -> Any:
    repeatable = isinstance(row.default, tuple)
    if repeatable and isinstance(value, Iterable) and not isinstance(value, str):
        values = tuple(value)
    else:
        values = (str(value) if row.name == "seed" else value,)
    kind = str if repeatable else type(row.default)
    for item in values:
        if type(item) is not kind:
            raise TypeError(f"MockServer: {row.name} must be of type {kind.__name__}, not {item!r}")
        expected = _expected(row, item)
        if expected:
            displayed = hide_secret(item) if isinstance(item, str) else item
            raise ValueError(f"MockServer: {row.name} must be {expected}, not {displayed!r}")
    return values if repeatable else values[0]


def _expected(row: Field[Any], value: Any) -> str | None:
    """Return a description of the valid values, or None if ``value`` is valid."""
    choices = row.metadata["choices"]
    if choices and value not in choices:
        return f"one of {', '.join(choices)}"
    minimum, maximum = BOUNDS.get(row.name, (None, None))
    if minimum is not None and (value < minimum or (maximum is not None and value > maximum)):
        return f"from {minimum}" if maximum is None else f"from {minimum} to {maximum}"
    pattern, description = PATTERNS.get(row.name, ("", ""))
    return description if pattern and not re.fullmatch(pattern, value) else None
