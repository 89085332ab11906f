"""Copies of the server with one planted difference each: between it and the wire."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson


@dataclass
class Asked:
    """A request, before the server sees it."""

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

    def ask(self, query: dict[str, str]) -> None:
        self.environ["QUERY_STRING"] = urlencode(query)

    @property
    def body(self) -> bytes:
        read: bytes = self.environ["wsgi.input"].getvalue()
        return read

    def send(self, body: bytes) -> None:
        self.environ["wsgi.input"] = io.BytesIO(body)
        self.environ["CONTENT_LENGTH"] = str(len(body))


@dataclass
class Told:
    """An answer, before the client sees it."""

    status: int
    headers: dict[str, str]
    data: bytes
    json: Any = None

    def __post_init__(self) -> None:
        self.json = orjson.loads(self.data) if self.data else None

    def objects(self) -> list[dict[str, Any]]:
        """The objects of a page, or the only one."""
        if not isinstance(self.json, dict) or self.status >= 400:
            return []
        return self.json["data"] if "has_more" in self.json else [self.json]


class Plant:
    """A WSGI application that differs from ``app`` as ``before`` and ``after`` say."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.asked: list[tuple[str, str]] = []
        self.memory: dict[str, Any] = {}

    def before(self, asked: Asked) -> None: ...

    def after(self, asked: Asked, told: Told) -> None: ...

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(length) if length else b"")
        asked = Asked(environ)
        self.asked.append((asked.method, asked.path))
        self.before(asked)
        kept: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            kept.update(status=int(status[:3]), headers=dict(headers))

        told = Told(data=b"".join(self.app(environ, start)), **kept)
        shape = orjson.dumps(told.json)
        self.after(asked, told)
        if orjson.dumps(told.json) != shape:
            told.data = orjson.dumps(told.json)
        if told.status != 204 or told.data:
            told.headers["Content-Length"] = str(len(told.data))
        start_response(f"{told.status} Planted", list(told.headers.items()))
        return [told.data]


Bend = Callable[[Asked, Told], None]
Ask = Callable[[Asked], None]


@dataclass(frozen=True)
class Difference:
    """What differs, and a word that each row has which tells it."""

    word: str
    bend: Bend = field(default=lambda asked, told: None)
    ask: Ask = field(default=lambda asked: None)

    def planted(self, app: Any) -> Plant:
        return Planted(app, self)


class Planted(Plant):
    """A copy that differs in one thing."""

    def __init__(self, app: Any, difference: Difference) -> None:
        super().__init__(app)
        self.difference = difference

    def before(self, asked: Asked) -> None:
        self.difference.ask(asked)

    def after(self, asked: Asked, told: Told) -> None:
        self.difference.bend(asked, told)


def of(path: str, change: Callable[[dict[str, Any]], object]) -> Bend:
    """Change every object of a collection."""

    def bend(asked: Asked, told: Told) -> None:
        if asked.path.split("/")[1] == path:
            for one in told.objects():
                change(one)

    return bend


def where(method: str, status: int, change: Callable[[Told], object]) -> Bend:
    """Change the answers of a status to requests of a method."""

    def bend(asked: Asked, told: Told) -> None:
        if (asked.method, told.status) == (method, status):
            change(told)

    return bend


def without(path: str, *names: str) -> Ask:
    """Lists of ``path`` that do not know some parameters."""

    def ask(asked: Asked) -> None:
        if asked.is_list and asked.path == f"/{path}":
            asked.ask({name: value for name, value in asked.query.items() if name not in names})

    return ask


def ok(told: Told) -> None:
    told.status = 200


def bad(told: Told) -> None:
    told.status = 400


def code(told: Told) -> None:
    told.json["code"] = 7


def reverse(asked: Asked, told: Told) -> None:
    if asked.is_list and asked.path == "/groups" and told.status == 200:
        told.json["data"].reverse()


def with_a_body(told: Told) -> None:
    told.data = b'{"deleted": true}'


def never_updated(it: dict[str, Any]) -> None:
    it["updated_at"] = None


def longer_url(it: dict[str, Any]) -> None:
    it["file_url"] += "?download=true"


def unfolded(it: dict[str, Any]) -> None:
    it["reactions"] = {name: users for one in it["reactions"] for name, users in one.items()}


DIFFERENCES = {
    "reactions as they are sent": Difference("an array of objects", of("messages", unfolded)),
    "a 204 with a body": Difference("DELETE", where("DELETE", 204, with_a_body)),
    "never updated": Difference("updated_at", of("messages", never_updated)),
    "a longer URL": Difference("?download=true'", of("attachments", longer_url)),
    "an attribute is missing": Difference(
        "contact", of("contacts", lambda it: it.pop("avatar_url"))
    ),
    "an attribute more": Difference("group", of("groups", lambda it: it.update(colour="red"))),
    "a wrong type": Difference(
        "attachment", of("attachments", lambda it: it.update(file_size=str(it["file_size"])))
    ),
    "null where none may be": Difference(
        "conversation", of("conversations", lambda it: it.update(is_muted=None))
    ),
    "200 for 201": Difference("POST", where("POST", 201, ok)),
    "no Location": Difference("POST", where("POST", 201, lambda it: it.headers.pop("Location"))),
    "400 for 404": Difference("", where("GET", 404, bad)),
    "an error with a code": Difference("", where("GET", 404, code)),
    "a list the other way round": Difference("groups", reverse),
    "a filter that filters nothing": Difference("muted", ask=without("conversations", "muted")),
    "a limit without effect": Difference("messages", ask=without("messages", "limit")),
    "a cursor without effect": Difference("groups", ask=without("groups", "starting_after")),
}
