"""``@pytest.mark.sandbox(...)``: the initial content of a test's sandbox."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mockserver import MockServer

if TYPE_CHECKING:
    from tests.pytest_plugin.conftest import Project


def test_the_closest_mark_sets_the_initial_content(project: Project) -> None:
    project.write(
        "test_it.py",
        """
        import pytest

        pytestmark = pytest.mark.sandbox(fixtures="empty")

        def contacts(sandbox):
            return sandbox.overview()["counts"]["contact"]

        def test_module(sandbox):
            assert contacts(sandbox) == 1

        @pytest.mark.sandbox(seed=7, clock="frozen")
        class TestClass:
            def test_class(self, sandbox):
                assert (sandbox.overview()["seed"], sandbox.clock.get()["mode"]) == ("7", "frozen")
                assert contacts(sandbox) == 22, "only the closest mark counts"

            @pytest.mark.sandbox(state="state.json")
            def test_method(self, sandbox):
                assert sandbox.call("GET", "/v1/contacts").json["data"][0]["username"] == "Buzz"
        """,
    )
    with MockServer(fixtures="empty") as server:
        buzz = {"username": "Buzz", "phone_number": "1"}
        server.default.call("POST", "/v1/contacts", json=buzz)
        project.write("state.json", json.dumps(server.default.state.export()))
    project.run().assert_outcomes(passed=3)


def test_an_invalid_mark_is_an_error(project: Project) -> None:
    messages = {
        "fixture='empty'": "unknown argument 'fixture'; did you mean 'fixtures'?",
        "'empty'": "'empty' must be a keyword argument",
        "clock='tock'": "clock: must be one of step, frozen, real",
        "fixtures='f.json'": "known: default, empty; to load a document or a file, use state=",
        "state={'version': 9}": "version: must be an integer from 1",
    }
    project.write(
        "test_it.py",
        f"""
        import pytest

        @pytest.mark.parametrize("number", [
            pytest.param(number, marks=mark) for number, mark in enumerate([
                {", ".join(f"pytest.mark.sandbox({mark})" for mark in messages)}
            ])
        ])
        def test_wrong(sandbox, number):
            assert 0, "never run"

        def test_right(sandbox, mockserver):
            assert len(mockserver.sandboxes()) == 2
        """,
    )
    result = project.run()
    result.assert_outcomes(errors=len(messages), passed=1)
    output = result.stdout.str()
    assert [message for message in messages.values() if message not in output] == []
    assert "test_it.py::test_wrong[0]: @pytest.mark.sandbox: unknown argument" in output


def test_the_mark_is_registered(project: Project) -> None:
    mark = "@pytest.mark.sandbox(fixtures, seed, clock, state)"
    assert mark in project.run("--markers").stdout.str()
