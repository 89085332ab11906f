"""The connection of one request, as faults meddle with it."""

from __future__ import annotations

from contextlib import ExitStack
from threading import Event
from typing import TYPE_CHECKING, Any

from mockserver.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

SLICE = 1.0
"""Seconds after which a wait looks whether anybody still waits."""

#: Where the environ says that the connection is gone, for want of a socket to show it on.
CONNECTION_ABORTED = "mockserver.lost"


class SocketHandle:
    """The socket that our own server has for the request.

    Without one (a WSGI client within the process, another server) the application raises
    ``ConnectionResetError`` in place of an answer that is cut or lost; see ``Application``.
    """

    def __init__(self, environ: WSGIEnvironment, sandbox: Sandbox) -> None:
        self._environ = environ
        self._sandbox = sandbox
        self._connection: Any = environ.get("mockserver.connection")
        self._parking: Any = environ.get("mockserver.wait_slots")
        self._place = ExitStack()

    def park(self) -> None:
        """Take a place for a client that shall wait; raises ``Unavailable`` where none is left."""
        if self._parking:
            self._place.enter_context(self._parking.delay())

    def leave(self) -> None:
        """Give the place back."""
        self._place.close()

    def wait(self, seconds: float) -> None:
        if self._parking is None:
            Event().wait(seconds)
            return
        while seconds > 0 and self._parking.wait(min(seconds, SLICE)):
            seconds -= SLICE
            if self._sandbox.closed or self._connection.is_gone:
                return  # nobody waits any more: the place is for others

    def send(self, raw: bytes) -> None:
        if self._connection:
            self._connection.send(raw)

    def hang_up(self) -> None:
        if self._connection:
            self._connection.hang_up()
        else:
            self._environ[CONNECTION_ABORTED] = True

    def reset(self) -> None:
        if self._connection:
            self._connection.reset()
        else:
            self._environ[CONNECTION_ABORTED] = True
