"""The handle on a server, and on all of its sandboxes."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from mockserver.client.backends import Backend, Fixtures, InProcessServer, RemoteServer
from mockserver.client.control import Control, given
from mockserver.client.documents import Document, read
from mockserver.client.sandbox import Sandbox
from mockserver.client.settings_args import settings as checked

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class MockServer:
    """A server of one's own in this process, or with ``url`` one that runs already.

    Of one's own, ``fixtures`` is a name, a JSON file's path or a document, and ``settings`` are
    those of ``mockserver serve``, on a free port; the control API is called without a socket. Of a
    running one, ``url`` is the root, and ``token`` one that it takes, where it wants any.

    Raises ``TypeError`` or ``ValueError`` for arguments that make no sense, ``FixtureError``, and
    ``Unreachable`` where no mockserver is at ``url``.
    """

    def __init__(
        self,
        *,
        fixtures: Fixtures | None = None,
        url: str | None = None,
        token: str | None = None,
        **settings: Any,
    ) -> None:
        self._home: Backend
        if url is None:
            self._home = InProcessServer(checked(settings | given(token=token)), fixtures)
        else:
            own = [*given(fixtures=fixtures), *settings]
            if own:
                raise TypeError(
                    f"MockServer: {', '.join(own)} cannot go with url: a running server has its "
                    "own; give a sandbox fixtures, seed, clock or state instead"
                )
            self._home = RemoteServer(url, token)
        self._control = Control(self._home.transport, self._home.control_token)

    @property
    def url(self) -> str:
        """The root of the server's URLs, without /v1; raises ``RuntimeError`` before the start."""
        return self._home.url

    @property
    def app(self) -> WSGIApplication:
        """The server as a WSGI application, started or not; raises ``RuntimeError`` with a url."""
        return self._home.app

    def start(self) -> Self:
        """Listen on a socket, where it does not yet; a thread serves it."""
        self._home.start()
        return self

    def stop(self) -> None:
        """Close the socket and end its threads; a server that is not ours runs on."""
        self._home.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    # the server

    def overview(self) -> dict[str, Any]:
        """Version, settings, sandboxes, and every endpoint of the control API."""
        return self._control("GET", "")

    def health(self) -> dict[str, Any]:
        """Whether the server lives."""
        return self._control("GET", "/health")

    def ready(self) -> dict[str, Any]:
        """Whether it serves, and which fixtures."""
        return self._control("GET", "/ready")

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document of the control API."""
        return self._control("GET", "/openapi.json")

    def fidelity(self, area: str | None = None, basis: str | None = None) -> list[dict[str, Any]]:
        """What of all that is served is ``documented``, ``decided`` or an ``extension``, each with
        its ``statement``, ``reason`` and ``source``; of one area or one basis, if it is given."""
        return self._control.list("/fidelity", **given(area=area, basis=basis))

    # its sandboxes

    def sandboxes(self) -> list[dict[str, Any]]:
        """Those that are open, by name, each with its counts and its clock."""
        return self._control.list("/sandboxes")

    def sandbox(
        self,
        name: str,
        *,
        fixtures: str | None = None,
        seed: str | int | None = None,
        clock: str | None = None,
        state: Document | None = None,
    ) -> Sandbox:
        """Open a new sandbox.

        ``fixtures`` is a name that the server knows, ``clock`` one of step, frozen and real.
        ``state`` is a document in the fixture format, or a JSON file's path: the sandbox goes on
        with it, while a reset returns to the fixtures. Raises ``ApiError``: 409 where the name is
        taken, 400 for a bad value, 503 where there are too many; there is no sandbox then.
        """
        seed = None if seed is None else str(seed)
        document = None if state is None else {**read(state), **given(seed=seed, clock=clock)}
        wanted = given(name=name, fixtures=fixtures, seed=seed, clock=clock)
        self._control("POST", "/sandboxes", wanted)
        box = Sandbox(self._home, name)
        if document is not None:
            try:
                box.load(document)
            except BaseException:
                box.delete()
                raise
        return box

    @property
    def default(self) -> Sandbox:
        """The sandbox of all tokens that name none."""
        return Sandbox(self._home, "default")
