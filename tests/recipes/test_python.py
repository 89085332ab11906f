"""The README's recipes for Python's own test runners."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.recipes.conftest import Run
    from tests.recipes.snippets import Snippets

RUNNERS = {
    "test_greeting.py": ("pytest", "2 passed"),
    "test_checkout.py": ("unittest", "Ran 1 test"),
}


@pytest.mark.parametrize("file", RUNNERS)
def test_the_tests_pass(file: str, snippets: Snippets, run: Run, tmp_path: Path) -> None:
    runner, said = RUNNERS[file]
    snippets.write(tmp_path, file)
    done = run(f"{sys.executable} -m {runner} {file}")
    assert done.returncode == 0, done
    assert said in done.stdout + done.stderr


@pytest.mark.parametrize("file", RUNNERS)
def test_they_fail_where_the_sandbox_is_not_as_expected(
    file: str, snippets: Snippets, run: Run, tmp_path: Path
) -> None:
    text = snippets.files[file]
    wrong = text.replace("Good evening.", "").replace("/v1/groups", "/v1/grups")
    assert wrong != text
    (tmp_path / file).write_text(wrong, encoding="utf-8")
    assert run(f"{sys.executable} -m {RUNNERS[file][0]} {file}").returncode == 1
