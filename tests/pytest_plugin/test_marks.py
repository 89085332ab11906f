"""``@pytest.mark.sandbox(…)``: what a test's sandbox begins with."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from mockserver import MockServer

if TYPE_CHECKING:
    from tests.pytest_plugin.conftest import Project


def test_the_closest_mark_says_what_a_sandbox_begins_with(
    written: Callable[[str], Project],
) -> None:
    project = written("""
        import pytest

        pytestmark = pytest.mark.sandbox(fixtures="empty")

        def contacts(box):
            return box.overview()["counts"]["contact"]

        def test_module(sandbox):
            assert contacts(sandbox) == 1

        @pytest.mark.sandbox(seed=7, clock="frozen")
        class TestClass:
            def test_class(self, sandbox):
                assert (sandbox.overview()["seed"], sandbox.clock.get()["mode"]) == ("7", "frozen")
                assert contacts(sandbox) == 22, "of the closest one only"

            @pytest.mark.sandbox(state="state.json")
            def test_method(self, sandbox):
                assert sandbox.call("GET", "/v1/contacts").json["data"][0]["username"] == "Buzz"
    """)
    with MockServer(fixtures="empty") as server:
        buzz = {"username": "Buzz", "phone_number": "1"}
        server.default.call("POST", "/v1/contacts", json=buzz)
        project.write("state.json", json.dumps(server.default.state.export()))
    project.pytest().ended(0, passed=3)


def test_a_mark_that_is_wrong_is_told_and_no_test_of_it_runs(
    written: Callable[[str], Project],
) -> None:
    wrong = {
        "fixture='empty'": "unknown argument 'fixture'; did you mean 'fixtures'?",
        "'empty'": "'empty' must be a keyword argument",
        "clock='tock'": "clock: must be one of step, frozen, real",
        "fixtures='nosuch'": "unknown name 'nosuch'",
        "state={'version': 9}": "version: must be an integer from 1",
    }
    project = written(f"""
        import pytest

        @pytest.mark.parametrize("number", [
            pytest.param(number, marks=mark) for number, mark in enumerate([
                {", ".join(f"pytest.mark.sandbox({mark})" for mark in wrong)}
            ])
        ])
        def test_wrong(sandbox, number):
            assert 0, "never run"

        def test_right(sandbox, mockserver):
            assert len(mockserver.sandboxes()) == 2
    """)
    run = project.pytest().ended(1, error=len(wrong), passed=1)
    assert [said for said in wrong.values() if said not in run.out] == []
    assert "test_it.py::test_wrong[0]: @pytest.mark.sandbox: unknown argument" in run.out


def test_the_mark_is_registered(project: Project) -> None:
    assert "@pytest.mark.sandbox(fixtures, seed, clock, state)" in project.pytest("--markers").out
