"""A server for the whole session, with a new sandbox for each test."""

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
from freezegun import freeze_time
from hypothesis import settings

from mockserver.server import Server
from mockserver.web.app import create_app
from mockserver.web.hooks import Hooks
from tests.contract.openapi.compliance import Compliance, watched

# Fewer random examples by default; .ci/run runs tests/properties again with the profile "full".
# There is no deadline, as the tests assert nothing about time.
# The profile "long" sends more than 100,000 hostile requests.
settings.register_profile("long", max_examples=1000, deadline=None)
settings.register_profile("full", deadline=None)
settings.register_profile("quick", max_examples=60, deadline=None)
settings.load_profile("quick")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--frozen", action="store_true", help="run each test in frozen time")


def pytest_configure(config: pytest.Config) -> None:
    """Compile each module once for all processes of the tests.

    Containers often set PYTHONDONTWRITEBYTECODE. Without bytecode, the workers and about 300 child
    processes compile everything that they import. It is kept in pytest's cache instead, as no file
    is wanted beside the sources.
    """
    if sys.dont_write_bytecode:
        cache = getattr(config, "cache", None)  # absent with -p no:cacheprovider
        if cache and not os.access(config.rootpath, os.W_OK):
            cache = None
        folder = str(cache.mkdir("bytecode") if cache else tempfile.mkdtemp())
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
class HttpResponse:
    """A response: status, headers, the body's bytes, and its JSON."""

    status: int
    headers: Any
    data: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.data) if self.data else None

    def refused(self, status: int, *texts: str) -> HttpResponse:
        """Check the status and the error object, and that its message contains the texts."""
        assert self.status == status, (self.status, self.data)
        kind = "api_error" if status >= 500 else "invalid_request"
        documentation = f"https://protocol.chat/docs/errors/{kind}"
        assert list(self.json) == ["type", "message", "documentation_url"]
        assert (self.json["type"], self.json["documentation_url"]) == (kind, documentation)
        assert self.headers["Content-Type"] == "application/json"
        for text in texts:
            assert text in self.json["message"]
        return self


@dataclass
class Client:
    """Calls one sandbox of a server, with an optional body in one of four forms."""

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
    ) -> HttpResponse:
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
        response = self.pool.request(
            method, self.url + path, headers=sent, retries=False, **options
        )
        return HttpResponse(response.status, response.headers, response.data)

    def get(self, path: str, **options: Any) -> HttpResponse:
        return self("GET", path, **options)

    def post(self, path: str, **options: Any) -> HttpResponse:
        return self("POST", path, **options)

    def put(self, path: str, **options: Any) -> HttpResponse:
        return self("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> HttpResponse:
        return self("DELETE", path, **options)

    def walk(self, path: str, limit: int = 100, cursor: str = "starting_after") -> list[Any]:
        """Return the objects of all pages, in the order of the responses."""
        objects: list[Any] = []
        separator = "&" if "?" in path else "?"
        position = ""
        while True:
            page = self.get(f"{path}{separator}limit={limit}{position}").json
            objects += page["data"]
            if not page["has_more"]:
                return objects
            last = page["data"][-1 if cursor == "starting_after" else 0]
            position = f"&{cursor}={last['id']}"


@pytest.fixture(autouse=True)
def frozen(request: pytest.FixtureRequest) -> Iterator[None]:
    """Freeze the time during the test, with ``--frozen``."""
    needs_real_time = request.node.get_closest_marker("real_time") is not None
    if request.config.getoption("frozen") and not needs_real_time:
        with freeze_time("2030-01-01 12:00"):
            yield
    else:
        yield


@pytest.fixture(scope="session")
def pool() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(maxsize=20, timeout=30) as manager:
        yield manager


@pytest.fixture(scope="session")
def serve(pool: urllib3.PoolManager) -> Iterator[Callable[..., Server]]:
    """Return a function that starts servers for the session: ``serve(settings, fixtures)``."""
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
    """The path of the console script, beside the Python that runs the tests."""
    return str(Path(sys.executable).with_name("mockserver"))


@pytest.fixture
def other(client: Client) -> Callable[[str], Client]:
    """Return a function that makes clients of further sandboxes of the same server."""

    def make(name: str) -> Client:
        return Client(client.url, f"{client.token}_{name}", client.pool)

    return make


@pytest.fixture(scope="session")
def compliance() -> Iterator[Compliance]:
    """Check every /v1 response of this process against the OpenAPI document."""
    compliance = Compliance()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Hooks, "after_request", watched(compliance))
        yield compliance


@pytest.fixture(autouse=True)
def compliant(compliance: Compliance) -> Iterator[None]:
    """Fail a test in which a response did not match the document."""
    yield
    assert compliance.taken() == []
