"""``mockserver`` and ``sandbox``: one server for the session, a new sandbox for each test."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mockserver import MockServer

if TYPE_CHECKING:
    from tests.pytest_plugin.conftest import Project

MANY = """
    import pytest
    import urllib.request

    @pytest.mark.parametrize("number", range(30))
    def test_alone(sandbox, mockserver, number):
        assert sandbox.overview()["counts"]["message"] == 229
        assert sandbox.journal.list() == [] and sandbox.faults.list() == []
        said = {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "Good evening."}
        request = urllib.request.Request(
            f"{sandbox.url}/v1/contacts/hSIhXBhNe8X1d8Et", headers=sandbox.headers, method="DELETE"
        )
        assert urllib.request.urlopen(request).status == 204
        with sandbox.expect(created={"message": 1}, nothing_else=True):
            assert sandbox.call("POST", "/v1/messages", json=said).status == 201
        sandbox.faults.add({"type": "error", "status": 503})
        sandbox.clock.set("frozen", now=5)

    class TestClass:
        def test_first(self, sandbox):
            assert sandbox.name == "test_first"

        @pytest.mark.parametrize("sign", ["ä/ö", "x" * 100, ""])
        def test_signs(self, sandbox, sign):
            assert sandbox.name.startswith("test_signs")
"""


@pytest.mark.parametrize("arguments", [(), ("-n2",), ("-p", "no:randomly")])
def test_each_test_has_a_sandbox_of_its_own(
    written: Callable[[str], Project], arguments: tuple[str, ...]
) -> None:
    written(MANY).pytest(*arguments).ended(0, passed=34)


def test_a_suite_may_have_more_tests_than_there_may_be_sandboxes(project: Project) -> None:
    project.write(
        "conftest.py",
        """
        import pytest

        @pytest.fixture(scope="session")
        def mockserver_settings():
            return {"max_sandboxes": 2, "fixtures": "empty"}
        """,
    )
    project.write(
        "test_it.py",
        """
        import pytest

        @pytest.mark.parametrize("number", range(10))
        def test_one(sandbox, mockserver, number):
            assert sandbox.overview()["counts"]["contact"] == 1
            names = [each["name"] for each in mockserver.sandboxes()]
            assert names == ["default", sandbox.name]
            assert sandbox.name == f"test_one-{number}"
        """,
    )
    project.pytest().ended(0, passed=10)


def test_a_running_server_is_used_by_several_runs_at_once_and_left_clean(
    written: Callable[[str], Project],
) -> None:
    project = written("""
        def test_same_name(sandbox, mockserver):
            assert sandbox.name == "test_same_name-2"
            sandbox.call("GET", "/v1/contacts")
            assert len(sandbox.journal.list()) == 1
    """)
    with MockServer(token="s3cret") as server, server.sandbox("test_same_name") as other:
        project.pytest("--mockserver-url", server.url, MOCKSERVER_TOKEN="s3cret").ended(0, passed=1)
        project.pytest(MOCKSERVER_URL=server.url, MOCKSERVER_TOKEN="s3cret").ended(0, passed=1)
        project.pytest("-n1", MOCKSERVER_URL=server.url, MOCKSERVER_TOKEN="s3cret").ended(
            0, passed=1
        )
        assert [each["name"] for each in server.sandboxes()] == ["default", other.name]
        assert other.journal.list() == []


def test_a_url_where_there_is_no_server_is_told(written: Callable[[str], Project]) -> None:
    run = written("def test_it(sandbox): ...").pytest("--mockserver-url", "http://127.0.0.1:1")
    assert "'mockserver serve' starts one" in run.ended(1, error=1).out


def test_a_longer_life_may_be_had_from_the_server(written: Callable[[str], Project]) -> None:
    written("""
        import pytest

        @pytest.fixture(scope="module")
        def shared(mockserver):
            with mockserver.sandbox("shared") as box:
                yield box

        @pytest.mark.parametrize("number", [1, 2])
        def test_both(shared, sandbox, number):
            shared.call("GET", "/v1/contacts")
            assert len(sandbox.journal.list()) == 0

        def test_default(mockserver):
            assert mockserver.default.call("GET", "/v1/contacts").status == 200
    """).pytest().ended(0, passed=3)


def test_a_run_that_uses_nothing_of_it_imports_nothing_of_it(
    written: Callable[[str], Project],
) -> None:
    written("""
        import sys

        def test_modules(pytestconfig):
            assert pytestconfig.pluginmanager.has_plugin("mockserver")
            ours = {name for name in sys.modules if name.startswith("mockserver")}
            assert ours == {"mockserver", "mockserver.pytest_plugin"}
            heavy = {"flask", "werkzeug", "marshmallow", "faker", "orjson"}
            assert heavy & sys.modules.keys() == set()

        def test_failing():
            assert 0
    """).pytest("-p", "no:randomly").ended(1, passed=1, failed=1)
