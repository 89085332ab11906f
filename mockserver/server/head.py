"""The head of a request, parsed strictly (RFC 9112), and the head of a response."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote_to_bytes

from mockserver import errors

MAX_HEAD = 64 * 1024
"""Bytes of a request line and the header lines together."""

# RFC 9112, sections 3 and 5, with CR LF only, upper case methods and no folded lines. An absolute
# URL, as sent to a proxy, must be accepted too (section 3.2.2); its host replaces the Host header.
LINE = (
    rb"([!#$%&'*+.^_`|~0-9A-Z-]+) (?:http://([^\x00-\x20/?#@\x7f]+)(?=/))?"
    rb"(/[!\"$-~\x80-\xff]*) HTTP/([0-9])\.([0-9])\r\n"
)
HEADER = rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)\r\n"
REQUEST_LINE = re.compile(LINE)
HEADER_LINE = re.compile(HEADER)
HTTP_2_PREFACE = b"PRI * HTTP/2.0\r\n"


class HttpError(errors.ApiError):
    """An error of HTTP itself, with a status that the API's own errors do not have."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Head:
    """The head of one request. It holds nothing of the connection, so that it can be reused."""

    __slots__ = ("closes", "environ", "expects_continue", "is_http_1_0", "length", "method")

    environ: dict[str, Any]
    """The WSGI environ (PEP 3333), except what belongs to the connection and the body."""
    length: int | None
    """Length of the body in bytes; None if it is chunked."""

    def __init__(self, raw: bytes, max_body: int) -> None:
        """Parse a whole head; raises `ApiError` if it is malformed or its body too large."""
        match = REQUEST_LINE.match(raw)
        if match is None:
            check_lines(raw, 0)
            raise AssertionError("unreachable: check_lines raises")
        method, authority, uri, major, minor = match.groups()
        if major != b"1":
            raise unsupported_version()
        headers = parse_headers(raw, match.end())
        if authority:
            headers[b"Host"] = authority
        self.method: bytes = method
        self.is_http_1_0 = minor == b"0"
        options = {option.strip() for option in headers.get(b"Connection", b"").lower().split(b",")}
        self.closes = b"close" in options or (self.is_http_1_0 and b"keep-alive" not in options)
        self.length = body_length(headers, self.is_http_1_0)
        if self.length is not None and self.length > max_body:
            raise errors.TooLarge(max_body)
        self.expects_continue = headers.get(b"Expect", b"").lower() == b"100-continue"
        self.environ = environ_of(method, uri, self.is_http_1_0, headers)


def check_lines(raw: bytes, start: int) -> int:
    """Check the complete lines of a head that has not arrived whole.

    ``start`` is the offset of the first line to check; 0 is the request line. Returns the offset
    after the last complete line. Raises `ApiError` for the first malformed line.
    """
    while 0 < (end := raw.find(b"\n", start) + 1) <= MAX_HEAD:
        line = raw[start:end]
        if start > 0:
            if line == b"\r\n":
                break
            if HEADER_LINE.fullmatch(line) is None:
                raise malformed_header(line)
        elif (match := REQUEST_LINE.fullmatch(line)) is None:
            raise unsupported_version() if line == HTTP_2_PREFACE else malformed_line(line)
        elif match[4] != b"1":
            raise unsupported_version()
        start = end
    if len(raw) >= MAX_HEAD:
        status, part = (431, "request's headers") if start else (414, "request line")
        raise HttpError(status, f"the {part} must be shorter than {MAX_HEAD} bytes")
    return start


def malformed_line(line: bytes) -> errors.ApiError:
    return errors.InvalidRequest(
        "malformed request line: it must be a method in upper case, a path and the version, "
        "ended by CR LF, such as 'GET /v1/contacts HTTP/1.1\\r\\n'; "
        f"got {excerpt(line)}"
    )


def malformed_header(line: bytes) -> errors.ApiError:
    return errors.InvalidRequest(
        "malformed header: each must be one line 'Name: value' ended by CR LF, and the last "
        f"must be followed by an empty line; got {excerpt(line)}"
    )


def unsupported_version() -> errors.ApiError:
    return HttpError(505, "only HTTP/1.1 and HTTP/1.0 are supported; use HTTP/1.1")


def parse_headers(raw: bytes, start: int) -> dict[bytes, bytes]:
    """Return the headers by name in title case; repeated ones are joined (RFC 9110, 5.3)."""
    headers: dict[bytes, bytes] = {}
    end = len(raw) - 2  # before the empty line
    while start < end:
        match = HEADER_LINE.match(raw, start)
        if match is None:
            raise malformed_header(raw[start : raw.index(b"\n", start) + 1])
        start = match.end()
        name = match[1].title()
        # In an environ, Content_Length would be read as Content-Length.
        if b"_" in name:
            continue
        value, repeated = match[2].strip(b" \t"), headers.get(name)
        separator = b"; " if name == b"Cookie" else b", "
        headers[name] = value if repeated is None else repeated + separator + value
    return headers


def body_length(headers: dict[bytes, bytes], is_http_1_0: bool) -> int | None:
    """Return the length of the body in bytes, None if it is chunked (RFC 9112, section 6.3).

    Raises `ApiError` for whatever is ambiguous.
    """
    coding = headers.get(b"Transfer-Encoding")
    if coding is not None:
        if b"Content-Length" in headers:
            raise errors.InvalidRequest("send Content-Length or Transfer-Encoding, not both")
        if is_http_1_0:
            raise errors.InvalidRequest("Transfer-Encoding needs HTTP/1.1; send Content-Length")
        if coding.lower() != b"chunked":
            message = f"the only supported Transfer-Encoding is 'chunked'; got {excerpt(coding)}"
            raise HttpError(501, message)
        return None
    value = headers.get(b"Content-Length", b"0")
    if not value.isdigit() or len(value) > 20:
        raise errors.InvalidRequest(
            "Content-Length must be one number, the bytes of the body, such as 42; "
            f"got {excerpt(value)}"
        )
    return int(value)


def environ_of(
    method: bytes, uri: bytes, is_http_1_0: bool, headers: dict[bytes, bytes]
) -> dict[str, Any]:
    path, _, query = uri.partition(b"?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method.decode("ascii"),
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1"),
        "REQUEST_URI": uri.decode("latin-1"),
        "SERVER_PROTOCOL": "HTTP/1.0" if is_http_1_0 else "HTTP/1.1",
        "SERVER_SOFTWARE": "mockserver",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }
    for name, value in headers.items():
        key = name.decode("ascii").upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        environ[key] = value.decode("latin-1")
    return environ


def response_head(
    status: str, headers: Iterable[tuple[str, str]], connection: str | None, *, chunked: bool
) -> bytes:
    """Return a response's status line and headers.

    ``connection`` is the value of the ``Connection`` header, None to send none.
    """
    lines = [f"HTTP/1.1 {status}", *[f"{name}: {value}" for name, value in headers]]
    if chunked:
        lines.append("Transfer-Encoding: chunked")
    if connection is not None:
        lines.append(f"Connection: {connection}")
    # An origin server must send Date (RFC 9110, section 6.6.1).
    lines += [f"Date: {formatdate(usegmt=True)}", "Server: mockserver", "", ""]
    return "\r\n".join(lines).encode("latin-1")


def excerpt(data: bytes) -> str:
    """Return the beginning of a client's bytes, for an error message."""
    return repr(bytes(data[:60]))[1:] + ("…" if len(data) > 60 else "")
