"""The client of a server: start it or connect to it, and create its sandboxes."""

from dataclasses import replace
from typing import Any, Self
from wsgiref.types import WSGIApplication

from mockserver.client import types
from mockserver.client.control import ControlApi, Document, error_of, read_document, without_none
from mockserver.client.in_process import Fixtures, InProcessServer, parse_settings
from mockserver.client.sandbox import DEFAULT, Sandbox
from mockserver.client.transport import RemoteServer, Unreachable


class MockServer:
    """A server in this process or, if ``url`` is given, a running server.

    In this process, ``fixtures`` is a name, the path of a JSON file or a document, and
    ``settings`` have the names of the options of ``mockserver serve``. The port defaults to a free
    one, and the control API is called without a socket. For a running server, ``url`` is its root
    URL, and ``token`` one of its tokens if it requires them.

    Raises ``TypeError`` or ``ValueError`` for invalid arguments, ``FixtureError`` for invalid
    fixtures, and ``Unreachable`` if there is no mockserver at ``url``.
    """

    def __init__(
        self,
        *,
        fixtures: Fixtures | None = None,
        url: str | None = None,
        token: str | None = None,
        **settings: Any,
    ) -> None:
        if url is None:
            parsed = parse_settings(settings | without_none(token=token))
            server = InProcessServer(parsed, fixtures)
            control_token = next(iter(server.app.control_tokens), None)
            self._control = ControlApi(server, control_token, next(iter(parsed.token), None))
        else:
            conflicts = [*without_none(fixtures=fixtures), *settings]
            if conflicts:
                raise TypeError(
                    f"MockServer: {', '.join(conflicts)} cannot be combined with url: a running "
                    "server has its own; pass fixtures, seed, clock or state to sandbox() instead"
                )
            self._control = _connect(url, token)
        self._server = self._control.server

    @property
    def url(self) -> str:
        """The root URL, without ``/v1``; raises ``RuntimeError`` before the server is started."""
        return self._server.url

    @property
    def app(self) -> WSGIApplication:
        """The WSGI application, started or not; raises ``RuntimeError`` for a running server."""
        return self._server.app

    def start(self) -> Self:
        """Listen on a socket, unless started already; threads serve it.

        Raises ``OSError`` if the port is in use.
        """
        self._server.start()
        return self

    def stop(self) -> None:
        """Close the socket and end the threads. A server given by ``url`` keeps running."""
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def overview(self) -> types.ServerDict:
        """Return the version, settings, sandboxes and all endpoints of the control API."""
        return self._control.request("GET", "")

    def health(self) -> types.HealthDict:
        """Return the version, and whether clients must send a token or select a sandbox."""
        return self._control.request("GET", "/health")

    def ready(self) -> types.ReadyDict:
        """Return the status ``ready`` and the name of the server's fixtures."""
        return self._control.request("GET", "/ready")

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document of the control API."""
        return self._control.request("GET", "/openapi.json")

    def fidelity(
        self, area: str | None = None, basis: str | None = None
    ) -> list[types.FidelityDict]:
        """Return the basis of each behaviour, optionally only for one area or basis.

        ``basis`` is ``documented`` (by the real API), ``decided`` (by mockserver, for a ``reason``)
        or ``extension`` (not in the real API).
        """
        return self._control.request("GET", "/fidelity", area=area, basis=basis)["data"]

    def sandboxes(self) -> list[types.SandboxDict]:
        """Return all sandboxes, sorted by name; see ``Sandbox.overview``."""
        return self._control.request("GET", "/sandboxes")["data"]

    def sandbox(
        self,
        name: str,
        *,
        fixtures: str | None = None,
        seed: str | int | None = None,
        clock: str | None = None,
        state: Document | None = None,
    ) -> Sandbox:
        """Create a sandbox.

        ``fixtures`` is default, empty or the name of the server's own, which is used if omitted;
        ``clock`` is step, frozen or real. ``state`` is a document in the fixture format, or the
        path of a JSON file; it is loaded at once, but a reset returns to the fixtures. Raises
        ``ApiError``, and creates nothing: 409 if the name is taken, 400 for an invalid value, 503
        if there are too many sandboxes.
        """
        options = without_none(seed=None if seed is None else str(seed), clock=clock)
        document = None if state is None else {**read_document(state, "state"), **options}
        body = without_none(name=name, fixtures=fixtures, **options)
        self._control.request("POST", "/sandboxes", body)
        sandbox = Sandbox(self._control, name)
        if document is not None:
            try:
                sandbox.state.load(document)
            except BaseException:
                sandbox.delete()
                raise
        return sandbox

    @property
    def default(self) -> Sandbox:
        """The sandbox ``default``, which serves requests whose token selects no other one."""
        return Sandbox(self._control, DEFAULT)


def _connect(url: str, token: str | None) -> ControlApi:
    """Return the control API of the running server at ``url``; raises ``Unreachable``."""
    control = ControlApi(RemoteServer(url), token)
    try:
        response = control.send("GET", "")
    except Unreachable as error:
        raise Unreachable(f"{error}; is it running? 'mockserver serve' starts one") from error
    if response.status in (401, 403, 421):
        hint = "" if token else "; pass its token (token=, or MOCKSERVER_TOKEN)"
        raise Unreachable(f"{url} refuses access: {error_of(response)}{hint}")
    try:
        requires_token = bool(response.json["settings"]["token"])
    except (ValueError, TypeError, KeyError):
        content_type = response.headers.get("Content-Type", "no content type")
        raise Unreachable(
            f"the server at {url} is not a mockserver: "
            f"GET /_sandbox returned {response.status}, {content_type}"
        ) from None
    return replace(control, api_token=token if requires_token else None)
