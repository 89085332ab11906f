"""Flask's request and response, extended for the sandbox."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from types import MappingProxyType
from typing import Any
from wsgiref.types import WSGIEnvironment

import flask
import orjson
from flask import Response
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.utils import cached_property

from mockserver.errors import InvalidRequest
from mockserver.journal.exchange import Exchange
from mockserver.sandbox.sandbox import Sandbox
from mockserver.storage.clock import stopwatch
from mockserver.storage.collection import MAX_PAGE_SIZE
from mockserver.storage.world import NO_CHANGES, ChangeSet, World
from mockserver.web.fault_injection import FaultInjection
from mockserver.webhooks.models import Delivery

JSON = "application/json"
#: Prefixes of header names in a WSGI environ (RFC 3875, section 4.1).
HEADER_PREFIXES = ("HTTP_", "CONTENT_")
QUERY_PREFIX = b"__"  # of a query parameter that states a preference, such as ``__code``


class Request(flask.Request):
    """A request with its sandbox, its faults and preferences, and the changes that it made."""

    #: The response headers of the rate limit.
    rate_limit_headers: Mapping[str, str] = MappingProxyType({})
    #: The preferences, see ``prefer.preferences``.
    preferred: Mapping[str, int] = MappingProxyType({})
    #: The faults that apply to the request.
    injection: FaultInjection | None = None
    #: The slot of a request that waits for deliveries.
    wait_slot: ExitStack | None = None
    #: The version of the world that a read saw; None for other requests.
    world_version: int | None = None
    #: The body as received, and as parsed into JSON's types.
    received: bytes = b""
    payload: Mapping[str, Any] = MappingProxyType({})
    changes: ChangeSet = NO_CHANGES
    #: The deliveries of the request's events.
    deliveries: Sequence[Delivery] = ()
    #: Why the request was refused.
    reason: str = ""
    #: Empty, or Flask would look for a blueprint ``messages`` for the endpoint ``messages.create``.
    blueprints: Sequence[str] = ()  # type: ignore[assignment]
    #: The sandbox that the request acts on; not set for a request without one.
    sandbox: Sandbox

    def __init__(self, environ: WSGIEnvironment) -> None:
        # The environ must not refer to this request: since Flask 3.2, nothing breaks that cycle,
        # which would keep a deleted sandbox in memory until the garbage collector runs.
        super().__init__(environ, populate_request=False)
        self.since = stopwatch()

    def transaction(self) -> AbstractContextManager[World]:
        """Return a context manager for changes to the world; its end sets ``changes``."""
        return self.sandbox.transaction(self._record)

    def _record(self, changes: ChangeSet) -> None:
        self.changes = self.injection.transform_events(changes) if self.injection else changes
        if changes.events:
            self.deliveries = self.sandbox.webhooks.dispatch(self.changes.events, self.id)

    @cached_property
    def id(self) -> str:
        """The request's id in its sandbox's journal.

        The id is assigned when the request changes the world, so that ids are in the order of the
        changes; for other requests, when the response is ready.
        """
        return self.sandbox.journal.new_id()

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The parsed query. Raises ``InvalidRequest`` for bytes that are not UTF-8."""
        try:
            return super().args
        except UnicodeDecodeError as error:
            raise InvalidRequest(f"the query is not valid UTF-8 (byte {error.start})") from None

    @property
    def has_preferences(self) -> bool:
        """True if the request has a preference, in a header (RFC 7240) or in the query."""
        return "HTTP_PREFER" in self.environ or QUERY_PREFIX in self.query_string

    @property
    def operation(self) -> str:
        """The operation, such as ``messages.create``; empty if no route matches."""
        return self.endpoint or ""

    @property
    def max_page_size(self) -> int:
        return self.injection.max_page_size if self.injection else MAX_PAGE_SIZE

    def exchange(self, response: Response, request_id: str, at: int) -> Exchange:
        environ = self.environ
        return Exchange(
            id=request_id,
            at=at,
            operation=self.operation,
            method=self.method,
            path=self.path,
            query_string=environ.get("QUERY_STRING", ""),
            cgi_headers={
                name: value for name, value in environ.items() if name.startswith(HEADER_PREFIXES)
            },
            body=self.received,
            payload=self.payload,
            status=response.status_code,
            response_headers=response.headers,
            response_body=self.response_body(response),
            ms=(stopwatch() - self.since) * 1000,
            change_set=self.changes,
            faults=self.injection.to_dicts() if self.injection else [],
        )

    def response_body(self, response: Response) -> bytes:
        return response.body if isinstance(response, JsonResponse) else response.get_data()

    @property
    def has_sandbox(self) -> bool:
        return "sandbox" in self.__dict__


class JsonResponse(Response):
    """A JSON response with its final headers, so that werkzeug spends no time on them."""

    def __init__(self, payload: Any, status: int) -> None:
        # A copy: orjson's bytes occupy 4 KB or more, all of which the journal would keep.
        body = bytes(memoryview(orjson.dumps(payload)))
        super().__init__([body], status, content_type=JSON, direct_passthrough=True)
        self.headers.add("Content-Length", str(len(body)))
        self.body = body

    def get_wsgi_headers(self, environ: Any) -> Headers:
        return self.headers


def no_content(headers: Mapping[str, str] | None = None) -> Response:
    """Return a 204 response, without a content type."""
    response = Response(status=204, headers=headers)
    del response.headers["Content-Type"]
    return response


def current_request() -> Request:
    """Return the request that is being handled, without Flask's proxy.

    The proxy costs a microsecond for each attribute. Flask documents this access to the object
    behind it ("The App and Request Context").
    """
    request: Request = flask.request._get_current_object()  # type: ignore[attr-defined]
    return request
