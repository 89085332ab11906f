"""Flask, with our request, and our pipeline in place of its hooks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

import flask
from flask import Flask, Response
from flask.sessions import NullSession, SessionInterface
from werkzeug.routing import Map, MapAdapter, Rule

from mockserver.sandbox.sandbox import DEFAULT
from mockserver.seeding.cache import FixtureCache
from mockserver.seeding.dump import document
from mockserver.web.hooks import Pipeline
from mockserver.web.request import Request, current
from mockserver.web.sandbox_prefix import mount
from mockserver.web.socket_handle import CONNECTION_ABORTED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


#: A route that is added later: its path, endpoint, view and method.
Late = tuple[str, str, Callable[..., Any], str]


class OneWay(Rule):
    """A route that leads from a URL to a view, and never back.

    werkzeug compiles two functions for each that build URLs, of which we ask none; all of them
    would be a tenth of a start. Should it call this by another name one day, only time is lost.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        return _no_url


def _no_url(*_: Any, **__: Any) -> tuple[str, str]:
    raise NotImplementedError("no URL is built from a route here")


class NoSessions(SessionInterface):
    """There are none; Flask's own would look for a key and a cookie each time."""

    def open_session(self, app: Flask, request: flask.Request) -> NullSession:
        return NullSession()


class Application(Flask):
    """One ``arrive``, one ``leave``, one ``fail``.

    They stand where Flask would go through its lists of hooks, of which we have one each or none,
    and through sessions, of which we have none: that costs a fifth of a request.
    """

    request_class = Request
    url_rule_class = OneWay
    session_interface = NoSessions()

    def __init__(self, pipeline: Pipeline, library: FixtureCache) -> None:
        super().__init__("mockserver", static_folder=None)
        self.pipeline = pipeline
        self.library = library
        self._lock = threading.Lock()
        self._later: dict[str, Callable[[], Iterable[Late]]] = {}
        self._prefixes: tuple[str, ...] = ()
        self._home = ""
        self._maps: dict[str, Map] = {}

    def halt(self) -> None:
        """The server stops: no sandbox sends any more of what is still on its way, or acts."""
        for sandbox in self.pipeline.sandboxes.all():
            sandbox.stop_background_work()

    def resume(self) -> None:
        """The server starts, perhaps again: the casts go on."""
        for sandbox in self.pipeline.sandboxes.all():
            sandbox.start_background_work()

    def state(self) -> dict[str, Any]:
        """The sandbox 'default' in the fixture format, as ``GET /_sandbox/state`` answers it."""
        with self.pipeline.sandboxes.get(DEFAULT).read() as world:
            return document(world, self.library.loader.format)

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        mount(environ)
        answer = super().wsgi_app(environ, start_response)
        if CONNECTION_ABORTED in environ:
            raise ConnectionResetError("an injected fault: the answer was cut, or lost")
        return answer

    def handle_exception(self, e: Exception) -> Response:
        """What fails even outside the view, as an error of ours like any other."""
        return self.pipeline.fail(e)

    def add_later(
        self, prefix: str, routes: Callable[[], Iterable[Late]], *, home: bool = False
    ) -> None:
        """Add the routes below ``prefix`` when the first of them is asked for: to import and to
        make them ready takes a tenth of a start, which no start shall wait for. Of ``home``, one
        is the root itself."""
        self._later[prefix] = routes
        self._prefixes = tuple(self._later)
        if home:
            self._home = prefix

    def _map(self, path: str) -> Map:
        """The routes among which a path is."""
        if path == "/":
            path = self._home
        if not path.startswith(self._prefixes):
            return self.url_map
        for prefix, routes in self._later.items():
            if path.startswith(prefix):
                with self._lock:
                    if prefix not in self._maps:
                        self._maps[prefix] = self._made(routes())
                    return self._maps[prefix]
        return self.url_map

    def _made(self, routes: Iterable[Late]) -> Map:
        rules = []
        for path, endpoint, view, method in routes:
            self.view_functions[endpoint] = view
            rules.append(OneWay(path, endpoint=endpoint, methods=[method]))
        return Map(rules, strict_slashes=False, merge_slashes=False)

    def create_url_adapter(self, request: flask.Request | None) -> MapAdapter | None:
        """The adapter that routes a request. werkzeug's own way to one works out the host first,
        for routes by host, of which there are none; ours is checked on arrival."""
        if request is None:
            return None
        environ = request.environ
        path = environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace")
        return MapAdapter(
            self._map(path),
            "localhost",
            environ.get("SCRIPT_NAME") or "/",
            "",
            "http",
            path,
            request.method,
            environ.get("QUERY_STRING", ""),
        )

    def full_dispatch_request(self) -> Response:
        try:
            # Every view here returns a whole response.
            response = self.pipeline.arrive() or cast(Response, self.dispatch_request())
        except Exception as error:  # noqa: BLE001  (each becomes an answer, a 500 if it is ours)
            response = self.pipeline.fail(error)
            # Of routing, it would be held by the request, which its frames hold: a cycle, which
            # keeps a deleted sandbox until the garbage collector comes by.
            current().routing_exception = None
        return self.pipeline.leave(response)

    def do_teardown_request(self, exc: Any = None) -> None:
        """Nothing is registered to be torn down."""

    def do_teardown_appcontext(self, exc: Any = None) -> None:
        """Nothing is registered to be torn down."""

    def ensure_sync(self, func: Any) -> Any:
        """Every function here is synchronous; asking at each call is not free."""
        return func
