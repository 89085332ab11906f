"""The Flask applications of the server, and the dispatcher that selects one by the path."""

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import flask
from flask import Flask
from flask.sessions import NullSession, SessionInterface
from werkzeug.routing import MapAdapter

from mockserver.sandbox.registry import SandboxRegistry
from mockserver.sandbox.sandbox import DEFAULT
from mockserver.seeding.load import FixtureCache
from mockserver.web.auth import strip_prefix
from mockserver.web.fault_injection import CONNECTION_ABORTED
from mockserver.web.hooks import Hooks
from mockserver.web.hosts import is_loopback
from mockserver.web.request import Request

Factory = Callable[[], WSGIApplication]

NO_SESSION = NullSession()


class NoSessions(SessionInterface):
    """A session interface without sessions: Flask's default looks for a cookie in each request."""

    def open_session(self, app: Flask, request: flask.Request) -> NullSession:
        return NO_SESSION


class HookedFlask(Flask):
    """A Flask application that runs our hooks for every request and error."""

    request_class = Request
    session_interface = NoSessions()

    def __init__(self, hooks: Hooks) -> None:
        super().__init__("mockserver", static_folder=None)
        self.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
        self.url_map.strict_slashes = False
        self.url_map.merge_slashes = False
        self.before_request(hooks.before_request)
        self.after_request(hooks.after_request)
        self.register_error_handler(Exception, hooks.handle_exception)

    def create_url_adapter(self, request: flask.Request | None) -> MapAdapter | None:
        """Return the routes, bound to the request's path and method.

        Flask's default also parses the Host header, for subdomains and redirects. Neither is used
        here, and `Hosts` checks the header. This override makes a retrieve a tenth faster.
        """
        if request is None or "HTTP_UPGRADE" in request.environ:
            return super().create_url_adapter(request)
        return MapAdapter(self.url_map, "", "", "", "http", request.path, request.method)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function itself, as none is async; Flask's default checks it at each call."""
        return func


class Dispatcher:
    """WSGI middleware that passes a request to the application of its path's prefix.

    It follows Flask's pattern "Application Dispatching". The applications in ``lazy`` are created
    when their prefix is first requested, because their imports and routes would cost a tenth of
    every start. The prefix "" stands for the path "/".
    """

    def __init__(self, app: WSGIApplication, lazy: Mapping[str, Factory]) -> None:
        self._app = app
        self._lazy = lazy
        self._prefixes = tuple(prefix for prefix in lazy if prefix)
        self._created: dict[Factory, WSGIApplication] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        strip_prefix(environ)
        response = self.select(environ["PATH_INFO"])(environ, start_response)
        if CONNECTION_ABORTED in environ:
            raise ConnectionResetError("an injected fault dropped or truncated the response")
        return response

    def select(self, path: str) -> WSGIApplication:
        if path != "/" and not path.startswith(self._prefixes):
            return self._app
        prefix = "" if path == "/" else next(p for p in self._prefixes if path.startswith(p))
        factory = self._lazy[prefix]
        with self._lock:
            if factory not in self._created:
                self._created[factory] = factory()
            return self._created[factory]


class Application(HookedFlask):
    """The API's Flask application behind a `Dispatcher`, which creates the others on demand."""

    def __init__(self, hooks: Hooks, fixtures: FixtureCache, lazy: Mapping[str, Factory]) -> None:
        super().__init__(hooks)
        self.dispatcher = Dispatcher(self.wsgi_app, lazy)
        self.wsgi_app = self.dispatcher  # type: ignore[method-assign]
        self.settings = hooks.settings
        self.sandboxes: SandboxRegistry = hooks.sandboxes
        #: The tokens that the control API accepts; empty if it requires none.
        self.control_tokens = hooks.control_tokens
        self._fixtures = fixtures

    @property
    def is_exposed(self) -> bool:
        """True if the server accepts connections from other machines."""
        return not is_loopback(self.settings.host)

    def stop_background_work(self) -> None:
        """Drop pending deliveries and pause all bots, for a server that stops."""
        for sandbox in self.sandboxes.all():
            sandbox.webhooks.drop_all()
            sandbox.bots.set_paused(paused=True)

    def start_background_work(self) -> None:
        """Resume all bots, for a server that starts."""
        for sandbox in self.sandboxes.all():
            sandbox.bots.set_paused(paused=False)

    def state(self) -> dict[str, Any]:
        """Return the sandbox 'default' in the fixture format, like ``GET /_sandbox/state``."""
        with self.sandboxes.get(DEFAULT).read() as world:
            return self._fixtures.loader.format.dump(world)
