"""The connection of one request, for faults that act on it."""

from __future__ import annotations

from contextlib import ExitStack
from threading import Event
from typing import TYPE_CHECKING, Any

from mockserver.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

POLL_INTERVAL = 1.0
"""Seconds between two checks, during a wait, that the client is still connected."""

#: The environ's key that says, without a socket, that the connection was aborted.
CONNECTION_ABORTED = "mockserver.lost"


class SocketHandle:
    """The socket of a request that our own server handles.

    Without one (an in-process WSGI client, another server) the application raises
    ``ConnectionResetError`` in place of a response that is cut or lost; see `Dispatcher`.
    """

    def __init__(self, environ: WSGIEnvironment, sandbox: Sandbox) -> None:
        self._environ = environ
        self._sandbox = sandbox
        self._connection: Any = environ.get("mockserver.connection")
        self._wait_slots: Any = environ.get("mockserver.wait_slots")
        self._slot = ExitStack()

    def take_slot(self) -> None:
        """Take a slot for a wait; raises ``Unavailable`` if none is left."""
        if self._wait_slots:
            self._slot.enter_context(self._wait_slots.delay())

    def leave_slot(self) -> None:
        """Give the slot back."""
        self._slot.close()

    def wait(self, seconds: float) -> None:
        if self._wait_slots is None:
            Event().wait(seconds)
            return
        while seconds > 0 and self._wait_slots.wait(min(seconds, POLL_INTERVAL)):
            seconds -= POLL_INTERVAL
            if self._sandbox.closed or self._connection.is_gone:
                return  # the client is gone, so its slot is free for others

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
