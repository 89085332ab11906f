"""The request as our rooms see it: Flask's, and what we found out about it on the way in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import flask
from flask import Response, request
from werkzeug.datastructures import Headers

from mockserver.journal.exchange import Exchange
from mockserver.sandbox.rate_limit import RateLimitStatus
from mockserver.sandbox.sandbox import Sandbox
from mockserver.storage.clock import stopwatch
from mockserver.storage.paging import MAX_PAGE_SIZE
from mockserver.storage.world import ChangeSet, World

if TYPE_CHECKING:
    from mockserver.web.fault_injection import FaultInjection

JSON = "application/json"
#: With what the names of headers begin in the environ (RFC 3875, section 4.1).
HEADERS = ("HTTP_", "CONTENT_")
#: With what a parameter begins that wishes for something, as ``__code``.
TWIN = b"__"


class Request(flask.Request):
    """One request, the moment it arrived, and its sandbox once that is known."""

    #: Where it stands with the rate limit, what it wished for, and what goes wrong with it; few
    #: requests have any of these.
    standing: RateLimitStatus | None = None
    preferred: Mapping[str, int] = MappingProxyType({})
    injection: FaultInjection | None = None
    #: Gives up the place that the request has among those that wait; most have none.
    leave_place: Callable[[], object] | None = None
    _id: str | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.since = stopwatch()
        #: The body as it came, and as it was understood in JSON's types.
        self.received = b""
        self.given: Mapping[str, Any] = {}
        self.happened = ChangeSet()
        self._sandbox: Sandbox | None = None

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox that the request acts on; only /v1 and its like have one."""
        if self._sandbox is None:
            raise LookupError(f"{self.path} has no sandbox")
        return self._sandbox

    @sandbox.setter
    def sandbox(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def transaction(self) -> AbstractContextManager[World]:
        """The sandbox's world for the changes of this request, which are noted here."""
        return self.sandbox.transaction(self._note)

    def _note(self, happened: ChangeSet) -> None:
        self.happened = self.injection.tell(happened) if self.injection else happened
        if happened.events:
            self.sandbox.webhooks.dispatch(self.happened.events, self.id, self.sandbox.now())

    @property
    def id(self) -> str:
        """The request's id in its sandbox's journal. What it does to the world gives it one, in
        the order in which that is done; else it gets one when it is answered."""
        if self._id is None:
            self._id = self.sandbox.journal.new_id()
        return self._id

    @property
    def wishes(self) -> bool:
        """Whether it prefers anything; few do."""
        return "HTTP_PREFER" in self.environ or TWIN in self.query_string

    @property
    def operation(self) -> str:
        """What is asked, such as ``messages.create``; empty where there is no such thing."""
        return self.endpoint or ""

    @property
    def largest_page(self) -> int:
        """How many objects a page may hold."""
        return self.injection.largest_page if self.injection else MAX_PAGE_SIZE

    def exchange(self, response: Response) -> Exchange | None:
        """What of this request the journal keeps; None where it is no sandbox's request."""
        if self._sandbox is None:
            return None
        environ = self.environ
        return Exchange(
            id=self.id,
            at=self._sandbox.now(),
            operation=self.operation,
            method=self.method,
            path=self.path,
            query_string=environ.get("QUERY_STRING", ""),
            variables=[pair for pair in environ.items() if pair[0].startswith(HEADERS)],
            body=self.received,
            given=self.given,
            status=response.status_code,
            response_headers=response.headers,
            response_body=response.body if isinstance(response, Answer) else response.get_data(),
            ms=(stopwatch() - self.since) * 1000,
            happened=self.happened,
            hits=self.injection.hits if self.injection else (),
        )

    @property
    def sandbox_name(self) -> str:
        """The sandbox's name, or a dash where there is none, for the log."""
        return "-" if self._sandbox is None else self._sandbox.name


class Answer(Response):
    """An answer whose headers are complete as they stand.

    werkzeug would make the Location absolute, escape it again and count the body: that costs as
    much as all the rest of a retrieve.
    """

    def __init__(self, body: bytes, status: int, location: str | None = None) -> None:
        headers = [("Content-Type", JSON), ("Content-Length", str(len(body)))]
        if location is not None:
            headers.append(("Location", location))
        super().__init__(body, status, headers)
        self.body = body

    def get_wsgi_headers(self, environ: Any) -> Headers:
        return self.headers


def nothing(headers: Mapping[str, str] | None = None) -> Response:
    """A 204: without content, it has no type of content either."""
    response = Response(status=204, headers=headers)
    del response.headers["Content-Type"]
    return response


def current() -> Request:
    """The request itself: Flask's proxy for it costs a look-up at each attribute."""
    return cast(Request, request._get_current_object())  # type: ignore[attr-defined]
