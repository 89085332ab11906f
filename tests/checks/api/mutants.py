"""Mutants of the server: WSGI middleware that changes requests or responses in one way."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPMessage
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

import orjson

from mockserver.checks.api.api_client import ApiClient
from mockserver.checks.api.checks import all_checks
from mockserver.checks.api.http import ApiResponse, HttpClient, parse_base_url
from mockserver.checks.api.results import ApiCheck
from mockserver.checks.api.runner import run


@dataclass
class ServedRequest:
    """A request before the server handles it."""

    environ: dict[str, Any]

    @property
    def method(self) -> str:
        return str(self.environ["REQUEST_METHOD"])

    @property
    def path(self) -> str:
        return str(self.environ["PATH_INFO"]).removeprefix("/v1")

    @property
    def is_list(self) -> bool:
        return self.method == "GET" and self.path.count("/") == 1

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.environ.get("QUERY_STRING", "")))

    @query.setter
    def query(self, query: dict[str, str]) -> None:
        self.environ["QUERY_STRING"] = urlencode(query)

    def force_error(self, status: int) -> None:
        """Have the server respond with this error, without handling the request."""
        self.environ["HTTP_PREFER"] = f"code={status}"


@dataclass
class ServedResponse:
    """A response before the client sees it. ``json`` replaces ``data`` if it is changed."""

    status: int
    headers: dict[str, str]
    data: bytes
    json: Any = None

    def __post_init__(self) -> None:
        self.json = orjson.loads(self.data) if self.data else None

    def objects(self) -> list[dict[str, Any]]:
        """Return the objects of a page, or the single object."""
        if not isinstance(self.json, dict) or self.status >= 400:
            return []
        return self.json["data"] if "has_more" in self.json else [self.json]


class Middleware:
    """WSGI middleware with hooks before and after each request; it records the requests."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.requests: list[tuple[str, str]] = []

    def before(self, request: ServedRequest) -> None:
        """Change a request."""

    def after(self, request: ServedRequest, response: ServedResponse) -> None:
        """Change a response."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = ServedRequest(environ)
        self.requests.append((request.method, request.path))
        self.before(request)
        response = call_wsgi(self.app, environ)
        original = orjson.dumps(response.json)
        self.after(request, response)
        if orjson.dumps(response.json) != original:
            response.data = orjson.dumps(response.json)
        if response.status != 204 or response.data:
            response.headers["Content-Length"] = str(len(response.data))
        start_response(f"{response.status} Mutant", list(response.headers.items()))
        return [response.data]


def call_wsgi(app: Any, environ: dict[str, Any]) -> ServedResponse:
    """Call a WSGI application."""
    started: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        started.update(status=int(status[:3]), headers=dict(headers))

    body = app(environ, start_response)
    try:
        return ServedResponse(data=b"".join(body), **started)
    finally:
        if hasattr(body, "close"):
            body.close()


class InProcessClient(HttpClient):
    """Sends the requests of a check to a WSGI application, without a socket."""

    def __init__(self, app: Any) -> None:
        url = parse_base_url("http://127.0.0.1/v1")
        super().__init__(url, "t", timeout=60, wait=lambda seconds: None)
        self._app = app

    def exchange(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> ApiResponse:
        target, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(f"/v1{target}"),
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_LENGTH": str(len(content or b"")),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(content or b""),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        response = call_wsgi(self._app, environ)
        message = HTTPMessage()
        for name, value in response.headers.items():
            message[name] = value
        # As on a socket, the body of a 204 is not read.
        data = b"" if response.status == 204 else response.data
        return ApiResponse(response.status, message, data)


def run_in_process(app: Any, checks: Iterable[ApiCheck] | None = None) -> ApiClient:
    """Run checks, by default all, against a WSGI application; do not delete what they created."""
    api = ApiClient(InProcessClient(app))
    run(api, all_checks() if checks is None else checks)
    return api


ChangeRequest = Callable[[ServedRequest], None]
ChangeResponse = Callable[[ServedRequest, ServedResponse], None]


@dataclass(frozen=True)
class Mutation:
    """One difference, and a word that each result with drift must contain."""

    word: str
    after: ChangeResponse | None = None
    before: ChangeRequest | None = None

    def apply(self, app: Any) -> Middleware:
        """Return the application with this difference."""
        return Mutant(app, self)


class Mutant(Middleware):
    """An application that differs by one mutation."""

    def __init__(self, app: Any, mutation: Mutation) -> None:
        super().__init__(app)
        self.mutation = mutation

    def before(self, request: ServedRequest) -> None:
        if self.mutation.before:
            self.mutation.before(request)

    def after(self, request: ServedRequest, response: ServedResponse) -> None:
        if self.mutation.after:
            self.mutation.after(request, response)


def each_object(path: str, change: Callable[[dict[str, Any]], object]) -> ChangeResponse:
    """Change every object of a collection."""

    def after(request: ServedRequest, response: ServedResponse) -> None:
        if request.path.split("/")[1] == path:
            for item in response.objects():
                change(item)

    return after


def each_response(
    method: str, status: int, change: Callable[[ServedResponse], object]
) -> ChangeResponse:
    """Change the responses with a status to requests with a method."""

    def after(request: ServedRequest, response: ServedResponse) -> None:
        if (request.method, response.status) == (method, status):
            change(response)

    return after


def ignore_parameter(path: str, ignored: str) -> ChangeRequest:
    """Remove a parameter from the requests for a list."""

    def before(request: ServedRequest) -> None:
        if request.is_list and request.path == f"/{path}":
            request.query = {
                name: value for name, value in request.query.items() if name != ignored
            }

    return before


def set_status(status: int) -> Callable[[ServedResponse], None]:
    def change(response: ServedResponse) -> None:
        response.status = status

    return change


def reverse_groups(request: ServedRequest, response: ServedResponse) -> None:
    if request.is_list and request.path == "/groups" and response.status == 200:
        response.json["data"].reverse()


def add_body(response: ServedResponse) -> None:
    response.data = b'{"deleted": true}'


def longer_url(item: dict[str, Any]) -> None:
    item["file_url"] += "?download=true"


def reactions_as_one_object(item: dict[str, Any]) -> None:
    item["reactions"] = {
        name: usernames for entry in item["reactions"] for name, usernames in entry.items()
    }


MUTATIONS = {
    "reactions as one object": Mutation(
        "an array of objects", each_object("messages", reactions_as_one_object)
    ),
    "a 204 with a body": Mutation("DELETE", each_response("DELETE", 204, add_body)),
    "updated_at always null": Mutation(
        "updated_at", each_object("messages", lambda item: item.update(updated_at=None))
    ),
    "a longer URL": Mutation("?download=true'", each_object("attachments", longer_url)),
    "a missing attribute": Mutation(
        "contact", each_object("contacts", lambda item: item.pop("avatar_url"))
    ),
    "an unknown attribute": Mutation(
        "group", each_object("groups", lambda item: item.update(colour="red"))
    ),
    "a wrong type": Mutation(
        "attachment",
        each_object("attachments", lambda item: item.update(file_size=str(item["file_size"]))),
    ),
    "null for a boolean": Mutation(
        "conversation", each_object("conversations", lambda item: item.update(is_muted=None))
    ),
    "200 for 201": Mutation("POST", each_response("POST", 201, set_status(200))),
    "no Location": Mutation(
        "POST", each_response("POST", 201, lambda response: response.headers.pop("Location"))
    ),
    "400 for 404": Mutation("", each_response("GET", 404, set_status(400))),
    "an error with a code": Mutation(
        "", each_response("GET", 404, lambda response: response.json.update(code=7))
    ),
    "groups in reverse order": Mutation("groups", reverse_groups),
    "an ignored filter": Mutation("muted", before=ignore_parameter("conversations", "muted")),
    "an ignored limit": Mutation("messages", before=ignore_parameter("messages", "limit")),
    "an ignored cursor": Mutation("groups", before=ignore_parameter("groups", "starting_after")),
}
