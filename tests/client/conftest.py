"""The client of an in-process server, and of the same server over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver import MockServer, Sandbox
from tests.client.result_types import check_methods


@pytest.fixture(autouse=True, scope="session")
def result_types() -> Iterator[None]:
    """Check the type of everything that a client returns in these tests."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        check_methods(monkeypatch)
        yield


@pytest.fixture(scope="session")
def own() -> Iterator[MockServer]:
    """A server in this process, started."""
    with MockServer() as server:
        yield server


@pytest.fixture(scope="session")
def remote(own: MockServer) -> Iterator[MockServer]:
    """A client of the same server, connected by its URL."""
    with MockServer(url=own.url) as server:
        yield server


@pytest.fixture(params=["own", "remote"])
def handle(request: pytest.FixtureRequest) -> MockServer:
    server: MockServer = request.getfixturevalue(request.param)
    return server


@pytest.fixture
def box(handle: MockServer, numbers: Iterator[int]) -> Iterator[Sandbox]:
    """A new sandbox of the default fixtures."""
    with handle.sandbox(f"box_{next(numbers)}") as sandbox:
        yield sandbox
