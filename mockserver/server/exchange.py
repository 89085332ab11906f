"""One request and its response: the WSGI side of the server (PEP 3333)."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from mockserver.cors import refusal_headers
from mockserver.errors import ApiError, error_body
from mockserver.server.connection import Connection
from mockserver.server.reader import Head, HttpError, Request
from mockserver.storage.clock import machine_time

if TYPE_CHECKING:
    from _typeshed import OptExcInfo, WriteableBuffer
    from _typeshed.wsgi import WSGIApplication

Headers = list[tuple[str, str]]
CLOSE = ("Connection", "close")

logger = logging.getLogger("mockserver")


class BrokenBody(io.RawIOBase):
    """The input stream of a request with an invalid body: every read raises the error."""

    def __init__(self, error: ApiError) -> None:
        self._error = error

    def readinto(self, _: WriteableBuffer) -> int:
        raise self._error


class Exchange:
    """A request that the application answers on a connection.

    The response is left in ``connection.outgoing``; one without a length is sent in parts.
    """

    def __init__(self, connection: Connection, head: Head) -> None:
        self._connection = connection
        self._head = head
        self._status = ""
        self._headers: Headers = []
        self._has_begun = False  # True once a part of the response was sent

    def run(self, app: WSGIApplication, environ: dict[str, Any], request: Request) -> None:
        """Call the application; an error that escapes from it becomes an error object.

        ``environ`` has all values that do not depend on the request.
        """
        connection = self._connection
        connection.closes = self._head.closes or request.error is not None
        environ["REMOTE_ADDR"] = connection.address[0]
        environ["mockserver.connection"] = connection
        environ["wsgi.errors"] = sys.stderr
        if request.error:
            environ["wsgi.input"] = BrokenBody(request.error)
            environ["mockserver.partial_body"] = request.body
        else:
            environ["wsgi.input"] = io.BytesIO(request.body)
        try:
            response = app(environ, self._start_response)
            try:
                self._respond(response)
            finally:
                if hasattr(response, "close"):
                    response.close()
        except ApiError as error:
            self._fail(error)
        except BaseException:  # such as SystemExit, or pytest's, which must not end the thread
            self._fail(HttpError(500, "internal server error; see the server log"))
            with suppress(BaseException):  # the log may fail too
                logger.exception("%s %s failed", environ["REQUEST_METHOD"], environ["REQUEST_URI"])

    def _start_response(
        self, status: str, headers: Headers, exc_info: OptExcInfo | None = None
    ) -> Callable[[bytes], object]:
        if exc_info and self._has_begun:
            raise exc_info[1] or RuntimeError(status)
        self._status, self._headers = status, headers
        return self._write

    def _respond(self, response: Iterable[bytes]) -> None:
        length = next((value for name, value in self._headers if name == "Content-Length"), None)
        is_head = self._head.environ["REQUEST_METHOD"] == "HEAD"
        is_bodiless = is_head or self._status[:3] in ("204", "304")
        if length is None and not is_bodiless:
            for chunk in response:
                self._write(chunk)
                if self._connection.is_muted:
                    return
            self._write(b"", is_last=True)
            return
        body = b"".join(response)
        if self._connection.is_muted:
            return
        if is_bodiless:
            body = b""
        elif len(body) != int(length or 0):
            raise RuntimeError(f"the response has {len(body)} bytes, but Content-Length {length}")
        self._connection.outgoing = self._response_head() + body

    def _write(self, chunk: bytes, *, is_last: bool = False) -> None:
        """Send a part of a response without a length; for HTTP/1.0, closing marks the end."""
        connection, is_chunked = self._connection, not self._head.is_http_1_0
        if connection.is_muted or not (chunk or is_last):
            return
        data = b"%x\r\n%b\r\n" % (len(chunk), chunk) if is_chunked else chunk
        if not self._has_begun:
            self._has_begun = True
            connection.closes |= not is_chunked
            coding = [("Transfer-Encoding", "chunked")] if is_chunked else []
            data = self._response_head(*coding) + data
        connection.send_all(data)

    def _response_head(self, *headers: tuple[str, str]) -> bytes:
        if self._connection.closes:
            headers = (*headers, CLOSE)
        elif self._head.is_http_1_0:
            headers = (*headers, ("Connection", "keep-alive"))
        return response_head(self._status, [*self._headers, *headers])

    def _fail(self, error: ApiError) -> None:
        """Answer with the error object, or cut off a response that has begun."""
        self._connection.closes = True
        if not self._has_begun and not self._connection.is_muted:
            self._connection.outgoing = refusal(error, self._head.raw)


def refusal(error: ApiError, raw_head: bytes) -> bytes:
    """Return the response to a request that is refused, after which the connection closes."""
    content = error_body(error.status, error.message)
    headers = {"Content-Type": "application/json", "Content-Length": str(len(content))}
    headers |= error.headers
    fields = [*headers.items(), *refusal_headers(raw_head, headers), CLOSE]
    head = response_head(f"{error.status} {HTTPStatus(error.status).phrase}", fields)
    return head if raw_head.startswith(b"HEAD ") else head + content


def response_head(status: str, headers: Headers) -> bytes:
    """Return a status line and headers as bytes."""
    lines = [f"HTTP/1.1 {status}", *[f"{name}: {value}" for name, value in headers], ""]
    return "\r\n".join(lines).encode("latin-1") + closing_lines(int(machine_time()))


@lru_cache(maxsize=1)  # formatting a date costs as much as the rest of a head
def closing_lines(now: int) -> bytes:
    """Return the last lines of a head that is sent at a Unix time."""
    # An origin server must send Date (RFC 9110, section 6.6.1).
    return f"Date: {formatdate(now, usegmt=True)}\r\nServer: mockserver\r\n\r\n".encode()
