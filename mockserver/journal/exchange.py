"""One request and its answer, with what it caused: what the journal keeps."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson

from mockserver.journal.diff import describe, detail
from mockserver.storage.world import ChangeSet

if TYPE_CHECKING:
    from mockserver.faults.applied import AppliedFault

SECRET = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
REDACTED = "(redacted)"
OVERHEAD = 1000


@dataclass(slots=True)
class Exchange:
    """What came, what it did, and what was answered.

    A ``status`` of 0 means that nothing was answered; ``hits`` are the faults that it met.
    ``given`` is the body as it was understood, in JSON's types, whatever it came as; ``at`` is
    Unix time on the sandbox's clock, ``ms`` real time in milliseconds. One is made at each request
    and read at few, so what came is kept as it is and told when asked: ``variables`` are the
    headers as CGI names them (RFC 3875, section 4.1), its ``CONTENT_TYPE`` among them.
    """

    id: str
    at: int
    operation: str
    method: str
    path: str
    query_string: str
    variables: Sequence[tuple[str, str]]
    body: bytes
    given: Mapping[str, Any]
    status: int
    response_headers: Iterable[tuple[str, str]]
    response_body: bytes
    ms: float
    happened: ChangeSet
    hits: Sequence[AppliedFault] = ()

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The request's headers, in the order in which they came."""
        return [
            (name.removeprefix("HTTP_").replace("_", "-").title(), value)
            for name, value in self.variables
            if value or name.startswith("HTTP_")  # CGI's two are there also where nothing came
        ]

    @property
    def query(self) -> dict[str, str]:
        """The parameters, decoded."""
        # PEP 3333 tells bytes as Latin-1; those that a client has not escaped are UTF-8.
        text = self.query_string.encode("latin-1", "replace").decode(errors="replace")
        return dict(parse_qsl(text, keep_blank_values=True))

    @property
    def size(self) -> int:
        """What it takes of the journal's room, in bytes: the bodies, and a guess for the rest."""
        told = len(self.happened.changes) + len(self.happened.events)
        return len(self.body) + len(self.response_body) + (1 + told) * OVERHEAD

    def summary(self) -> dict[str, Any]:
        """Its line in a list."""
        return {
            "id": self.id,
            "at": self.at,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "operation": self.operation,
            "status": self.status,
            "ms": round(self.ms, 3),
            "changes": [describe(change) for change in self.happened.changes],
            "events": [event.type for event in self.happened.events],
            "faults": [hit.shown() for hit in self.hits],
        }

    def whole(self) -> dict[str, Any]:
        """Everything, but for what opens doors."""
        return {
            **self.summary(),
            "request": {"headers": redacted(self.headers), "body": _body(self.body)},
            "response": {
                "headers": redacted(self.response_headers),
                "body": _body(self.response_body),
            },
            "changes": [detail(change) for change in self.happened.changes],
            "events": [event._asdict() for event in self.happened.events],
        }


def redacted(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers, but for what opens doors."""
    return {name: REDACTED if name.lower() in SECRET else value for name, value in headers}


def _body(body: bytes) -> Any:
    """A body as JSON where it is such that an answer can hold it, else as text, else as base64."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"base64": b64encode(body).decode()}
    try:
        found = _decoder.decode(text) if text else None
        # No lone surrogate, no endless integer, and not nested too deeply, where it is shown.
        orjson.dumps({"request": {"body": found}})
    except (ValueError, TypeError, RecursionError):
        return text
    return found


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is given twice, and only one of them could be shown")
    return found


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
