"""Lint the OpenAPI documents with Spectral's recommended rules (npm: @stoplight/spectral-cli)."""

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


def lint(npm: Install, folder: Path, openapi: dict[str, Any]) -> list[str]:
    """Return the problems that Spectral finds: the code and the path of each."""
    spectral = npm("@stoplight/spectral-cli@6") / "node_modules/.bin/spectral"
    (folder / "rules.yaml").write_text('extends: ["spectral:oas"]\n')
    (folder / "document.json").write_text(json.dumps(openapi))
    result = subprocess.run(
        [spectral, "lint", "document.json", "-r", "rules.yaml", "-f", "json", "-q"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    problems = json.loads(result.stdout)
    return [f"{problem['code']}: {'.'.join(map(str, problem['path']))}" for problem in problems]


@pytest.mark.parametrize(
    "openapi",
    [document(URL), document(URL, strict=True), build_openapi(URL)],
    ids=["published", "strict", "control"],
)
def test_spectral_finds_no_problem(npm: Install, tmp_path: Path, openapi: dict[str, Any]) -> None:
    assert lint(npm, tmp_path, openapi) == []


def test_spectral_finds_an_invalid_example(npm: Install, tmp_path: Path) -> None:
    openapi = document(URL)
    del openapi["info"]["contact"]
    operation = openapi["paths"]["/contacts"]["get"]
    operation["responses"]["200"]["content"]["application/json"]["example"]["data"][0]["id"] = 7
    codes = [problem.partition(":")[0] for problem in lint(npm, tmp_path, openapi)]
    assert codes == ["info-contact", "oas3-valid-media-example"]
