"""Repeated reads, without Flask."""

from weakref import ref

from mockserver.journal.exchange import Exchange
from mockserver.storage.clock import stopwatch
from mockserver.storage.world import NO_CHANGES
from mockserver.web.request import Request
from mockserver.web.request_log import RequestLog

REPEAT = "mockserver.repeat"  # key in the WSGI environ for a `Repeat`


class Repeat:
    """A read that the server may answer again with the same response.

    The server stores it, so it refers to its sandbox weakly: a deleted sandbox must be freed.
    """

    __slots__ = ("_body", "_exchange", "_log", "_path", "_sandbox", "_size", "_version")

    def __init__(self, request: Request, exchange: Exchange, log: RequestLog) -> None:
        self._sandbox = ref(request.sandbox)
        self._version = request.world_version or 0
        self._exchange = exchange
        self._body = exchange.response_body  # the journal may drop it
        self._size = exchange.size
        self._path = request.root_path + exchange.path
        self._log = log

    def __call__(self) -> str | None:
        """Journal and log a repeated request and return its id; None if the response may differ."""
        since = stopwatch()
        sandbox = self._sandbox()
        if sandbox is None or not sandbox.is_unchanged(self._version):
            return None
        first = self._exchange
        request_id = sandbox.journal.new_id()
        *headers, _ = first.response_headers  # without X-Request-Id
        sandbox.journal.append(
            Exchange(
                request_id,
                sandbox.now(),
                first.operation,
                first.method,
                first.path,
                first.query_string,
                first.cgi_headers,
                b"",
                first.payload,
                first.status,
                [*headers, ("X-Request-Id", request_id)],
                self._body,
                (stopwatch() - since) * 1000,
                NO_CHANGES,
                size=self._size,
            )
        )
        if self._log.is_enabled:
            bodies = b"", self._body
            where = sandbox.name, request_id
            query = first.query_string
            self._log.add(first.method, self._path, query, first.status, since, *where, "", bodies)
        return request_id
