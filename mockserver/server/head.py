"""The head of a request, parsed strictly (RFC 9112)."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from mockserver.errors import ApiError, InvalidRequest, TooLarge

MAX_HEAD = 64 * 1024  # bytes of a request line and the header lines together

# RFC 9112, sections 3 and 5, with CR LF only, upper case methods and no folded lines. An absolute
# URL, as sent to a proxy, must be accepted too (section 3.2.2); its host replaces the Host header.
LINE = (
    rb"([!#$%&'*+.^_`|~0-9A-Z-]+) (?:http://([^\x00-\x20/?#@\x7f]+)(?=/))?"
    rb"(/[!\"$-~\x80-\xff]*) HTTP/([0-9])\.([0-9])\r\n"
)
HEADER = rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)\r\n"
REQUEST_LINE, HEADER_LINE = re.compile(LINE), re.compile(HEADER)
HEAD = re.compile(rb"%b(?:%b)*\r\n" % (LINE, HEADER))
HTTP_2_PREFACE = b"PRI * HTTP/2.0\r\n"


class HttpError(ApiError):
    """An error of HTTP itself, with a status that the API's own errors do not have."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Head:
    """The head of one request. It holds nothing of the connection, so that it can be reused.

    ``environ`` is the part of the WSGI environ that it determines (PEP 3333). ``length`` is the
    body's in bytes, None if it is chunked.
    """

    def __init__(self, raw: bytes, max_body: int) -> None:
        """Parse a whole head; raises `ApiError` if it is malformed or its body too large."""
        match = HEAD.fullmatch(raw)
        if match is None or match[4] != b"1":
            check_lines(raw)
            raise AssertionError("unreachable: check_lines raises")
        method, authority, uri = match.group(1, 2, 3)
        path, _, query = uri.partition(b"?")
        self.raw = raw
        self.is_http_1_0 = match[5] == b"0"
        environ = self.environ = {
            "REQUEST_METHOD": method.decode("ascii"),
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query.decode("latin-1"),
            "REQUEST_URI": uri.decode("latin-1"),
            "SERVER_PROTOCOL": "HTTP/1.0" if self.is_http_1_0 else "HTTP/1.1",
        }
        for name, content in HEADER_LINE.findall(raw, match.end(5) + 2):
            if b"_" in name:  # in an environ, Content_Length would be read as Content-Length
                continue
            key = name.decode("ascii").upper().replace("-", "_")
            if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
                key = f"HTTP_{key}"
            value = content.strip(b" \t").decode("latin-1")
            if key in environ:  # RFC 9110, section 5.3
                value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ', '}{value}"
            environ[key] = value
        if authority:
            environ["HTTP_HOST"] = authority.decode("latin-1")
        options = re.split("[ \t]*,[ \t]*", environ.get("HTTP_CONNECTION", "").lower())
        self.closes = "close" in options or (self.is_http_1_0 and "keep-alive" not in options)
        expectation = environ.get("HTTP_EXPECT", "").lower()
        self.expects_continue = expectation == "100-continue" and not self.is_http_1_0
        self.length = self._body_length()
        if self.length is not None and self.length > max_body:
            raise TooLarge(max_body)

    def _body_length(self) -> int | None:
        """Return the length of the body (RFC 9112, section 6.3); raises if it is ambiguous."""
        length = self.environ.get("CONTENT_LENGTH", "0")
        coding = self.environ.get("HTTP_TRANSFER_ENCODING")
        if coding is not None:
            if "CONTENT_LENGTH" in self.environ:
                raise InvalidRequest("send Content-Length or Transfer-Encoding, not both")
            if self.is_http_1_0:
                raise InvalidRequest("Transfer-Encoding needs HTTP/1.1; send Content-Length")
            if coding.lower() != "chunked":
                problem = "the only supported Transfer-Encoding is 'chunked'"
                raise HttpError(501, f"{problem}; got {excerpt(coding.encode('latin-1'))}")
            return None
        if re.fullmatch("[0-9]{1,20}", length) is None:
            problem = "Content-Length must be one number, the bytes of the body, such as 42"
            raise InvalidRequest(f"{problem}; got {excerpt(length.encode('latin-1'))}")
        return int(length)


def check_lines(raw: bytes, start: int = 0) -> int:
    """Check the complete lines of a head from the offset ``start``, where a line begins.

    Returns the offset after the last complete line. Raises `ApiError` for the first malformed one.
    """
    while 0 < (end := raw.find(b"\n", start) + 1) <= MAX_HEAD:
        line = raw[start:end]
        if start > 0:
            if line != b"\r\n" and HEADER_LINE.fullmatch(line) is None:
                raise malformed(line, is_header=True)
        else:
            match = REQUEST_LINE.fullmatch(line)
            if match is None and line != HTTP_2_PREFACE:
                raise malformed(line, is_header=False)
            if match is None or match[4] != b"1":
                raise HttpError(505, "only HTTP/1.1 and HTTP/1.0 are supported; use HTTP/1.1")
        start = end
    if len(raw) >= MAX_HEAD:
        status, part = (431, "request's headers") if start else (414, "request line")
        raise HttpError(status, f"the {part} must be shorter than {MAX_HEAD} bytes")
    return start


def malformed(line: bytes, *, is_header: bool) -> ApiError:
    """Return the error for a line of a head."""
    problem = (
        "malformed header: each must be one line 'Name: value' ended by CR LF, and the last must "
        "be followed by an empty line"
        if is_header
        else "malformed request line: it must be a method in upper case, a path and the version, "
        "ended by CR LF, such as 'GET /v1/contacts HTTP/1.1\\r\\n'"
    )
    return InvalidRequest(f"{problem}; got {excerpt(line)}")


def excerpt(data: bytes) -> str:
    """Return the beginning of a client's bytes, for an error message."""
    return repr(data[:60])[1:] + ("…" if len(data) > 60 else "")
