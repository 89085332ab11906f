"""A test client that checks every response against the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import urllib3

from mockserver.resources.registry import ResourceRegistry
from mockserver.server import Server
from mockserver.settings import Settings
from tests.conftest import Client, HttpResponse

Pairs = list[tuple[str, str]]
Send = Callable[[str, str, Pairs], HttpResponse]

#: The keys of each object, in the documented order.
KEYS = {
    "contacts": (
        "id username phone_number avatar_url display_name conversation_id last_active_at created_at"
    ),
    "conversations": (
        "id contact_id group_id pinned_message_id is_pinned is_muted last_active_at "
        "last_opened_at created_at archived_at"
    ),
    "groups": "id name description avatar_url conversation_id contacts created_at archived_at",
    "messages": (
        "id conversation_id contact message reactions attachments read_at created_at updated_at"
    ),
    "attachments": "id message_id filename file_url file_type file_size created_at",
    "embedded": "id username phone_number avatar_url last_active_at created_at",
}
SHAPES = {resource.path: resource.schema for resource in ResourceRegistry()}
SUCCESS = {"GET": 200, "HEAD": 200, "OPTIONS": 204, "POST": 201, "PUT": 200, "DELETE": 204}


def check(method: str, path: str, response: HttpResponse) -> None:
    """Check what applies to every response under ``/v1``."""
    if response.status >= 400:
        if method != "HEAD":
            response.refused(response.status)
    else:
        assert response.status == SUCCESS[method]
    if response.status == 204:
        assert response.data == b""
        assert "Content-Length" not in response.headers  # RFC 9110, section 8.6
        return
    assert response.headers["Content-Type"] == "application/json"
    assert "Transfer-Encoding" not in response.headers
    if method == "HEAD":
        assert response.data == b""
        return
    assert response.headers["Content-Length"] == str(len(response.data))
    if response.status < 300:
        _, _, kind, *rest = path.partition("?")[0].split("/")
        if method == "GET" and not rest:
            assert list(response.json) == ["has_more", "data"]
            assert type(response.json["has_more"]) is bool
            for record in response.json["data"]:
                check_object(kind, record)
        else:
            check_object(kind, response.json)
    if response.status == 201:
        assert response.headers["Location"] == f"/v1/{kind}/{response.json['id']}"


def check_object(kind: str, record: Any) -> None:
    """Check the keys of an object, their order, and the type of each value."""
    assert list(record) == KEYS[kind].split()
    assert SHAPES[kind].validated(record).problems == []
    if kind == "groups":
        assert all(list(member) == KEYS["embedded"].split() for member in record["contacts"])
    if kind == "messages":
        assert list(record["contact"]) == KEYS["embedded"].split()
        for attachment in record["attachments"]:
            check_object("attachments", attachment)


@dataclass
class Api(Client):
    """A client that checks every response, with shortcuts for calls that must succeed."""

    def __call__(self, method: str, path: str, **options: Any) -> HttpResponse:
        response = super().__call__(method, path, **options)
        if path.startswith("/v1"):
            check(method, path, response)
        return response

    def create(self, kind: str, **values: Any) -> Any:
        response = self.post(f"/v1/{kind}", json=values)
        assert response.status == 201, response.data
        return response.json

    def retrieve(self, kind: str, record_id: str) -> Any:
        response = self.get(f"/v1/{kind}/{record_id}")
        assert response.status == 200, response.data
        return response.json

    def change(self, kind: str, record_id: str, **values: Any) -> Any:
        response = self.put(f"/v1/{kind}/{record_id}", json=values)
        assert response.status == 200, response.data
        return response.json

    def remove(self, kind: str, record_id: str) -> None:
        response = self.delete(f"/v1/{kind}/{record_id}")
        assert response.status == 204, response.data

    def exists(self, kind: str, record_id: str) -> bool:
        """Return whether the object exists, in both list and retrieve."""
        status = self.get(f"/v1/{kind}/{record_id}").status
        assert status in (200, 404)
        assert (record_id in self.ids(f"/v1/{kind}")) == (status == 200)
        return status == 200

    def ids(self, path: str) -> list[str]:
        return [record["id"] for record in self.walk(path)]

    def contact(self, username: str = "Gus", **values: Any) -> Any:
        return self.create("contacts", username=username, phone_number="555-0100", **values)

    def group(self, name: str = "Kenosha Kickers", **values: Any) -> Any:
        return self.create("groups", name=name, **values)

    def send(self, conversation_id: str, message: str = "Hello", **values: Any) -> Any:
        return self.create("messages", conversation_id=conversation_id, message=message, **values)

    def upload(self, filename: str = "note.txt", **values: Any) -> Any:
        return self.create("attachments", file=filename, **values)


@pytest.fixture(scope="session")
def server(serve: Callable[..., Server]) -> Server:
    """A server with default settings and room for one sandbox per test."""
    return serve(Settings(max_sandboxes=100_000))


@pytest.fixture
def client(client: Client) -> Api:
    """A client of a new sandbox with the default fixtures."""
    return Api(client.url, client.token, client.pool)


@pytest.fixture(params=["form", "multipart"])
def send(client: Api, request: pytest.FixtureRequest) -> Send:
    """A sender of forms, URL-encoded or multipart: ``send(method, path, pairs)``."""
    return lambda method, path, pairs: client(method, path, **{request.param: pairs})


@pytest.fixture
def client_of(pool: urllib3.PoolManager) -> Callable[..., Api]:
    """A factory of clients of a second server: ``client_of(server, token)``."""

    def make(server: Server, token: str = "sandbox_test") -> Api:
        return Api(server.url, token, pool)

    return make


@pytest.fixture
def neighbour(client: Api, numbers: Iterator[int]) -> Api:
    """A second client of the same server, with another sandbox."""
    return Api(client.url, f"sandbox_neighbour_{next(numbers)}", client.pool)


@pytest.fixture(scope="session")
def empty_server(serve: Callable[..., Server]) -> Server:
    return serve(fixtures="empty")


@pytest.fixture
def empty(empty_server: Server, pool: urllib3.PoolManager, numbers: Iterator[int]) -> Api:
    """A client of a sandbox that contains only the authenticated user."""
    return Api(empty_server.url, f"sandbox_empty_{next(numbers)}", pool)
