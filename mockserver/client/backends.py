"""Where a server lives: in this process, or anywhere that HTTP reaches."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Protocol

from mockserver.client.control import Control, refusal
from mockserver.client.http_transport import HttpTransport
from mockserver.client.transport import Transport, Unreachable
from mockserver.client.wsgi_transport import WsgiTransport
from mockserver.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Fixtures = str | PathLike[str] | Mapping[str, Any]


class Backend(Protocol):
    """A server, wherever it is."""

    transport: Transport
    #: The token that /_sandbox wants, and the one that /v1 wants; None where there is none.
    control_token: str | None
    api_token: str | None

    @property
    def url(self) -> str: ...

    @property
    def app(self) -> WSGIApplication: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...


class InProcessServer:
    """A server in this process: an application, and a socket while it is started.

    Raises ``FixtureError``.
    """

    def __init__(self, settings: Settings, fixtures: Fixtures | None) -> None:
        # Here, since whoever talks to a running server needs no Flask.
        from mockserver.server import Server
        from mockserver.web.app import create_app

        if fixtures is not None and not isinstance(fixtures, Mapping):
            fixtures = fspath(fixtures)
        app = create_app(settings, fixtures)
        tokens = app.control_tokens
        self.app = app
        self.transport: Transport = WsgiTransport(app)
        self.control_token = tokens[0] if tokens else None
        self.api_token = settings.token[0] if settings.token else None
        self._server = Server(app, settings.host, settings.port, max_body=settings.max_body)
        self._started = False

    @property
    def url(self) -> str:
        if not self._started:
            raise RuntimeError(
                "the server is not started, so it has no url: use 'with MockServer() as server:', "
                "or start(); what takes a WSGI application needs no socket and takes .app"
            )
        return self._server.url

    def start(self) -> None:
        if self._started:
            return
        try:
            self._server.start()
        except OSError as error:
            where = f"{self._server.host}:{self._server.port}"
            raise OSError(error.errno, f"cannot listen on {where}: {error.strerror}") from error
        self.app.start_background_work()
        self._started = True

    def stop(self) -> None:
        self._started = False
        self._server.stop()
        self.app.stop_background_work()


class RemoteServer:
    """A server that runs already; raises ``Unreachable`` where there is none at ``url``."""

    def __init__(self, url: str, token: str | None) -> None:
        transport = HttpTransport(url)
        self.url = transport.root
        self.transport: Transport = transport
        self.control_token = token
        try:
            limited = _is_limited(transport, token)
        except BaseException:
            transport.close()
            raise
        self.api_token = token if limited else None

    @property
    def app(self) -> WSGIApplication:
        raise RuntimeError(
            f"the server at {self.url} runs elsewhere, so it has no app here: use the url"
        )

    def start(self) -> None:
        """It runs."""

    def stop(self) -> None:
        """It runs on; only our connections are closed."""
        self.transport.close()


def _is_limited(transport: HttpTransport, token: str | None) -> bool:
    """Whether the server that is there takes only the tokens that it was given."""
    try:
        answer = Control(transport, token).send("GET", "")
    except Unreachable as error:
        raise Unreachable(f"{error}; is it running? 'mockserver serve' starts one") from error
    if answer.status in (401, 403, 421):
        how = "" if token else "; give it its token (token=, or MOCKSERVER_TOKEN)"
        raise Unreachable(f"{transport.root} refuses: {refusal(answer)}{how}")
    try:
        return bool(answer.json["settings"]["token"])
    except (ValueError, TypeError, KeyError):
        raise Unreachable(
            f"what answers at {transport.root} is no mockserver: its answer to GET /_sandbox is "
            f"a {answer.status}, of {answer.headers.get('Content-Type', 'no content type')}"
        ) from None
