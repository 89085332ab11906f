"""The guide's recipes for Python's own test runners."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.guide.conftest import Run
    from tests.guide.snippets import Document

#: Each file's runner, what it prints, and a replacement that makes it fail.
RUNNERS = {
    "test_greeting.py": ("pytest", "2 passed", ('"Good evening."', '""')),
    "test_checkout.py": ("unittest", "Ran 1 test", ("/v1/groups", "/v1/grups")),
    "test_chat.py": ("pytest", "1 passed", ("release(2)", "release(1)")),
}


@pytest.mark.parametrize("file", RUNNERS)
def test_a_recipe_passes(file: str, snippets: Document, run: Run, tmp_path: Path) -> None:
    runner, output, _ = RUNNERS[file]
    snippets.write(tmp_path, file)
    done = run(f"{sys.executable} -m {runner} {file}")
    assert done.returncode == 0, done
    assert output in done.stdout + done.stderr


@pytest.mark.parametrize("file", RUNNERS)
def test_a_recipe_fails_if_the_sandbox_differs(
    file: str, snippets: Document, run: Run, tmp_path: Path
) -> None:
    text, (right, wrong) = snippets.files[file], RUNNERS[file][2]
    assert right in text
    (tmp_path / file).write_text(text.replace(right, wrong), encoding="utf-8")
    assert run(f"{sys.executable} -m {RUNNERS[file][0]} {file}").returncode == 1
