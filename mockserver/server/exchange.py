"""One request and its response: the WSGI side of the server (PEP 3333)."""

from __future__ import annotations

import http
import io
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from mockserver import errors
from mockserver.server.connection import Connection
from mockserver.server.head import HttpError, response_head
from mockserver.server.reader import Request

if TYPE_CHECKING:
    from _typeshed import OptExcInfo, WriteableBuffer
    from _typeshed.wsgi import WSGIApplication

WITHOUT_BODY = ("204", "304")

logger = logging.getLogger("mockserver")


class BrokenBody(io.RawIOBase):
    """What the application reads as a body that is not whole: every read raises the error."""

    def __init__(self, error: errors.ApiError) -> None:
        self._error = error

    def readable(self) -> bool:
        return True

    def readinto(self, _: WriteableBuffer) -> int:
        raise self._error


class ClientGone(Exception):
    """The client does not take what is sent."""


class Exchange:
    """A request that the application answers on a connection."""

    def __init__(self, connection: Connection, request: Request) -> None:
        self._connection = connection
        self._request = request
        self._status = ""
        self._headers: list[tuple[str, str]] = []
        self._sent_head = False

    def run(self, app: WSGIApplication, environ: dict[str, Any]) -> None:
        """Call the application with an environ that lacks only what belongs to this request.

        The response is left in ``connection.outgoing``; a response without a length is sent as
        it is produced. An error that escapes from the application becomes an error object.
        """
        connection, request = self._connection, self._request
        connection.closes = request.head.closes or request.error is not None
        environ["REMOTE_ADDR"] = connection.address[0]
        environ["REMOTE_PORT"] = str(connection.address[1])
        environ["mockserver.connection"] = connection
        environ["wsgi.input"] = (
            io.BytesIO(request.body)
            if request.error is None
            else io.BufferedReader(BrokenBody(request.error))
        )
        try:
            response = app(environ, self._start_response)
            try:
                self._respond(response)
            finally:
                if hasattr(response, "close"):
                    response.close()
        except ClientGone as error:
            logger.debug("%s hung up: %s", connection.address, error)
            connection.closes = True
        except errors.ApiError as error:
            self._fail(error)
        except (Exception, SystemExit):
            method, path = request.head.method.decode(), request.head.environ["REQUEST_URI"]
            logger.exception("%s %s failed", method, path)
            self._fail(HttpError(500, "the mock server failed at this request; see its log"))

    def _start_response(
        self,
        status: str,
        headers: list[tuple[str, str]],
        exc_info: OptExcInfo | None = None,
    ) -> Callable[[bytes], object]:
        if exc_info is not None and self._sent_head:
            raise exc_info[1].with_traceback(exc_info[2]) if exc_info[1] else RuntimeError(status)
        self._status, self._headers = status, headers
        return self._send_chunk

    def _respond(self, response: Iterable[bytes]) -> None:
        length = next((value for name, value in self._headers if name == "Content-Length"), None)
        if length is None and self._status[:3] not in WITHOUT_BODY:
            self._stream(response)
            return
        body = b"".join(response)
        if self._connection.is_muted:
            return
        is_head = self._request.head.method == b"HEAD"
        if length is not None and not is_head and len(body) != int(length):
            raise RuntimeError(f"the response has {len(body)} bytes and declares {length}")
        head = self._head(chunked=False)
        self._connection.outgoing = head if is_head else head + body

    def _stream(self, response: Iterable[bytes]) -> None:
        for chunk in response:
            if chunk:
                self._send_chunk(chunk)
        if self._connection.is_muted:
            return
        if not self._sent_head:
            self._send_head()
        if not self._closes_at_end:
            self._send(b"0\r\n\r\n")

    @property
    def _closes_at_end(self) -> bool:
        """True for a response that ends with the connection: HTTP/1.0 knows no chunks."""
        return self._request.head.is_http_1_0 or self._request.head.method == b"HEAD"

    def _send_chunk(self, chunk: bytes) -> None:
        if not self._sent_head:
            self._send_head()
        if self._request.head.method == b"HEAD":
            return
        self._send(chunk if self._closes_at_end else b"%x\r\n%b\r\n" % (len(chunk), chunk))

    def _send_head(self) -> None:
        self._connection.closes |= self._request.head.is_http_1_0
        self._send(self._head(chunked=not self._request.head.is_http_1_0))
        self._sent_head = True

    def _send(self, data: bytes) -> None:
        if self._connection.is_muted:
            return
        try:
            self._connection.send_all(data)
        except OSError as error:
            raise ClientGone(str(error)) from error

    def _head(self, *, chunked: bool) -> bytes:
        option = "close" if self._connection.closes else None
        if option is None and self._request.head.is_http_1_0:
            option = "keep-alive"
        return response_head(self._status, self._headers, option, chunked=chunked)

    def _fail(self, error: errors.ApiError) -> None:
        """Answer with the error object; a response that was begun is cut."""
        self._connection.closes = True
        if not self._sent_head and not self._connection.is_muted:
            is_head = self._request.head.method == b"HEAD"
            self._connection.outgoing = refusal(error, with_body=not is_head)


def refusal(error: errors.ApiError, *, with_body: bool = True) -> bytes:
    """Return a whole response with the error object, after which the connection closes."""
    content = errors.error_body(error.status, error.message)
    status = f"{error.status} {http.HTTPStatus(error.status).phrase}"
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(content))),
        *error.headers.items(),
    ]
    head = response_head(status, headers, "close", chunked=False)
    return head + content if with_body else head
