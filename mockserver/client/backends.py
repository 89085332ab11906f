"""The two kinds of server: one in this process, and a running one, reached over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import Field
from os import PathLike, fspath
from typing import Any
from wsgiref.types import WSGIApplication

from mockserver.client.control import ControlApi, error_of, unknown_name
from mockserver.client.transport import HttpTransport, Unreachable, WsgiTransport, parse_root
from mockserver.errors import hide_secret
from mockserver.settings import BOUNDS, PATTERNS, Settings, rows

Fixtures = str | PathLike[str] | Mapping[str, Any]

#: ``fixtures``, which is a separate argument, and settings that only the command line uses.
EXCLUDED_SETTINGS = {"fixtures", "ready_file", "log_level", "save_on_exit"}


class InProcessServer:
    """A server in this process: an application, and a socket while it is started.

    Raises ``FixtureError``.
    """

    def __init__(self, settings: Settings, fixtures: Fixtures | None) -> None:
        # Imported late: a client of a running server does not need Flask.
        from mockserver.server import Server
        from mockserver.web.app import create_app

        if fixtures is not None and not isinstance(fixtures, Mapping):
            fixtures = fspath(fixtures)
        app = create_app(settings, fixtures)
        self.app = app
        self.control = ControlApi(WsgiTransport(app), next(iter(app.control_tokens), None))
        #: The token that /v1 requires, or None.
        self.api_token = next(iter(settings.token), None)
        self._server = Server(app, settings.host, settings.port, max_body=settings.max_body)
        self._started = False

    @property
    def url(self) -> str:
        if not self._started:
            raise RuntimeError(
                "the server is not started, so it has no url: use 'with MockServer() as server:' "
                "or call start(); a test client for WSGI applications can use .app instead"
            )
        return self._server.url

    def start(self) -> None:
        if self._started:
            return
        try:
            self._server.start()
        except OSError as error:
            address = f"{self._server.host}:{self._server.port}"
            raise OSError(error.errno, f"cannot listen on {address}: {error.strerror}") from error
        self.app.start_background_work()
        self._started = True

    def stop(self) -> None:
        self._started = False
        self._server.stop()
        self.app.stop_background_work()


class RemoteServer:
    """A running server; raises ``Unreachable`` if no mockserver answers at ``url``."""

    def __init__(self, url: str, token: str | None) -> None:
        self.url = parse_root(url)
        self._transport = HttpTransport(self.url)
        self.control = ControlApi(self._transport, token)
        try:
            requires_token = _requires_token(self.url, self.control)
        except BaseException:
            self.stop()
            raise
        self.api_token = token if requires_token else None

    @property
    def app(self) -> WSGIApplication:
        raise RuntimeError(
            f"the server at {self.url} runs in another process, so it has no app; use its url"
        )

    def start(self) -> None:
        """Do nothing: the server is running."""

    def stop(self) -> None:
        """Close our connections; the server keeps running."""
        self._transport.close()


Backend = InProcessServer | RemoteServer


def _requires_token(url: str, control: ControlApi) -> bool:
    """Return True if the server accepts only the tokens it was started with."""
    try:
        response = control.send("GET", "")
    except Unreachable as error:
        raise Unreachable(f"{error}; is it running? 'mockserver serve' starts one") from error
    if response.status in (401, 403, 421):
        hint = "" if control.token else "; pass its token (token=, or MOCKSERVER_TOKEN)"
        raise Unreachable(f"{url} refuses access: {error_of(response)}{hint}")
    try:
        return bool(response.json["settings"]["token"])
    except (ValueError, TypeError, KeyError):
        content_type = response.headers.get("Content-Type", "no content type")
        raise Unreachable(
            f"the server at {url} is not a mockserver: "
            f"GET /_sandbox returned {response.status}, {content_type}"
        ) from None


def parse_settings(arguments: Mapping[str, Any]) -> Settings:
    """Return settings from keyword arguments; the port defaults to a free one.

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
            shown = hide_secret(item) if isinstance(item, str) else item
            raise ValueError(f"MockServer: {row.name} must be {expected}, not {shown!r}")
    return values if repeatable else values[0]


def _expected(row: Field[Any], value: Any) -> str | None:
    """Return a description of the valid values if ``value`` is not one of them."""
    choices = row.metadata["choices"]
    if choices and value not in choices:
        return f"one of {', '.join(choices)}"
    minimum, maximum = BOUNDS.get(row.name, (None, None))
    if minimum is not None and (value < minimum or (maximum is not None and value > maximum)):
        return f"from {minimum}" if maximum is None else f"from {minimum} to {maximum}"
    pattern, description = PATTERNS.get(row.name, ("", ""))
    return description if pattern and not re.fullmatch(pattern, value) else None
