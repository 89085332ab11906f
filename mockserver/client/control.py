"""Calls to the control API (``/_sandbox``) of a server, and of one sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from mockserver.client.transport import HttpResponse, RemoteServer
from mockserver.errors import ApiError

if TYPE_CHECKING:
    from mockserver.client.in_process import InProcessServer

Document = Mapping[str, Any] | str | PathLike[str]

ROOT = "/_sandbox"
PAGE_SIZE = 1000


class StreamEvent(NamedTuple):
    """An event of a sandbox's stream.

    ``kind`` is request, event, delivery or missing. ``id`` is the position to continue from; None
    if the next event belongs to the same request.
    """

    kind: str
    id: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True)
class ControlApi:
    """The control API of a server.

    ``token`` is sent with each request, unless it is None. ``api_token`` is the token that /v1
    requires, or None if it accepts any token.
    """

    server: InProcessServer | RemoteServer
    token: str | None = None
    api_token: str | None = None

    def request(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, /, **query: Any
    ) -> Any:
        """Send a request; return the JSON or text of its response, or raise ``ApiError``."""
        response = self.send(method, path, body, **query)
        if response.status >= 400:
            raise error_of(response)
        is_text = response.headers.get("Content-Type", "").startswith("text/plain")
        return response.data.decode() if is_text else response.json

    def send(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, /, **query: Any
    ) -> HttpResponse:
        """Send a request; return its response, whatever the status.

        Query parameters that are None are omitted.
        """
        headers, data = self._headers(), b""
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        return self.server.send(method, _target(path, query), headers, data)

    def follow(self, last_id: str | None, **query: Any) -> Iterator[StreamEvent]:
        """Yield the events of a stream that follow the one with the id ``last_id``."""
        headers = self._headers() | without_none(**{"Last-Event-ID": last_id})
        with RemoteServer(self.server.url).open(_target("/stream", query), headers) as response:
            if response.status >= 400:
                raise error_of(HttpResponse(response.status, response.headers, response.read()))
            fields: dict[str, str] = {}
            for line in response:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    fields[name] = value
                elif "data" in fields:
                    yield StreamEvent(fields["event"], fields.get("id"), json.loads(fields["data"]))
                    fields = {}

    def _headers(self) -> dict[str, str]:
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}


class SandboxClient:
    """Base class of the clients for the parts of a sandbox.

    Requests select the sandbox by name, not by token: a deleted sandbox is not created again.
    """

    def __init__(self, control: ControlApi, name: str) -> None:
        self._control = control
        self.name = name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"

    def _request(self, method: str, /, *path: str, **values: Any) -> Any:
        """Send a request; ``values`` that are not None are the query of a GET, or else the body."""
        target = "".join(f"/{quote(segment, safe='')}" for segment in path)
        if method == "GET":
            return self._control.request(method, target, **values, sandbox=self.name)
        return self._control.request(method, target, without_none(**values), sandbox=self.name)

    def _pages(self, *path: str, since: str | None, **filters: Any) -> Any:
        """Return the entries of a log after the entry ``since``: ``limit`` of them, or all."""
        entries: list[Any] = []
        while True:
            page = self._request("GET", *path, since=since, **{"limit": PAGE_SIZE, **filters})
            entries += page["data"]
            if not page["has_more"] or "limit" in filters:
                return entries
            since = entries[-1]["id"]


def _target(path: str, query: Mapping[str, Any]) -> str:
    encoded = urlencode(without_none(**query))
    return f"{ROOT}{path}?{encoded}" if encoded else ROOT + path


def error_of(response: HttpResponse) -> ApiError:
    """Return the ``ApiError`` that an error response describes."""
    try:
        message = str(response.json["message"])
    except (ValueError, TypeError, KeyError):  # not from a mockserver: a proxy's page, for example
        message = f"status {response.status}, without a message"
    error = ApiError(message, dict(response.headers.items()))
    error.status = response.status
    return error


def without_none(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def read_document(source: Document, noun: str) -> Mapping[str, Any]:
    """Return ``source``, or the document in the JSON file at this path.

    Raises ``OSError`` if the file cannot be read, and ``ValueError``, which begins with ``noun``,
    if it does not contain a JSON object.
    """
    if isinstance(source, Mapping):
        return source
    from mockserver.schema.strict_json import parse_json

    try:
        document = parse_json(Path(source).read_bytes())
    except ValueError as error:
        raise ValueError(f"{noun}: {source} {error}") from None
    if not isinstance(document, dict):
        value = json.dumps(document)[:40]
        raise ValueError(f"{noun}: {source} must hold a JSON object, not {value}")
    return document
