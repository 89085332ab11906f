"""Who sees each request arrive: when it came, and with which credentials. The journal knows
neither: its time is the sandbox's, and what opens doors is redacted there."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver.storage.clock import stopwatch

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Arrival(NamedTuple):
    """A request to the API: when it ``came`` and when it was ``answered``, in seconds from an
    arbitrary start."""

    came: float
    answered: float
    method: str
    path: str
    query: str
    authorization: str


class Witness:
    """A WSGI application that is another, and keeps the arrivals of what is below /v1."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._arrivals: list[Arrival] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if not path.startswith("/v1"):
            return self._app(environ, start_response)
        came = stopwatch()
        try:
            return self._app(environ, start_response)
        finally:
            self._see(environ, path, came)

    def arrivals(self) -> list[Arrival]:
        """Those that were answered, or never will be, in the order in which they came."""
        with self._lock:
            return sorted(self._arrivals)

    def _see(self, environ: dict[str, Any], path: str, came: float) -> None:
        arrival = Arrival(
            came,
            stopwatch(),
            environ["REQUEST_METHOD"],
            path,
            environ.get("QUERY_STRING", ""),
            environ.get("HTTP_AUTHORIZATION", ""),
        )
        with self._lock:
            self._arrivals.append(arrival)
