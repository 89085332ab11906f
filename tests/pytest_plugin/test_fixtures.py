"""``mockserver`` and ``sandbox``: one server for the session, a new sandbox for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mockserver import MockServer

if TYPE_CHECKING:
    from tests.pytest_plugin.conftest import Project

ISOLATED_TESTS = """
    import pytest
    import urllib.request

    @pytest.mark.parametrize("number", range(30))
    def test_alone(sandbox, mockserver, number):
        assert sandbox.overview()["counts"]["message"] == 229
        assert sandbox.journal.list() == [] and sandbox.faults.list() == []
        message = {"conversation_id": "xgQQXg3hrtjh7AvZ", "message": "Good evening."}
        request = urllib.request.Request(
            f"{sandbox.url}/v1/contacts/hSIhXBhNe8X1d8Et", headers=sandbox.headers, method="DELETE"
        )
        with urllib.request.urlopen(request) as response:
            assert response.status == 204
        with sandbox.expect(created={"message": 1}, nothing_else=True):
            assert sandbox.call("POST", "/v1/messages", json=message).status == 201
        sandbox.faults.add({"type": "error", "status": 503})
        sandbox.clock.set("frozen", now=5)

    class TestClass:
        def test_first(self, sandbox):
            assert sandbox.name == "test_first"

        @pytest.mark.parametrize("sign", ["ä/ö", "x" * 100, ""])
        def test_signs(self, sandbox, sign):
            assert sandbox.name.startswith("test_signs")
"""


def test_each_test_has_its_own_sandbox(project: Project) -> None:
    project.write("test_it.py", ISOLATED_TESTS)
    project.run().assert_outcomes(passed=34)


def test_each_test_of_parallel_runs_has_its_own_sandbox(project: Project) -> None:
    project.write("test_it.py", ISOLATED_TESTS)
    project.run_process("-n2").assert_outcomes(passed=34)


def test_there_may_be_more_tests_than_sandboxes(project: Project) -> None:
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
            names = [sandbox["name"] for sandbox in mockserver.sandboxes()]
            assert names == ["default", sandbox.name]
            assert sandbox.name == f"test_one-{number}"
        """,
    )
    project.run().assert_outcomes(passed=10)


def test_several_runs_share_a_running_server(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(
        "test_it.py",
        """
        def test_same_name(sandbox, mockserver):
            assert sandbox.name == "test_same_name-2"
            sandbox.call("GET", "/v1/contacts")
            assert len(sandbox.journal.list()) == 1
        """,
    )
    with MockServer(token="s3cret") as server, server.sandbox("test_same_name") as other:
        monkeypatch.setenv("MOCKSERVER_TOKEN", "s3cret")
        project.run("--mockserver-url", server.url).assert_outcomes(passed=1)
        monkeypatch.setenv("MOCKSERVER_URL", server.url)
        project.run().assert_outcomes(passed=1)
        project.run_process("-n1").assert_outcomes(passed=1)
        names = [sandbox["name"] for sandbox in server.sandboxes()]
        assert names == ["default", other.name], "each run has deleted its sandboxes"
        assert other.journal.list() == []


def test_a_url_without_a_server_is_an_error(project: Project) -> None:
    project.write("test_it.py", "def test_it(sandbox): ...")
    result = project.run("--mockserver-url", "http://127.0.0.1:1")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*'mockserver serve' starts one*"])


def test_a_sandbox_of_wider_scope_comes_from_the_server(project: Project) -> None:
    project.write(
        "test_it.py",
        """
        import pytest

        @pytest.fixture(scope="module")
        def shared(mockserver):
            with mockserver.sandbox("shared") as sandbox:
                yield sandbox

        @pytest.mark.parametrize("number", [1, 2])
        def test_both(shared, sandbox, number):
            shared.call("GET", "/v1/contacts")
            assert len(sandbox.journal.list()) == 0

        def test_default(mockserver):
            response = mockserver.default.call("GET", "/v1/contacts")
            assert response.status == 400, "the plugin's server requires a sandbox"
        """,
    )
    project.run().assert_outcomes(passed=3)


def test_a_setting_allows_the_default_sandbox(project: Project) -> None:
    project.write(
        "test_it.py",
        """
        import pytest

        @pytest.fixture(scope="session")
        def mockserver_settings():
            return {"require_sandbox": False}

        def test_default(mockserver):
            assert mockserver.default.call("GET", "/v1/contacts").status == 200
        """,
    )
    project.run().assert_outcomes(passed=1)


def test_the_unused_plugin_imports_nothing(project: Project) -> None:
    project.write(
        "test_it.py",
        """
        import sys

        def test_modules(pytestconfig):
            assert pytestconfig.pluginmanager.has_plugin("mockserver")
            imported = {name for name in sys.modules if name.startswith("mockserver")}
            assert imported == {"mockserver", "mockserver.pytest_plugin"}
            heavy = {"flask", "werkzeug", "marshmallow", "faker", "orjson"}
            assert heavy & sys.modules.keys() == set()

        def test_failing():
            assert 0
        """,
    )
    project.run_process().assert_outcomes(passed=1, failed=1)
