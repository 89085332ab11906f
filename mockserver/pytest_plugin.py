"""The pytest plugin: a server for the session, and a new sandbox for each test that wants one.

It loads in every pytest run of its users, so it imports nothing before it is used.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterator
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver.client.mockserver import MockServer
    from mockserver.client.sandbox import Sandbox

LONGEST_NAME = 64
"""What the server allows for a sandbox's name."""

MARK = "fixtures", "seed", "clock", "state"
#: The sandbox of a test; and all that are to be deleted after it, more where a plugin repeats it.
SANDBOX = pytest.StashKey["Sandbox"]()
OPEN = pytest.StashKey[ExitStack]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("mockserver").addoption(
        "--mockserver-url",
        metavar="URL",
        default=os.environ.get("MOCKSERVER_URL"),
        help="use the mockserver that runs there, in place of one in this process "
        "(default: MOCKSERVER_URL; its token: MOCKSERVER_TOKEN)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "sandbox(fixtures, seed, clock, state): what the test's sandbox begins with; "
        "each is a keyword and may be left out",
    )


@pytest.fixture(scope="session")
def mockserver_settings() -> dict[str, Any]:
    """Settings of the session's own server; override it to give some, such as ``fixtures``."""
    return {}


@pytest.fixture(scope="session")
def mockserver(
    pytestconfig: pytest.Config, mockserver_settings: dict[str, Any]
) -> Iterator[MockServer]:
    """A server for the session, on a free port, or the one at ``--mockserver-url``."""
    from mockserver.client.mockserver import MockServer

    url = pytestconfig.getoption("mockserver_url")
    if url and mockserver_settings:
        given = ", ".join(mockserver_settings)
        pytest.fail(
            f"mockserver_settings ({given}) cannot change the server that runs at {url}; "
            "drop them, or unset MOCKSERVER_URL and --mockserver-url",
            pytrace=False,
        )
    if url:
        server = MockServer(url=url, token=os.environ.get("MOCKSERVER_TOKEN") or None)
    else:
        server = MockServer(**mockserver_settings)
    with server:
        yield server


@pytest.fixture
def sandbox(request: pytest.FixtureRequest, mockserver: MockServer) -> Sandbox:
    """A new sandbox for the test, deleted at its end. ``@pytest.mark.sandbox(…)`` says with what
    it begins."""
    box = _opened(mockserver, request.node.name, _wanted(request.node))
    request.node.stash[SANDBOX] = request.node.stash[OPEN].enter_context(box)
    return box


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Delete the sandboxes of a test when all of it is over: were it by their fixture, the report
    of a teardown that failed could not show them any more."""
    item.stash[OPEN] = ExitStack()
    try:
        return (yield)
    finally:
        with suppress(ConnectionError):  # where the server is gone, so are they
            item.stash[OPEN].close()


def _wanted(item: pytest.Item) -> dict[str, Any]:
    """What the closest mark says."""
    mark = item.get_closest_marker("sandbox")
    if mark is None:
        return {}
    from mockserver.client.control import unknown_name

    problems = [unknown_name("argument", name, MARK) for name in mark.kwargs if name not in MARK]
    if mark.args:
        problems.append(f"{', '.join(map(repr, mark.args))} must be a keyword argument")
    if problems:
        pytest.fail(f"{item.nodeid}: @pytest.mark.sandbox: {'; '.join(problems)}", pytrace=False)
    return dict(mark.kwargs)


def _opened(server: MockServer, test: str, wanted: dict[str, Any]) -> Sandbox:
    """A new sandbox with the name of the test, and a number where others have that name: on a
    server that several runs share, only the server can tell."""
    from mockserver.errors import ApiError

    slug = re.sub(r"[^A-Za-z0-9_]+", "-", test).strip("-") or "test"
    number, ending = 1, ""
    while True:
        try:
            return server.sandbox(slug[: LONGEST_NAME - len(ending)] + ending, **wanted)
        except ApiError as error:
            if error.status != 409:
                raise
        number += 1
        ending = f"-{number}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the sandbox's journal into the report of a test that failed."""
    report = yield
    box = item.stash.get(SANDBOX, None)
    if report.failed and box is not None:
        from mockserver.client.journal import journal_report

        title, text = f"mockserver journal (sandbox {box.name})", journal_report(box.journal)
        # A section of the failure itself is in JUnit's XML too; not every failure can have one.
        add = getattr(report.longrepr, "addsection", None)
        if add is not None:
            add(title, text)
        else:
            report.sections.append((title, text))
    return report
