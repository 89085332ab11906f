"""A server for the whole session, and a sandbox of its own for each test: the outside."""

from __future__ import annotations

import itertools
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3

from mockserver.server import Server
from mockserver.web.app import create_app
from mockserver.web.hooks import Hooks
from tests.contract.openapi.compliance import Compliance, watched


def pytest_configure(config: pytest.Config) -> None:
    """Compile each module once for all processes of the tests.

    Containers often set PYTHONDONTWRITEBYTECODE. Without bytecode, the workers and about 300 child
    processes compile everything that they import. It is kept in pytest's cache instead, as no file
    is wanted beside the sources.
    """
    if sys.dont_write_bytecode:
        folder = str(config.cache.mkdir("bytecode") if config.cache else tempfile.mkdtemp())
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = folder
        sys.dont_write_bytecode = False


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Start one worker more than cores for ``-n auto``, as some tests only wait."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    return (os.cpu_count() or 1) + 1


@dataclass
class Answer:
    """What came back: status, headers, the body's bytes, and its JSON."""

    status: int
    headers: Any
    data: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.data) if self.data else None

    def refused(self, status: int, *said: str) -> Answer:
        """Check that it is the reference's error object, and that the message says it all."""
        assert self.status == status, (self.status, self.data)
        kind = "api_error" if status >= 500 else "invalid_request"
        documentation = f"https://protocol.chat/docs/errors/{kind}"
        assert list(self.json) == ["type", "message", "documentation_url"]
        assert (self.json["type"], self.json["documentation_url"]) == (kind, documentation)
        assert self.headers["Content-Type"] == "application/json"
        for words in said:
            assert words in self.json["message"]
        return self


@dataclass
class Client:
    """Calls one sandbox of a server. A body goes as ``json``, ``form`` (pairs) or as it is."""

    url: str
    token: str
    pool: urllib3.PoolManager

    def __call__(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        form: list[tuple[str, str]] | None = None,
        multipart: list[tuple[str, Any]] | None = None,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        token: str | None = None,
    ) -> Answer:
        sent = {"Authorization": f"Bearer {token or self.token}"} | (headers or {})
        options: dict[str, Any] = {"body": body} if body is not None else {}
        if json is not None:
            options = {"json": json}
        elif form is not None:
            options = {"fields": form, "encode_multipart": False}
        elif multipart is not None:
            options = {"fields": multipart}
        if method in ("GET", "DELETE") and "fields" in options:
            raise ValueError("a form goes with POST and PUT")
        answer = self.pool.request(method, self.url + path, headers=sent, retries=False, **options)
        return Answer(answer.status, answer.headers, answer.data)

    def get(self, path: str, **options: Any) -> Answer:
        return self("GET", path, **options)

    def post(self, path: str, **options: Any) -> Answer:
        return self("POST", path, **options)

    def put(self, path: str, **options: Any) -> Answer:
        return self("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> Answer:
        return self("DELETE", path, **options)

    def walk(self, path: str, limit: int = 100, cursor: str = "starting_after") -> list[Any]:
        """Every object of a list, page by page, in the order in which the pages came."""
        found: list[Any] = []
        joint = "&" if "?" in path else "?"
        place = ""
        while True:
            page = self.get(f"{path}{joint}limit={limit}{place}").json
            found += page["data"]
            if not page["has_more"]:
                return found
            last = page["data"][-1 if cursor == "starting_after" else 0]
            place = f"&{cursor}={last['id']}"


@pytest.fixture(scope="session")
def pool() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(maxsize=20, timeout=30) as manager:
        yield manager


@pytest.fixture(scope="session")
def serve(pool: urllib3.PoolManager) -> Iterator[Callable[..., Server]]:
    """Start servers for the session; ``serve(settings, fixtures)``."""
    servers: list[Server] = []

    def start(*args: Any, **kwargs: Any) -> Server:
        server = Server(create_app(*args, **kwargs))
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def server(serve: Callable[..., Server]) -> Server:
    """A server with the default settings and fixtures."""
    return serve()


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture
def client(server: Server, pool: urllib3.PoolManager, numbers: Iterator[int]) -> Client:
    """A client on a new sandbox of the default fixtures, over a real socket."""
    return Client(server.url, f"sandbox_test_{next(numbers)}", pool)


@pytest.fixture(scope="session")
def mockserver_command() -> str:
    """The console script, as installed beside the Python that runs the tests."""
    return str(Path(sys.executable).with_name("mockserver"))


@pytest.fixture
def other(client: Client) -> Callable[[str], Client]:
    """Clients on further new sandboxes of the same server, by name."""

    def make(name: str) -> Client:
        return Client(client.url, f"{client.token}_{name}", client.pool)

    return make


@pytest.fixture(scope="session")
def compliance() -> Iterator[Compliance]:
    """Every answer to /v1 that an application of this process gives is held to the document."""
    found = Compliance()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Hooks, "after_request", watched(found))
        yield found


@pytest.fixture(autouse=True)
def compliant(compliance: Compliance) -> Iterator[None]:
    """A test fails during which an answer was not as the document says."""
    yield
    assert compliance.taken() == []
