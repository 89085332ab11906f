"""A failed test's report includes the journal of its sandbox."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pytest_plugin.conftest import Project

FAILING_TESTS = """
    import pytest

    MESSAGE = {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "Good evening."}

    def test_call(sandbox):
        assert sandbox.call("POST", "/v1/messages?", json=MESSAGE).status == 201
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


@pytest.mark.parametrize("parallel", [False, True])
def test_the_report_and_the_xml_include_the_journal(project: Project, parallel: bool) -> None:
    project.write("test_it.py", FAILING_TESTS)
    arguments = ("--junitxml=report.xml", "-ojunit_logging=no")
    result = project.run_process(*arguments, "-n2") if parallel else project.run(*arguments)
    result.assert_outcomes(failed=2, errors=1, passed=1, xfailed=1)
    for text in (result.stdout.str(), project.failures()):
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


def test_the_report_names_requests_that_missed_the_sandbox(project: Project) -> None:
    project.write(
        "test_it.py",
        """
        import urllib.error
        import urllib.request

        import pytest

        def test_missed(sandbox):
            headers = {"Authorization": "Bearer sk_test_4242424242424242"}
            request = urllib.request.Request(f"{sandbox.url}/v1/contacts", headers=headers)
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(request)
            sandbox.call("GET", "/v1/groups?limit=1&limit=2")
            assert 0
        """,
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    _, _, report = result.stdout.str().partition("mockserver journal (sandbox test_missed)")
    assert "req_1 GET /v1/groups?limit=1&limit=2 400 " in report
    assert "\n1 request reached no sandbox with the token 'sk_test_…'" in report
    assert "send a token 'sandbox_NAME'" in report


def test_a_failed_teardown_shows_the_journal_too(project: Project) -> None:
    project.write(
        "test_it.py",
        """
        import pytest

        @pytest.fixture
        def careless(sandbox):
            yield
            sandbox.call("GET", "/v1/nowhere")
            raise ValueError("careless")

        def test_it(careless): ...

        def test_others(mockserver):
            assert [sandbox["name"] for sandbox in mockserver.sandboxes()] == ["default"]
        """,
    )
    result = project.run()
    result.assert_outcomes(passed=2, errors=1)
    assert "req_1 GET /v1/nowhere 404" in result.stdout.str()


def test_a_long_journal_is_truncated(project: Project) -> None:
    project.write(
        "test_it.py",
        """
        def test_long(sandbox):
            for number in range(60):
                sandbox.call("GET", f"/v1/messages?limit=100")
            assert 0
        """,
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    output = result.stdout.str()
    assert "… 10 earlier requests\nreq_11 GET" in output
    assert output.count("    <-- ") == 5
    assert len(output) < 20_000


def test_a_stopped_server_does_not_hide_the_failure(project: Project) -> None:
    project.write(
        "test_it.py",
        """
        import pytest
        from mockserver import MockServer

        @pytest.fixture(scope="session")
        def mockserver():
            local = MockServer().start()
            with MockServer(url=local.url) as server:
                server.end = local.stop
                yield server

        def test_gone(sandbox, mockserver):
            mockserver.end()
            assert 0, "the reason"
        """,
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    assert "AssertionError: the reason" in result.stdout.str()
    assert "the journal could not be read: Unreachable" in result.stdout.str()


def test_a_test_that_runs_again_has_a_new_sandbox(project: Project) -> None:
    project.write(
        "test_it.py",
        """
        def test_again(sandbox):
            assert sandbox.name == "test_again"
            sandbox.call("GET", "/v1/contacts")
            assert len(sandbox.journal.list()) == 1
            assert 0
        """,
    )
    # As pytest-rerunfailures does it.
    project.write(
        "conftest.py",
        """
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):
            runtestprotocol(item, nextitem=nextitem, log=False)
            item._initrequest()
        """,
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    assert ">       assert 0" in result.stdout.str()
