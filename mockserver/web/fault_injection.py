"""The faults of one request, applied to Flask's responses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Response

from mockserver.faults.base import RawResponse
from mockserver.faults.rules import AppliedFault
from mockserver.storage.paging import MAX_PAGE_SIZE
from mockserver.storage.world import ChangeSet
from mockserver.web.socket_handle import SocketHandle


class FaultInjection:
    """The faults in their order, at each of the moments at which one may act."""

    def __init__(self, hits: Sequence[AppliedFault], line: SocketHandle) -> None:
        self.hits = hits
        self._line = line

    @property
    def largest_page(self) -> int:
        """How many objects a page may hold."""
        return min((hit.fault.max_page_size for hit in self.hits), default=MAX_PAGE_SIZE)

    def take_slot(self) -> None:
        """Take a place, if there will be waits; raises ``Unavailable`` where none is left."""
        if any(hit.fault.waits for hit in self.hits):
            self._line.take_slot()

    def before(self) -> Response | None:
        """The answer, where the API does not get its turn."""
        for hit in self.hits:
            reply = hit.fault.before_request(self._line, hit.rng)
            if reply is not None:
                return Response(reply.body, reply.status, list(reply.headers))
        return None

    def transform_events(self, happened: ChangeSet) -> ChangeSet:
        for hit in self.hits:
            happened = hit.fault.on_events(happened)
        return happened

    def transform_response(self, response: Response) -> Response:
        """The answer as the journal keeps it."""
        reply = bent = _reply(response)
        for hit in self.hits:
            bent = hit.fault.on_response(bent)
        return response if bent is reply else Response(bent.body, bent.status, list(bent.headers))

    def send(self, response: Response, *, head_only: bool) -> None:
        """Send it in another way than usual, where a fault does."""
        try:
            reply = _reply(response)
            if head_only:
                reply = replace(reply, body=b"", length=len(reply.body))
            for hit in self.hits:
                hit.fault.send(reply, self._line)
        finally:
            self._line.leave_slot()


def _reply(response: Response) -> RawResponse:
    headers = [pair for pair in response.headers if pair[0] != "Content-Length"]
    return RawResponse(response.status_code, tuple(headers), response.get_data())
