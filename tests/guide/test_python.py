"""The guide's recipes for Python's test runners fail if the sandbox differs.

test_snippets.py runs them unchanged.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.guide.conftest import Run
    from tests.guide.snippets import Document

#: Each file's runner, and a replacement that makes it fail.
RUNNERS = {
    "test_greeting.py": ("pytest", ('"Good evening."', '""')),
    "test_checkout.py": ("unittest", ("/v1/groups", "/v1/grups")),
    "test_chat.py": ("pytest", ("release(2)", "release(1)")),
}


@pytest.mark.parametrize("file", RUNNERS)
def test_a_recipe_fails_if_the_sandbox_differs(
    file: str, snippets: Document, run: Run, tmp_path: Path
) -> None:
    runner, (right, wrong) = RUNNERS[file]
    text = snippets.files[file]
    assert right in text
    (tmp_path / file).write_text(text.replace(right, wrong), encoding="utf-8")
    assert run(f"{sys.executable} -m {runner} {file}").returncode == 1
