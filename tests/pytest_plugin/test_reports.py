"""A failing test's report carries the journal of its sandbox."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

if TYPE_CHECKING:
    from tests.pytest_plugin.conftest import Project

FAILING = """
    import pytest

    SAID = {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "Good evening."}

    def test_call(sandbox):
        assert sandbox.call("POST", "/v1/messages?", json=SAID).status == 201
        sandbox.faults.add({"type": "error", "status": 503})
        sandbox.call("GET", "/v1/contacts?limit=3")
        assert 0

    @pytest.fixture
    def broken(sandbox):
        sandbox.call("GET", "/v1/groups")
        raise ValueError("broken")

    def test_setup(broken): ...

    def test_plain(sandbox):
        pytest.fail("plain", pytrace=False)

    def test_passing(sandbox):
        sandbox.call("GET", "/v1/nowhere")

    @pytest.mark.xfail(strict=True)
    def test_expected(sandbox):
        sandbox.call("GET", "/v1/nowhere")
        assert 0
"""


@pytest.mark.parametrize("arguments", [(), ("-n2",)])
def test_the_journal_is_in_the_report_and_in_the_xml(
    written: Callable[[str], Project], arguments: tuple[str, ...]
) -> None:
    project = written(FAILING)
    run = project.pytest("--junitxml=report.xml", *arguments).ended(1, failed=2, error=1, passed=1)
    root = ElementTree.parse(project.folder / "report.xml").getroot()
    failures = [case.text for case in root.iter() if case.tag in ("failure", "error")]
    for text in (run.out, "".join(map(str, failures))):
        assert text.count("mockserver journal (sandbox ") == 3
        assert re.search(r"req_1 POST /v1/messages 201 \d+\.\d ms\n    changes: created mess", text)
        assert "    events: message.created\n" in text
        assert '    --> {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "Good evening."}' in text
        assert re.search(r'    <-- \{"id": "\w+", "conversation_id"', text)
        assert re.search(r"req_2 GET /v1/contacts\?limit=3 503 .*faults: \[\{", text)
        assert re.search(r"req_1 GET /v1/groups 200 ", text)
        assert "mockserver journal (sandbox test_plain)" in text
        assert "no requests" in text
        assert "nowhere" not in text


def test_a_teardown_that_fails_shows_the_journal_too(written: Callable[[str], Project]) -> None:
    run = written("""
        import pytest

        @pytest.fixture
        def careless(sandbox):
            yield
            sandbox.call("GET", "/v1/nowhere")
            raise ValueError("careless")

        def test_it(careless): ...

        def test_others(mockserver):
            assert [box["name"] for box in mockserver.sandboxes()] == ["default"]
    """).pytest("-p", "no:randomly")
    assert "req_1 GET /v1/nowhere 404" in run.ended(1, passed=2, error=1).out


def test_a_long_journal_is_cut(written: Callable[[str], Project]) -> None:
    run = written("""
        def test_long(sandbox):
            for number in range(60):
                sandbox.call("GET", f"/v1/messages?limit=100")
            assert 0
    """).pytest()
    assert "… 10 earlier requests\nreq_11 GET" in run.ended(1, failed=1).out
    assert run.out.count("    <-- ") == 5
    assert len(run.out) < 20_000


def test_a_server_that_is_gone_hides_no_failure(written: Callable[[str], Project]) -> None:
    run = written("""
        import pytest
        from mockserver import MockServer

        @pytest.fixture(scope="session")
        def mockserver():
            own = MockServer().start()
            with MockServer(url=own.url) as server:
                server.end = own.stop
                yield server

        def test_gone(sandbox, mockserver):
            mockserver.end()
            assert 0, "the reason"
    """).pytest("-p", "no:randomly")
    assert "AssertionError: the reason" in run.ended(1, failed=1).out
    assert "the journal could not be read: Unreachable" in run.out


def test_a_test_that_is_run_again_has_a_new_sandbox(written: Callable[[str], Project]) -> None:
    project = written("""
        def test_again(sandbox):
            assert sandbox.name == "test_again"
            sandbox.call("GET", "/v1/contacts")
            assert len(sandbox.journal.list()) == 1
            assert 0
    """)
    project.write(
        "conftest.py",
        """
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):
            runtestprotocol(item, nextitem=nextitem, log=False)
            item._initrequest()
        """,
    )
    assert ">       assert 0" in project.pytest().ended(1, failed=1).out
