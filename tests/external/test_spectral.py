"""Spectral's recommended rules find nothing in the documents (npm: @stoplight/spectral-cli)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.contract.openapi.document import document
from mockserver.web.control.routes import build_openapi

if TYPE_CHECKING:
    from tests.external.conftest import Install

pytestmark = pytest.mark.external
URL = "http://127.0.0.1:4242"


def lint(npm: Install, folder: Path, shown: dict[str, Any]) -> list[str]:
    """What Spectral says of a document: the code and the place of each result."""
    spectral = npm("@stoplight/spectral-cli@6") / "node_modules/.bin/spectral"
    (folder / "rules.yaml").write_text('extends: ["spectral:oas"]\n')
    (folder / "document.json").write_text(json.dumps(shown))
    done = subprocess.run(
        [spectral, "lint", "document.json", "-r", "rules.yaml", "-f", "json", "-q"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = json.loads(done.stdout)
    return [f"{one['code']}: {'.'.join(map(str, one['path']))}" for one in found]


@pytest.mark.parametrize(
    "shown",
    [document(URL), document(URL, strict=True), build_openapi(URL)],
    ids=["published", "strict", "control"],
)
def test_it_finds_nothing(npm: Install, tmp_path: Path, shown: dict[str, Any]) -> None:
    assert lint(npm, tmp_path, shown) == []


def test_it_would_find_what_is_wrong(npm: Install, tmp_path: Path) -> None:
    shown = document(URL)
    del shown["info"]["contact"]
    operation = shown["paths"]["/contacts"]["get"]
    operation["responses"]["200"]["content"]["application/json"]["example"]["data"][0]["id"] = 7
    codes = [one.partition(":")[0] for one in lint(npm, tmp_path, shown)]
    assert codes == ["info-contact", "oas3-valid-media-example"]
