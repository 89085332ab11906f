"""The guide's recipe for a shell script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.guide.conftest import Run
    from tests.guide.snippets import Document

pytestmark = pytest.mark.external


def test_the_script_passes(snippets: Document, run: Run, tmp_path: Path) -> None:
    snippets.write(tmp_path, "check.sh")
    done = run(snippets.command("check.sh"))
    assert done.returncode == 0, done
    assert '"verified":true' in done.stderr


@pytest.mark.parametrize(
    ("right", "wrong", "text"),
    [
        ('"count": 1', '"count": 2', '"verified":false'),
        ('"message": "Good', '"massage": "Good', "did you mean 'message'?"),
        ("/_sandbox/reset", "/_sandbox/rest", "no endpoint at POST /_sandbox/rest"),
        ("--port 0", "--port none", "'none' is not a valid integer"),
    ],
)
def test_the_script_fails_where_something_is_off(
    right: str, wrong: str, text: str, snippets: Document, run: Run, tmp_path: Path
) -> None:
    script = snippets.files["check.sh"]
    assert script.count(right) == 1
    (tmp_path / "check.sh").write_text(script.replace(right, wrong), encoding="utf-8")
    done = run(snippets.command("check.sh"))
    assert done.returncode != 0
    assert text in done.stdout + done.stderr
