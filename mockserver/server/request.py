"""One request: parsed strictly, handed to the application, answered, and left in order."""

from __future__ import annotations

import http
import io
import logging
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from cheroot.server import HTTPRequest
from cheroot.wsgi import Gateway_10

from mockserver import errors
from mockserver.server.body import Body, Refusal, excerpt

if TYPE_CHECKING:
    from mockserver.server.connection import Connection

LONGEST_HEAD = 64 * 1024
"""Bytes of a request line and the header lines together."""

# RFC 9112, sections 3 and 5, with CR LF only, upper case methods and no folded lines.
# A whole URL, as sent to a proxy, must be taken too (section 3.2.2); its host is the one meant.
REQUEST_LINE = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Z-]+) (?:http://([^\x00-\x20/?#@\x7f]+)(?=/))?"
    rb"(/[!\"$-~\x80-\xff]*) HTTP/([0-9])\.([0-9])\r\n"
)
HTTP_2_PREFACE = b"PRI * HTTP/2.0\r\n"
HEADER_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)\r\n")

logger = logging.getLogger("mockserver")


class HungUpError(Exception):
    """The client does not take what we write."""


class Gateway(Gateway_10):
    """The request as a WSGI environ, and the application's answer to it."""

    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]  # the stubs say None
        environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]
        environ["SERVER_NAME"] = self.req.server.bind_addr[0]
        environ["wsgi.input_terminated"] = True  # by Body, chunked or not
        environ["mockserver.connection"] = self.req.conn
        environ["mockserver.parking"] = self.req.server.parking
        return environ

    def respond(self) -> None:
        # Not cheroot's, which after an error in the first chunk would still send the headers.
        response: Iterable[bytes] = self.req.server.wsgi_app(self.env, self.start_response)
        try:
            for chunk in filter(None, response):
                self.write(chunk)
            self.req.ensure_headers_sent()
        finally:
            if hasattr(response, "close"):
                response.close()


class Request(HTTPRequest):
    """cheroot's request with a parser of our own.

    cheroot's lets the last of several ``Content-Length`` headers win, reads ``5_0`` as 50,
    takes the next request out of an unread chunked body, and answers in plain text.
    """

    conn: Connection
    status: Any  # bytes, once set
    method = b""
    body: Body
    _authority: bytes | None = None
    _room = LONGEST_HEAD

    def parse_request(self) -> None:
        """Read the head; a client's fault is answered here, and `ready` stays False."""
        try:
            self.ready = self._opens() and self._read_head()
        except errors.ApiError as error:
            self.refuse(error)
        except TimeoutError:
            seconds = f"{self.server.timeout:g}"
            self.refuse(Refusal(408, f"the request stopped for {seconds} s before it was whole"))

    def respond(self) -> None:
        """Let the application answer; what escapes from it becomes an error object."""
        try:
            self.server.gateway(self).respond()
            if self.chunked_write:
                self.conn.wfile.write(b"0\r\n\r\n")
        except HungUpError:
            raise
        except errors.ApiError as error:
            self.refuse(error)
        except (Exception, SystemExit):
            logger.exception("%s %s failed", self.method.decode(), self.uri.decode("latin-1"))
            self.refuse(Refusal(500, "the mock server failed at this request; see its log"))
        # Bytes left over would be taken for the next request, or make our close a reset.
        if not self.body.finished and (self.close_connection or not self.body.drop()):
            self.close_connection = self.conn.unread = True

    def refuse(self, error: errors.ApiError) -> None:
        """Answer with the error object, if nothing is sent yet, and close the connection."""
        self.close_connection = self.conn.unread = True
        content = errors.error_body(error.status, error.message)
        self.status = f"{error.status} {http.HTTPStatus(error.status).phrase}".encode()
        self.response_protocol = "HTTP/1.1"
        if not self.sent_headers:
            self.outheaders = [
                (b"Content-Type", b"application/json"),
                (b"Content-Length", b"%d" % len(content)),
                *((name.encode(), value.encode()) for name, value in error.headers.items()),
            ]
            self.ensure_headers_sent()
            self.write(b"" if self.method == b"HEAD" else content)

    def simple_response(self, status: str, msg: str = "") -> None:
        # All that is left of cheroot's own answers: that the application's body is too long.
        raise RuntimeError(msg)

    def send_headers(self) -> None:
        if self.conn.wfile.muted:  # nobody will read them, so they need not even be HTTP
            self.close_connection = True
            return
        if not self.close_connection:
            self.close_connection = not self.body.small
        super().send_headers()

    def _opens(self) -> bool:
        """Whether the client says anything before it hangs up; TLS is told apart at once."""
        first: bytes = self.conn.rfile.peek(1)[:1]
        if first == b"\x16":  # its first message need not have an end of line to wait for
            raise errors.InvalidRequest("this is TLS; the server speaks http://, not https://")
        return first != b""

    def _read_head(self) -> bool:
        line = self._line(414)
        while line == b"\r\n":  # left over from a client's last request: RFC 9112, 2.2
            line = self._line(414)
        minor = self._take_request_line(line)
        while (line := self._line(431)) != b"\r\n":
            self._take_header(line)
        if self._authority:
            self.inheaders[b"Host"] = self._authority
        self.response_protocol = "HTTP/1.1" if minor else "HTTP/1.0"
        self._decide_persistence()
        self._frame_body()
        if self.inheaders.get(b"Expect", b"").lower() == b"100-continue":
            self.conn.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def _line(self, status_if_too_long: int) -> bytes:
        line: bytes = self.conn.rfile.readline(self._room)
        self._room -= len(line)
        if self._room == 0:
            what = "request line" if status_if_too_long == 414 else "request's headers"
            message = f"the {what} must be shorter than {LONGEST_HEAD} bytes"
            raise Refusal(status_if_too_long, message)
        return line

    def _take_request_line(self, line: bytes) -> int:
        match = REQUEST_LINE.fullmatch(line)
        if match is None and line != HTTP_2_PREFACE:
            raise errors.InvalidRequest(
                "malformed request line: it must be a method in upper case, a path and the "
                "version, ended by CR LF, such as 'GET /v1/contacts HTTP/1.1\\r\\n'; "
                f"got {excerpt(line)}"
            )
        if match is None or match[4] != b"1":
            raise Refusal(505, "only HTTP/1.1 and HTTP/1.0 are spoken here; use HTTP/1.1")
        self.method, self._authority, self.uri, _, minor = match.groups()
        path, _, self.qs = self.uri.partition(b"?")
        self.path = unquote_to_bytes(path)
        self.request_protocol = line.split()[-1]
        return int(minor)

    def _take_header(self, line: bytes) -> None:
        match = HEADER_LINE.fullmatch(line)
        if match is None:
            raise errors.InvalidRequest(
                "malformed header: each must be one line 'Name: value' ended by CR LF, and "
                f"the last be followed by an empty line; got {excerpt(line)}"
            )
        name, value = match[1].title(), match[2].strip(b" \t")
        # In an environ Content_Length would pass for Content-Length, so it is left out.
        if b"_" not in name:
            repeated = self.inheaders.get(name)
            separator = b"; " if name == b"Cookie" else b", "
            self.inheaders[name] = value if repeated is None else repeated + separator + value

    def _decide_persistence(self) -> None:
        options = self.inheaders.get(b"Connection", b"").lower().split(b",")
        wanted = {option.strip() for option in options}
        persistent = self.response_protocol == "HTTP/1.1" or b"keep-alive" in wanted
        self.close_connection = not persistent or b"close" in wanted

    def _frame_body(self) -> None:
        """How long the body is: RFC 9112, section 6.3, refusing whatever is ambiguous."""
        limit: int = self.server.max_request_body_size
        self.chunked_read = b"Transfer-Encoding" in self.inheaders
        if self.chunked_read:
            self._check_transfer_encoding()
        length = None if self.chunked_read else self._content_length()
        if length is not None and length > limit:
            raise errors.TooLarge(limit)
        self.body = Body(self.conn.rfile, length, limit)
        self.rfile = io.BufferedReader(self.body)

    def _check_transfer_encoding(self) -> None:
        if b"Content-Length" in self.inheaders:
            raise errors.InvalidRequest("send Content-Length or Transfer-Encoding, not both")
        if self.response_protocol == "HTTP/1.0":
            raise errors.InvalidRequest("Transfer-Encoding needs HTTP/1.1; send Content-Length")
        coding = self.inheaders[b"Transfer-Encoding"]
        if coding.lower() != b"chunked":
            message = f"the only Transfer-Encoding known is 'chunked'; got {excerpt(coding)}"
            raise Refusal(501, message)

    def _content_length(self) -> int:
        value = self.inheaders.get(b"Content-Length", b"0")
        if not value.isdigit() or len(value) > 20:
            raise errors.InvalidRequest(
                "Content-Length must be one number, the bytes of the body, such as 42; "
                f"got {excerpt(value)}"
            )
        return int(value)
