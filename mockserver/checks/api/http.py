"""HTTP for the API check: base URL, request bodies, responses, and a client with time limits."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from ssl import SSLCertVerificationError, SSLError
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

import orjson

from mockserver import __version__
from mockserver.http_client import HTTPException, HTTPMessage, HTTPResponse, IncompleteRead
from mockserver.webhooks.client import BoundedConnection
from mockserver.webhooks.target import DEFAULT_PORTS

EXAMPLE_URL = "such as https://api.protocol.chat/v1"
MAX_RESPONSE = 16 * 1024 * 1024  # bytes of a response
STEPS = 3  # time limit of a whole request, as a multiple of the timeout of one step
MAX_WAITS, MAX_WAIT = 5, 60.0  # number of waits after 429 responses, and seconds of one wait

JSON, FORM, MULTIPART = "JSON", "form", "multipart"
ENCODINGS = (JSON, FORM, MULTIPART)
BOUNDARY = "mockserver-check-2b7e151628aed2a6"

#: A part of a multipart form: a text, or a file's name, content and type.
Part = str | tuple[str, bytes, str]


class InvalidUrl(ValueError):
    """A text that is not a base URL; the message has the reason and a valid example."""


class NoResponse(Exception):
    """The reason why a request got no complete response."""


def parse_base_url(text: str) -> SplitResult:
    """Parse the base URL of an API, which must end in /v1. Raises ``InvalidUrl``."""
    try:
        url = urlsplit(text.rstrip("/"))
        is_valid = url.scheme in DEFAULT_PORTS and url.hostname and url.port != 0
    except ValueError:  # an invalid port or IPv6 address
        is_valid = False
    if not is_valid or not text.isascii() or not text.isprintable() or " " in text:
        raise InvalidUrl(f"{text!r} is not a base URL, {EXAMPLE_URL}")
    if url.username is not None or url.query or url.fragment:
        raise InvalidUrl(
            f"{text!r} has credentials, a query or a fragment; use a plain base URL, {EXAMPLE_URL}"
        )
    if not url.path.endswith("/v1"):
        before, version, _ = f"{url.path}/".partition("/v1/")
        suggestion = f"{url.scheme}://{url.netloc}{before if version else url.path}/v1"
        raise InvalidUrl(f"{text!r} does not end in /v1; did you mean {suggestion!r}?")
    return url


@dataclass(frozen=True)
class Body:
    """The bytes of a request body, their content type, and the values that they encode."""

    content: bytes
    type: str
    values: Mapping[str, Any] = field(default_factory=dict)


def encode(values: Mapping[str, Any], encoding: str = JSON) -> Body:
    """Return a body with JSON-compatible values, in one of ``ENCODINGS``."""
    if encoding == JSON:
        return Body(orjson.dumps(values), "application/json", values)
    fields = [*fields_of(values)]
    return form_body(fields) if encoding == FORM else multipart_body(fields)


def json_body(content: bytes) -> Body:
    """Return a JSON body; ``content`` may be invalid JSON."""
    return Body(content, "application/json")


def form_body(fields: Sequence[tuple[str, str]]) -> Body:
    return Body(urlencode(fields).encode(), "application/x-www-form-urlencoded", dict(fields))


def multipart_body(fields: Sequence[tuple[str, Part]]) -> Body:
    from urllib3.filepost import encode_multipart_formdata

    return Body(*encode_multipart_formdata(fields, BOUNDARY), dict(fields))


def fields_of(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield the form fields for a JSON value (contract/reference.md, "Request bodies")."""
    if isinstance(value, Mapping):
        for key, nested in value.items():
            yield from fields_of(nested, f"{name}[{key}]" if name else key)
    elif isinstance(value, list):
        for entry in value or [""]:
            yield from fields_of(entry, f"{name}[]")
    elif isinstance(value, bool):
        yield name, "true" if value else "false"
    else:
        yield name, "" if value is None else str(value)


@dataclass(frozen=True)
class ApiResponse:
    """A complete response; ``data`` is its body."""

    status: int
    headers: HTTPMessage
    data: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @cached_property
    def json(self) -> Any:
        """The value of the JSON body; None if the body is not JSON."""
        try:
            return orjson.loads(self.data)
        except ValueError:
            return None

    @property
    def media_type(self) -> str:
        """The Content-Type in lower case, without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def error_message(self) -> str:
        """The ``message`` of an error object; empty if it is missing."""
        message = self.json.get("message") if isinstance(self.json, dict) else None
        return message if isinstance(message, str) else ""

    def __str__(self) -> str:
        message = self.error_message
        return f"{self.status} ({one_line(message)})" if message else str(self.status)


def one_line(text: str, length: int = 160) -> str:
    """Return a text of the API as one printable line of at most ``length`` characters."""
    printable = "".join(char if char.isprintable() else " " for char in text[: length + 1])
    return printable if len(printable) <= length else f"{printable[: length - 1]}…"


def to_text(value: Any) -> str:
    """Return a value of the API on one line: a string in quotes, any other value as JSON."""
    text = f"'{value}'" if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return one_line(text)


class HttpClient:
    """A client of one API that keeps its connection open.

    Redirects and proxy settings are ignored. A request is retried only after a 429, when
    ``wait(seconds)`` is called for the time in ``Retry-After``. ``before_request`` is called before
    each request; it may raise an exception to end the run.

    Each step of a request may take ``timeout`` seconds, the whole request ``STEPS`` times as long.
    """

    def __init__(
        self,
        base_url: SplitResult,
        token: str,
        timeout: float,
        wait: Callable[[float], object],
        before_request: Callable[[], object] = lambda: None,
    ) -> None:
        self.url, self.token = base_url.geturl(), token
        #: Method and path, below the base URL, of each request that was sent and got no response.
        self.unanswered: list[tuple[str, str]] = []
        self._timeout, self._wait, self._before_request = timeout, wait, before_request
        port = base_url.port or DEFAULT_PORTS[base_url.scheme]
        host = base_url.hostname or ""
        self._connection = BoundedConnection(base_url.scheme, host, port, timeout)
        self._host, self._path = base_url.netloc, base_url.path

    def __call__(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ApiResponse:
        """Send a request for ``path`` below the base URL. Raises ``NoResponse``.

        ``headers`` override the default ones. A header with an empty value is not sent.
        """
        defaults = {
            "Host": self._host,
            "Authorization": f"Bearer {self.token}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": f"mockserver-check/{__version__}",
        }
        sent = {name: value for name, value in {**defaults, **(headers or {})}.items() if value}
        for _ in range(MAX_WAITS):
            self._before_request()
            response = self.exchange(method, path, content, sent)
            if response.status != 429:
                return response
            self._wait(_retry_after(response))
        raise NoResponse(f"still 429 after {MAX_WAITS} waits")

    def exchange(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> ApiResponse:
        """Send a request once and return the response. Raises ``NoResponse``."""
        connection, is_sent, is_complete = self._connection, False, False
        expired = threading.Event()
        late = f"the response was not complete after {STEPS * self._timeout:g} s"
        try:
            with connection.time_limit(STEPS * self._timeout, expired):
                if not connection.is_reusable:
                    connection.connect()
                is_sent = True
                self.unanswered.append((method, path))
                with suppress(BrokenPipeError):  # a server may respond before it has read the body
                    connection.request(method, f"{self._path}{path}", content, headers)
                response = connection.getresponse()
                data = _read(response)
            is_complete = not expired.is_set()
        except (HTTPException, OSError, ValueError) as error:
            raise NoResponse(late if expired.is_set() else self._reason(error, is_sent)) from None
        finally:
            # A 204 has no body. If the API sends one, it would be read as the next response.
            if not is_complete or response.status == 204 or connection.sock is None:
                connection.disconnect()
        if not is_complete:
            raise NoResponse(late)
        self.unanswered.pop()
        return ApiResponse(response.status, response.headers, data)

    def close(self) -> None:
        self._connection.disconnect()

    def _reason(self, error: Exception, is_sent: bool) -> str:
        match error:
            case TimeoutError():
                return f"no response within {self._timeout:g} s"
            case SSLCertVerificationError():
                return f"no connection: invalid certificate: {error.verify_message}"
            case SSLError():
                return "no connection: the server does not use TLS; use http:// in the URL"
            case OSError() if not is_sent:
                return f"no connection: {error.strerror or error}"
            case ConnectionError() | IncompleteRead():
                return "the connection closed before the end of the response"
        return "a response that is not HTTP"


def _read(response: HTTPResponse) -> bytes:
    data = response.read(MAX_RESPONSE + 1)
    if len(data) > MAX_RESPONSE:
        raise NoResponse(f"the response is larger than {MAX_RESPONSE // 2**20} MB")
    if response.length:
        raise IncompleteRead(data, response.length)
    return data


def _retry_after(response: ApiResponse) -> float:
    """Return the seconds in ``Retry-After``, by default 1. Raises ``NoResponse`` for too many."""
    value = response.headers.get("Retry-After", "1")
    seconds = float(value) if value.isascii() and value.isdecimal() else 1.0
    if seconds > MAX_WAIT:
        raise NoResponse(
            f"429 with Retry-After: {seconds:g}; this check waits at most {MAX_WAIT:g} s"
        )
    return seconds
