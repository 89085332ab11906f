"""A strict parser of the requests on a connection (RFC 9112).

It does no I/O, so it can be fed byte by byte.
"""

import re
from collections.abc import Callable, Generator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from mockserver.errors import ApiError, InvalidRequest, TooLarge

MAX_HEAD = 64 * 1024  # bytes of a request line and the header lines together
MAX_LINE = 4096  # bytes of a line between chunks: a size with its extensions, or a trailer
MAX_TRAILERS = 100
MAX_NAMES = 512  # header names whose keys are remembered
CONTENT_KEYS = ("CONTENT_TYPE", "CONTENT_LENGTH")  # the only ones without the prefix HTTP_

# RFC 9112, sections 3 and 5, with CR LF only, upper case methods and no folded lines. An absolute
# URL, as sent to a proxy, must be accepted too (section 3.2.2); its host replaces the Host header.
LINE = (
    rb"([!#$%&'*+.^_`|~0-9A-Z-]+) (?:http://([^\x00-\x20/?#@\x7f]+)(?=/))?"
    rb"(/[!\"$-~\x80-\xff]*|(?<=OPTIONS )\*) HTTP/([0-9])\.([0-9])\r\n"
)
HEADER = rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)\r\n"
REQUEST_LINE, HEADER_LINE = re.compile(LINE), re.compile(HEADER)
HEAD = re.compile(rb"%b(?:%b)*\r\n" % (LINE, HEADER))
HTTP_2_PREFACE = b"PRI * HTTP/2.0\r\n"
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r\n")
EMPTY_LINES = re.compile(rb"(?:\r\n)+")
TLS_HANDSHAKE = b"\x16"


class HttpError(ApiError):
    """An error of HTTP itself, with a status that the API's own errors do not have."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Head:
    """The head of one request. It refers to no connection, so that it can be reused.

    ``environ`` is the part of the WSGI environ that the head determines (PEP 3333). ``length`` is
    the length of the body in bytes, or None if the body is chunked. ``max_body`` is the limit that
    ``max_body_of`` returns for the path.
    """

    def __init__(self, raw: bytes, max_body_of: Callable[[str], int]) -> None:
        """Parse a whole head; raises `ApiError` if it is malformed or its body too large."""
        match = HEAD.fullmatch(raw)
        if match is None or match[4] != b"1":
            check_lines(raw)
        assert match is not None, "check_lines raises if a line is malformed"
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
        # The lines are well-formed, so they can be split without a pattern.
        headers = raw[match.end(5) + 2 : -4].decode("latin-1")
        for line in headers.split("\r\n") if headers else ():
            name, _, content = line.partition(":")
            if key := environ_key(name):
                value = content.strip(" \t")
                if key in environ:  # RFC 9110, section 5.3
                    if key == "HTTP_HOST":  # RFC 9112, section 3.2
                        raise InvalidRequest("send one Host header, not several")
                    value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ', '}{value}"
                environ[key] = value
        if authority:
            environ["HTTP_HOST"] = authority.decode("latin-1")
        connection = environ.get("HTTP_CONNECTION", "").lower()
        options = [option.strip(" \t") for option in connection.split(",")]
        self.closes = "close" in options or (self.is_http_1_0 and "keep-alive" not in options)
        expectation = environ.get("HTTP_EXPECT", "").lower()
        self.expects_continue = expectation == "100-continue" and not self.is_http_1_0
        self.length = self._body_length()
        self.max_body = max_body_of(environ["PATH_INFO"])
        if self.length is not None and self.length > self.max_body:
            raise TooLarge(self.max_body)

    def _body_length(self) -> int | None:
        """Return the length of the body (RFC 9112, section 6.3); raises if it is ambiguous."""
        length = self.environ.get("CONTENT_LENGTH")
        coding = self.environ.get("HTTP_TRANSFER_ENCODING")
        if coding is not None:
            if length is not None:
                raise InvalidRequest("send Content-Length or Transfer-Encoding, not both")
            if self.is_http_1_0:
                raise InvalidRequest("Transfer-Encoding needs HTTP/1.1; send Content-Length")
            if coding.lower() != "chunked":
                problem = "the only supported Transfer-Encoding is 'chunked'"
                raise HttpError(501, f"{problem}; got {excerpt(coding.encode('latin-1'))}")
            return None
        if length is None:
            return 0
        if re.fullmatch("[0-9]{1,20}", length) is None:
            problem = "Content-Length must be one number, the bytes of the body, such as 42"
            raise InvalidRequest(f"{problem}; got {excerpt(length.encode('latin-1'))}")
        return int(length)


@lru_cache(MAX_NAMES)
def environ_key(name: str) -> str:
    """Return the key of a header in a WSGI environ (PEP 3333), empty if it has none.

    A name with an underscore has none: Content_Length would be read as Content-Length.
    """
    key = name.upper().replace("-", "_")
    return "" if "_" in name else key if key in CONTENT_KEYS else f"HTTP_{key}"


class Request(NamedTuple):
    """A request that has arrived, or the part of one before ``error``.

    The error is in the head if ``head`` is None, else in the body.
    """

    raw_head: bytes
    head: Head | None
    body: bytes
    error: ApiError | None


class RequestReader:
    """The requests of one connection, in order."""

    def __init__(self, parse_head: Callable[[bytes], Head]) -> None:
        self._parse_head = parse_head
        self.received = bytearray()  # not parsed yet
        self.head: Head | None = None  # of the arriving request, once complete
        self.body = bytearray()  # the received part of its body
        self._raw_head = b""
        self._checked = 0  # bytes of an incomplete head whose lines are well-formed
        self._missing = 0  # bytes of the body, or of its current chunk, that have not arrived
        self._requests = self._parse()

    @property
    def is_idle(self) -> bool:
        """True between two requests: nothing of the next one has arrived."""
        return self.head is None and not self.received

    def next(self) -> Request | None:
        """Return the next request, or None if it has not arrived completely."""
        try:
            return next(self._requests)
        except ApiError as error:
            return self._finish(error)

    def cut(self, error: ApiError | None = None) -> Request | None:
        """Return the unfinished request with an error, or None if none has begun.

        By default, the error is that the client has closed the connection.
        """
        if self.head is None:
            if not self.received.strip(b"\r\n"):
                return None
            line = bytes(self.received[self._checked :])
            error = error or malformed(line, is_header=self._checked > 0)
        elif error is None and self._missing:
            missing = f"{self._missing} bytes are missing"
            error = InvalidRequest(f"the request body ended early: {missing}")
        return self._finish(error or broken_chunks("the last chunk is missing"))

    def _finish(self, error: ApiError | None = None) -> Request:
        raw_head = self._raw_head or bytes(self.received)
        request = Request(raw_head, self.head, bytes(self.body), error)
        self.head, self._raw_head, self._missing, self.body = None, b"", 0, bytearray()
        return request

    # The parser consists of generators, which yield None whenever they need more bytes.

    def _parse(self) -> Generator[Request | None]:
        while True:
            while not self._take_head():
                yield None
            self.head = self._parse_head(self._raw_head)
            if self.head.length is None:
                yield from self._take_chunks(self.head.max_body)
            elif self.head.length:
                yield from self._take(self.head.length)
            yield self._finish()

    def _take_head(self) -> bool:
        """Take a complete head, or return false. Raises ``ApiError`` for a malformed line."""
        received = self.received
        if empty := EMPTY_LINES.match(received):  # sent after the last request (RFC 9112, 2.2)
            if empty.end() > MAX_HEAD:
                raise HttpError(414, f"the request line must be shorter than {MAX_HEAD} bytes")
            if len(received) - empty.end() < 2:  # perhaps the start of another empty line
                return False
            del received[: empty.end()]
        end = received.find(b"\r\n\r\n", max(0, self._checked - 2)) + 4
        if 3 < end <= MAX_HEAD:
            self._raw_head = bytes(received[:end])
            del received[:end]
            self._checked = 0
            return True
        if received.startswith(TLS_HANDSHAKE):  # it need not contain an end of line
            raise InvalidRequest("received a TLS handshake; use http://, not https://")
        self._checked = check_lines(bytes(received), self._checked)
        return False

    def _take_chunks(self, max_body: int) -> Generator[None]:
        while size := chunk_size((yield from self._take_line(MAX_LINE))):
            if len(self.body) + size > max_body:
                raise TooLarge(max_body)
            yield from self._take(size)
            if (yield from self._take_line(2)) != b"\r\n":
                raise broken_chunks("CR LF must follow a chunk's bytes")
        for _ in range(MAX_TRAILERS):
            line = yield from self._take_line(MAX_LINE)
            if line == b"\r\n":
                return
            if not line.endswith(b"\r\n"):
                break
        trailers = f"at most {MAX_TRAILERS} trailer lines and an empty line"
        raise broken_chunks(f"the last chunk must be followed by {trailers}")

    def _take(self, count: int) -> Generator[None]:
        """Move ``count`` bytes to the body as they arrive."""
        self._missing = count
        while True:
            arrived = self.received[: self._missing]
            del self.received[: len(arrived)]
            self.body += arrived
            self._missing -= len(arrived)
            if not self._missing:
                return
            yield

    def _take_line(self, limit: int) -> Generator[None, None, bytes]:
        """Return the next line once it has arrived, cut at ``limit`` bytes."""
        while not (end := self.received.find(b"\n", 0, limit) + 1) and len(self.received) < limit:
            yield
        line = bytes(self.received[: end or limit])
        del self.received[: len(line)]
        return line


def check_lines(raw: bytes, start: int = 0) -> int:
    """Check the complete lines of a head from the offset ``start``, and return their end.

    Raises `ApiError` for the first malformed one.
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


def chunk_size(line: bytes) -> int:
    """Return the size in a chunk's first line; raises `ApiError` if it is malformed."""
    if match := CHUNK_SIZE.fullmatch(line):
        return int(match[1], 16)
    first = "its size in hexadecimal digits and CR LF, such as '1a\\r\\n'"
    raise broken_chunks(f"a chunk must begin with {first}; got {excerpt(line)}")


def broken_chunks(problem: str) -> ApiError:
    """Return the error for a malformed chunked body."""
    return InvalidRequest(f"broken chunked body: {problem}")
