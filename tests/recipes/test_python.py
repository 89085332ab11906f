"""The README's recipes for pytest and unittest."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.recipes.conftest import Run
    from tests.recipes.snippets import Snippets


@pytest.mark.parametrize(
    ("runner", "file", "said"),
    [("pytest", "test_greeting.py", "2 passed"), ("unittest", "test_checkout.py", "Ran 1 test")],
)
def test_python_tests_run_with_their_runner(
    runner: str, file: str, said: str, snippets: Snippets, run: Run, tmp_path: Path
) -> None:
    snippets.write(tmp_path, file)
    done = run(f"{sys.executable} -m {runner} {file}")
    assert done.returncode == 0, done
    assert said in done.stdout + done.stderr
