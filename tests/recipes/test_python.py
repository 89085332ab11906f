"""The README's recipes for Python's own test runners."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.recipes.conftest import Run
    from tests.recipes.snippets import Snippets

#: Each file's runner, what that says, and a word that must not be another.
RUNNERS = {
    "test_greeting.py": ("pytest", "2 passed", ('"Good evening."', '""')),
    "test_checkout.py": ("unittest", "Ran 1 test", ("/v1/groups", "/v1/grups")),
    "test_chat.py": ("pytest", "1 passed", ("arrives(2)", "arrives(1)")),
}


@pytest.mark.parametrize("file", RUNNERS)
def test_the_tests_pass(file: str, snippets: Snippets, run: Run, tmp_path: Path) -> None:
    runner, said, _ = RUNNERS[file]
    snippets.write(tmp_path, file)
    done = run(f"{sys.executable} -m {runner} {file}")
    assert done.returncode == 0, done
    assert said in done.stdout + done.stderr


@pytest.mark.parametrize("file", RUNNERS)
def test_they_fail_where_the_sandbox_is_not_as_expected(
    file: str, snippets: Snippets, run: Run, tmp_path: Path
) -> None:
    text, (right, wrong) = snippets.files[file], RUNNERS[file][2]
    assert right in text
    (tmp_path / file).write_text(text.replace(right, wrong), encoding="utf-8")
    assert run(f"{sys.executable} -m {RUNNERS[file][0]} {file}").returncode == 1
