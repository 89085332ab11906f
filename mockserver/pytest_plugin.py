"""The pytest plugin: one server for the session, and a new sandbox for each test that uses one.

pytest loads it in every run, so it imports other modules of mockserver only when a test uses them.
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

MAX_NAME_LENGTH = 64  # the server's limit for the name of a sandbox

MARK_ARGUMENTS = "fixtures", "seed", "clock", "state"
#: The test's sandbox.
SANDBOX = pytest.StashKey["Sandbox"]()
#: The stack that deletes the test's sandboxes: several, if a plugin runs the test again.
CLEANUP = pytest.StashKey[ExitStack]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("mockserver").addoption(
        "--mockserver-url",
        metavar="URL",
        default=os.environ.get("MOCKSERVER_URL"),
        help="use the running mockserver at this URL instead of starting one "
        "(default: MOCKSERVER_URL; its token: MOCKSERVER_TOKEN)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "sandbox(fixtures, seed, clock, state): the initial content of the test's sandbox; "
        "all are optional keyword arguments",
    )


@pytest.fixture(scope="session")
def mockserver_settings() -> dict[str, Any]:
    """Settings of the session's server, such as ``fixtures``; override it to change them."""
    return {}


@pytest.fixture(scope="session")
def mockserver(
    pytestconfig: pytest.Config, mockserver_settings: dict[str, Any]
) -> Iterator[MockServer]:
    """The session's server, on a free port, or the running server at ``--mockserver-url``."""
    from mockserver.client.mockserver import MockServer

    url = pytestconfig.getoption("mockserver_url")
    if url and mockserver_settings:
        names = ", ".join(mockserver_settings)
        pytest.fail(
            f"mockserver_settings ({names}) cannot change the running server at {url}; "
            "remove them, or unset MOCKSERVER_URL and --mockserver-url",
            pytrace=False,
        )
    if url:
        server = MockServer(url=url, token=os.environ.get("MOCKSERVER_TOKEN") or None)
    else:
        server = MockServer(**{"require_sandbox": True, **mockserver_settings})
    with server:
        yield server


@pytest.fixture
def sandbox(request: pytest.FixtureRequest, mockserver: MockServer) -> Sandbox:
    """A new sandbox for the test, deleted afterwards.

    ``@pytest.mark.sandbox(...)`` sets its initial content.
    """
    sandbox = _create_sandbox(mockserver, request.node.name, _mark_arguments(request.node))
    request.node.stash[SANDBOX] = request.node.stash[CLEANUP].enter_context(sandbox)
    return sandbox


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Delete the test's sandboxes after its teardown.

    If the fixture deleted them, the report of a failed teardown could not include the journal.
    """
    item.stash[CLEANUP] = ExitStack()
    try:
        return (yield)
    finally:
        with suppress(ConnectionError):  # the server has stopped
            item.stash[CLEANUP].close()


def _mark_arguments(item: pytest.Item) -> dict[str, Any]:
    """Return the arguments of the closest ``sandbox`` mark."""
    mark = item.get_closest_marker("sandbox")
    if mark is None:
        return {}
    from mockserver.errors import unknown_name

    unknown = [name for name in mark.kwargs if name not in MARK_ARGUMENTS]
    problems = [unknown_name("argument", name, MARK_ARGUMENTS) for name in unknown]
    if mark.args:
        problems.append(f"{', '.join(map(repr, mark.args))} must be a keyword argument")
    if problems:
        pytest.fail(f"{item.nodeid}: @pytest.mark.sandbox: {'; '.join(problems)}", pytrace=False)
    return dict(mark.kwargs)


def _create_sandbox(server: MockServer, test_name: str, arguments: dict[str, Any]) -> Sandbox:
    """Create a sandbox named after the test, with a number if a run has taken the name before."""
    from mockserver.errors import ApiError

    slug = re.sub(r"[^A-Za-z0-9_]+", "-", test_name).strip("-") or "test"
    number, suffix = 1, ""
    while True:
        try:
            return server.sandbox(slug[: MAX_NAME_LENGTH - len(suffix)] + suffix, **arguments)
        except ApiError as error:
            if error.status != 409:
                raise
        number += 1
        suffix = f"-{number}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the sandbox's journal to the report of a failed test."""
    report = yield
    sandbox = item.stash.get(SANDBOX, None)
    if report.failed and sandbox is not None:
        from mockserver.client.journal import journal_report

        title = f"mockserver journal (sandbox {sandbox.name})"
        text = journal_report(sandbox.journal)
        # Sections of the failure are also in JUnit XML, but not all failures support them.
        add_section = getattr(report.longrepr, "addsection", None)
        if add_section is not None:
            add_section(title, text)
        else:
            report.sections.append((title, text))
    return report
