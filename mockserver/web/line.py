"""The connection of one request, as faults meddle with it."""

from __future__ import annotations

from contextlib import ExitStack
from threading import Event
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: Where the environ says that the connection is gone, for want of a socket to show it on.
LOST = "mockserver.lost"


class SocketLine:
    """The socket that our own server has for the request.

    Without one (a WSGI client within the process, another server) the application raises
    ``ConnectionResetError`` in place of an answer that is cut or lost; see ``Application``.
    """

    def __init__(self, environ: WSGIEnvironment) -> None:
        self._environ = environ
        self._connection: Any = environ.get("mockserver.connection")
        self._parking: Any = environ.get("mockserver.parking")
        self._place = ExitStack()

    def park(self) -> None:
        """Take a place for a client that shall wait; raises ``Unavailable`` where none is left."""
        if self._parking:
            self._place.enter_context(self._parking.parked())

    def leave(self) -> None:
        """Give the place back."""
        self._place.close()

    def wait(self, seconds: float) -> None:
        if self._parking:
            self._parking.wait(seconds)
        else:
            Event().wait(seconds)

    def send(self, raw: bytes) -> None:
        if self._connection:
            self._connection.send(raw)

    def hang_up(self) -> None:
        if self._connection:
            self._connection.hang_up()
        else:
            self._environ[LOST] = True

    def reset(self) -> None:
        if self._connection:
            self._connection.reset()
        else:
            self._environ[LOST] = True
