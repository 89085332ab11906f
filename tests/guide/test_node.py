"""The guide's recipe for Node's test runner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mockserver.server import Server
from tests.guide.snippets import ROOT, Document

if TYPE_CHECKING:
    from tests.guide.conftest import Run

pytestmark = pytest.mark.external

FILES = ("sandbox.mjs", "contacts.test.mjs", "messages.test.mjs")


def test_two_files_run_in_parallel(
    snippets: Document, run: Run, serve: Callable[..., Server], tmp_path: Path
) -> None:
    snippets.write(tmp_path, *FILES)
    command = snippets.command("node --test")
    done = run(command.replace("http://127.0.0.1:4242", serve().url))
    assert done.returncode == 0, done
    assert " tests 3\n" in done.stdout
    assert " pass 3\n" in done.stdout


def test_a_failing_test_fails_the_run(
    snippets: Document, run: Run, serve: Callable[..., Server], tmp_path: Path
) -> None:
    snippets.write(tmp_path, *FILES)
    file = tmp_path / "contacts.test.mjs"
    file.write_text(file.read_text(encoding="utf-8").replace("404", "200"), encoding="utf-8")
    command = snippets.command("node --test")
    done = run(command.replace("http://127.0.0.1:4242", serve().url))
    assert done.returncode == 1
    assert " pass 2\n" in done.stdout


def test_run_starts_a_server_for_the_tests_of_the_readme(run: Run, tmp_path: Path) -> None:
    readme = Document.read(ROOT / "README.md")
    readme.write(tmp_path, "outage.test.mjs")
    done = run(readme.command("node --test"))
    assert done.returncode == 0, done
    assert " pass 1\n" in done.stdout
