"""Linters find neither errors nor warnings in the OpenAPI documents.

openapi-spec-validator validates them in ``tests/contract/openapi/test_document.py``.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.contract.openapi.document import document
from mockserver.contract.openapi.sdk import sdk_document
from mockserver.web.control.routes import build_openapi
from tests.external.commands import run

if TYPE_CHECKING:
    from tests.external.conftest import Install

pytestmark = [pytest.mark.external, pytest.mark.timeout(600)]
URL = "http://127.0.0.1:4242"
#: The npm package of each linter, and the command that prints only problems.
LINTERS = {
    "redocly": ("@redocly/cli@2", "redocly lint --format github-actions"),
    "spectral": ("@stoplight/spectral-cli@6", "spectral lint --quiet -f text -r rules.yaml"),
    "swagger-parser": ("@apidevtools/swagger-parser@13", "node validate.mjs"),
}


def lint(linter: str, npm: Install, folder: Path, **documents: dict[str, Any]) -> str:
    """Return what a linter prints about documents."""
    package, command = LINTERS[linter]
    (folder / "node_modules").symlink_to(npm(package) / "node_modules")
    (folder / "rules.yaml").write_text('extends: ["spectral:oas"]\n')
    shutil.copy(Path(__file__).with_name("validate.mjs"), folder)
    for name, openapi in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(openapi))
    names = " ".join(f"{name}.json" for name in documents)
    return run(f"{command} {names}", folder, {"REDOCLY_TELEMETRY": "off"}, check=False)


@pytest.mark.parametrize("linter", LINTERS)
def test_a_linter_finds_no_problem(linter: str, npm: Install, tmp_path: Path) -> None:
    documents = {
        "published": document(URL),
        "strict": document(URL, strict=True),
        "sdk": sdk_document(URL),
        "control": build_openapi(URL),
    }
    assert lint(linter, npm, tmp_path, **documents).strip() == ""


@pytest.mark.parametrize(
    ("linter", "problems"),
    [
        ("redocly", ["info-license", "no-invalid-media-type-examples"]),
        ("spectral", ["info-contact", "oas3-valid-media-example"]),
        ("swagger-parser", ["title"]),
    ],
)
def test_a_linter_finds_planted_problems(
    linter: str, problems: list[str], npm: Install, tmp_path: Path
) -> None:
    openapi = document(URL)
    for name in ("contact", "license", "title"):
        del openapi["info"][name]
    operation = openapi["paths"]["/contacts"]["get"]
    operation["responses"]["200"]["content"]["application/json"]["example"]["data"][0]["id"] = 7
    output = lint(linter, npm, tmp_path, planted=openapi)
    assert [problem for problem in problems if problem not in output] == []
