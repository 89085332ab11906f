"""The faults of one request, applied to Flask's responses and to the client's connection."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Response

from mockserver.faults.base import RawResponse
from mockserver.faults.rules import AppliedFault
from mockserver.sandbox.sandbox import Sandbox
from mockserver.storage.collection import MAX_PAGE_SIZE
from mockserver.storage.wait_slots import WaitSlots
from mockserver.storage.world import ChangeSet

POLL_INTERVAL = 1.0  # seconds between two checks, during a delay, that the client is connected
#: Key in the WSGI environ that is set if a fault closes a connection whose socket is unknown.
CONNECTION_ABORTED = "mockserver.connection_aborted"


def wait_slots(environ: WSGIEnvironment) -> WaitSlots:
    """Return the server's wait slots, or new ones for another WSGI server or a test client."""
    return environ.get("mockserver.wait_slots") or WaitSlots()


class FaultInjection:
    """The faults that apply to one request, each called in order at every stage.

    Creating it takes a wait slot if a fault delays the client, or raises ``Unavailable``.
    """

    def __init__(self, faults: Sequence[AppliedFault], connection: "SocketHandle") -> None:
        self.faults = faults
        self._connection = connection
        if any(applied.fault.waits for applied in faults):
            connection.take_slot()

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the faults with their causes, for the journal."""
        return [applied.to_dict() for applied in self.faults]

    @property
    def max_page_size(self) -> int:
        return min((applied.fault.max_page_size for applied in self.faults), default=MAX_PAGE_SIZE)

    def before_request(self) -> Response | None:
        """Return the response of the first fault that replaces the view's, if any."""
        for applied in self.faults:
            raw = applied.fault.before_request(self._connection, applied.rng)
            if raw is not None:
                return FaultResponse(raw)
        return None

    def transform_events(self, changes: ChangeSet) -> ChangeSet:
        """Return the changes and events to report, as modified by the faults."""
        for applied in self.faults:
            changes = applied.fault.on_events(changes)
        return changes

    def transform_response(self, response: Response) -> Response:
        """Return the response to journal and send, as modified by the faults."""
        raw = original = _raw_response(response)
        for applied in self.faults:
            raw = applied.fault.on_response(raw)
        return response if raw is original else FaultResponse(raw)

    def send(self, response: Response, *, head_only: bool) -> None:
        """Send the response through the socket if a fault requires it; release the wait slot."""
        try:
            raw = _raw_response(response)
            if head_only:
                raw = replace(raw, body=b"", length=len(raw.body))
            for applied in self.faults:
                applied.fault.send(raw, self._connection)
        finally:
            self._connection.leave_slot()


class SocketHandle:
    """A `ConnectionHandle` for faults and inboxes, with a wait slot.

    A test client or another WSGI server does not provide its socket. Then `Dispatcher` raises
    ``ConnectionResetError`` in place of a dropped or truncated response.
    """

    def __init__(self, environ: WSGIEnvironment, sandbox: Sandbox) -> None:
        self._environ = environ
        self._sandbox = sandbox
        self._connection: Any = environ.get("mockserver.connection")
        self._wait_slots = wait_slots(environ)
        self._slot = ExitStack()

    def take_slot(self) -> None:
        """Take a slot for a delay; raises ``Unavailable`` if none is left."""
        self._slot.enter_context(self._wait_slots.delay())

    def leave_slot(self) -> None:
        self._slot.close()

    def wait(self, seconds: float) -> None:
        """Wait until the time is over, the client disconnects or the server stops."""
        while seconds > 0 and self._wait_slots.wait(min(seconds, POLL_INTERVAL)):
            seconds -= POLL_INTERVAL
            if self._sandbox.closed or (self._connection and self._connection.is_gone):
                return  # so that another client can use the slot

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


def _raw_response(response: Response) -> RawResponse:
    headers = [pair for pair in response.headers if pair[0] != "Content-Length"]
    return RawResponse(response.status_code, tuple(headers), response.get_data())


class FaultResponse(Response):
    """A response with exactly the headers of a fault: Flask adds no Content-Type."""

    default_mimetype = None

    def __init__(self, raw: RawResponse) -> None:
        super().__init__(raw.body, raw.status, list(raw.headers))
