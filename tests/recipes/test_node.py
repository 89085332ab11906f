"""The README's recipe for Node's own test runner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mockserver.server import Server

if TYPE_CHECKING:
    from tests.recipes.conftest import Run
    from tests.recipes.snippets import Snippets

pytestmark = pytest.mark.external

FILES = ("sandbox.mjs", "contacts.test.mjs", "messages.test.mjs")


def test_two_files_run_in_parallel_each_in_its_sandbox(
    snippets: Snippets, run: Run, serve: Callable[..., Server], tmp_path: Path
) -> None:
    snippets.write(tmp_path, *FILES)
    command = snippets.command("node --test")
    done = run(command.replace("http://127.0.0.1:4242", serve().url))
    assert done.returncode == 0, done
    assert " tests 3\n" in done.stdout
    assert " pass 3\n" in done.stdout


def test_a_test_that_fails_fails_the_run(
    snippets: Snippets, run: Run, serve: Callable[..., Server], tmp_path: Path
) -> None:
    snippets.write(tmp_path, *FILES)
    file = tmp_path / "contacts.test.mjs"
    file.write_text(file.read_text(encoding="utf-8").replace("404", "200"), encoding="utf-8")
    command = snippets.command("node --test")
    done = run(command.replace("http://127.0.0.1:4242", serve().url))
    assert done.returncode == 1
    assert " pass 2\n" in done.stdout
