"""An exchange: one request, its response, and the changes and events it caused."""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

import orjson

from mockserver.errors import REDACTED, SECRET_NAME, hide_query
from mockserver.journal import diff
from mockserver.journal.memory import change_size, headers_size, memory_size
from mockserver.schema.strict_json import DECODER
from mockserver.storage.world import ChangeSet

ENTRY_OVERHEAD = 1000  # estimated bytes of an exchange, a change or an event, without bodies
MAX_EXPANSION = 32  # bytes in memory for each byte of a parsed body: "[]," is an empty list


@dataclass(slots=True)
class Exchange:
    """A request and its response.

    ``at`` is Unix time on the sandbox's clock, ``ms`` the duration in milliseconds of real time.
    ``payload`` is the request's body in JSON types, whichever media type it had. A ``status`` of 0
    means that no response was sent.

    Every request creates an exchange and few are read, so values are stored as received and
    converted when read. ``cgi_headers`` are named as in CGI (RFC 3875, section 4.1), including
    ``CONTENT_TYPE``.
    """

    id: str
    at: int
    operation: str
    method: str
    path: str
    query_string: str
    cgi_headers: Mapping[str, str]
    body: bytes
    payload: Mapping[str, Any]
    status: int
    response_headers: Iterable[tuple[str, str]]
    response_body: bytes
    ms: float
    change_set: ChangeSet
    faults: Sequence[dict[str, Any]] = ()
    #: The size and digest of a body that was dropped to save memory.
    dropped_body: dict[str, Any] | None = None
    dropped_response_body: dict[str, Any] | None = None
    #: The memory use in bytes, of the bodies and the payload, and of everything; see ``measure``.
    body_size: int = 0
    size: int = 0

    def estimate(self) -> None:
        """Set ``size`` to an upper bound, in less time than ``measure`` takes."""
        changes, events = self.change_set
        for change in changes:
            if change.after is None:  # a removed object may have long texts
                self.measure()
                return
        entries = 1 + len(changes) + len(events)
        head = len(self.path) + len(self.query_string) + headers_size(self.cgi_headers)
        bodies = len(self.body) * MAX_EXPANSION + len(self.response_body)
        self.size = entries * ENTRY_OVERHEAD + head + bodies

    def measure(self) -> None:
        """Set ``body_size`` and ``size``."""
        payload_size = memory_size(self.payload) if self.payload else 0
        changes, events = self.change_set
        # The overhead includes the short texts of a created or updated object.
        is_large = payload_size > ENTRY_OVERHEAD
        changed = sum(change_size(change) for change in changes if is_large or change.after is None)
        # A changed object shares the texts of the payload.
        self.body_size = len(self.body) + len(self.response_body) + max(payload_size - changed, 0)
        target = len(self.path) + len(self.query_string) + headers_size(self.cgi_headers)
        entries = 1 + len(changes) + len(events)
        self.size = entries * ENTRY_OVERHEAD + self.body_size + changed + target
        if self.faults:
            self.size += memory_size([*self.faults])

    def drop_bodies(self) -> int:
        """Keep only the size and the digest of each body; return the number of freed bytes."""
        freed, self.body_size = self.body_size, 0
        # First the digests: another thread may read the exchange meanwhile.
        self.dropped_body = _digest(self.body)
        self.dropped_response_body = _digest(self.response_body)
        self.body = self.response_body = b""
        self.payload = {}
        self.size -= freed
        return freed

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The request's headers, in the order received."""
        return [
            (name.removeprefix("HTTP_").replace("_", "-").title(), value)
            for name, value in self.cgi_headers.items()
            if value or name.startswith("HTTP_")  # CONTENT_* are set even if no header was sent
        ]

    @property
    def query(self) -> dict[str, str | list[str]]:
        """The decoded query parameters; the value of a repeated parameter is a list."""
        # WSGI passes bytes as Latin-1 (PEP 3333). Bytes that a client did not escape are UTF-8.
        text = self.query_string.encode("latin-1", "replace").decode(errors="replace")
        parameters: dict[str, list[str]] = {}
        for name, value in parse_qsl(text, keep_blank_values=True):
            parameters.setdefault(name, []).append(value)
        return {
            name: values if len(values) > 1 else values[0] for name, values in parameters.items()
        }

    def to_summary(self) -> dict[str, Any]:
        """Return the entry for a list of requests."""
        return {
            "id": self.id,
            "at": self.at,
            "method": self.method,
            "path": self.path,
            "query": redact(self.query.items()),
            "operation": self.operation,
            "status": self.status,
            "ms": round(self.ms, 3),
            "changes": [diff.to_line(change) for change in self.change_set.changes],
            "events": [event.type for event in self.change_set.events],
            "faults": [*self.faults],
        }

    def to_detail(self) -> dict[str, Any]:
        """Return the summary with headers, bodies, changes and events, without credentials."""
        # First the bodies: another thread may drop them meanwhile.
        body, response_body = self.body, self.response_body
        return {
            **self.to_summary(),
            "request": {
                "headers": redact(self.headers),
                "body": self.dropped_body or _body_to_json(body),
            },
            "response": {
                "headers": redact(self.response_headers),
                "body": self.dropped_response_body or _body_to_json(response_body),
            },
            "changes": [diff.to_detail(change) for change in self.change_set.changes],
            "events": [event._asdict() for event in self.change_set.events],
        }


def redact(values: Iterable[tuple[str, str | list[str]]]) -> dict[str, str | list[str]]:
    """Return headers or query parameters with ``REDACTED`` in place of credentials."""

    def redacted(name: str, value: str | list[str]) -> str | list[str]:
        if SECRET_NAME.search(name):
            return REDACTED
        return hide_query(value) if isinstance(value, str) else [*map(hide_query, value)]

    return {name: redacted(name, value) for name, value in values}


def text_or_base64(body: bytes) -> str | dict[str, str]:
    """Return the body as text, or as base64 if it is not valid UTF-8."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return {"base64": b64encode(body).decode()}


def _digest(body: bytes) -> dict[str, Any] | None:
    return {"size": len(body), "sha256": sha256(body).hexdigest()} if body else None


def _body_to_json(body: bytes) -> Any:
    """Return parsed JSON if a response can carry it, else the body as text or base64."""
    text = text_or_base64(body)
    if isinstance(text, dict):
        return text
    try:
        value = DECODER.decode(text) if text else None
        # Encode it as in a response, which fails for lone surrogates, integers over 64 bits and
        # deep nesting.
        orjson.dumps({"request": {"body": value}})
    except (ValueError, TypeError, RecursionError):
        return text
    return value
