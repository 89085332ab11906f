"""Repeated reads: the same GET in an unchanged sandbox is answered without Flask."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import ref

from mockserver.journal.exchange import Exchange
from mockserver.storage.clock import stopwatch
from mockserver.storage.world import NO_CHANGES

if TYPE_CHECKING:
    from mockserver.web.request import Request

#: The key in a request's environ under which the server looks for a `Repeat`.
REPEAT = "mockserver.repeat"

logger = logging.getLogger("mockserver")

#: Writes the log line of a request. `mockserver serve` sets a cheaper way than a log record.
write_line: Callable[[str], object] = logger.info


class Repeat:
    """A read that the server may answer again with the same response.

    The server keeps it, so the sandbox is only referred to weakly: a deleted one must not stay in
    memory.
    """

    __slots__ = ("_exchange", "_root_path", "_sandbox", "_version")

    def __init__(self, request: Request, exchange: Exchange) -> None:
        self._sandbox = ref(request.sandbox)
        self._version = request.world_version or 0
        self._exchange = exchange
        self._root_path = request.root_path

    def __call__(self) -> str | None:
        """Journal and log the read once more; return the id of the repetition.

        None means that the response may have changed.
        """
        since = stopwatch()
        sandbox = self._sandbox()
        if sandbox is None or not sandbox.is_unchanged(self._version):
            return None
        first = self._exchange
        request_id = sandbox.journal.new_id()
        *headers, _ = first.response_headers  # the last one is the id
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
                first.response_body,
                (stopwatch() - since) * 1000,
                NO_CHANGES,
            )
        )
        if logger.isEnabledFor(logging.INFO):
            path = self._root_path + first.path
            log_request(first.method, path, first.status, since, sandbox.name)
        return request_id


def log_request(method: str, path: str, status: int, since: float, sandbox: str) -> None:
    """Write the log line of a request that began at ``since`` by the stopwatch."""
    ms = (stopwatch() - since) * 1000
    escaped = path.encode("unicode_escape").decode()
    write_line(f"{method} {escaped} {status} {ms:.1f}ms {sandbox}")
