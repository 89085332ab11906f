"""Run tests/contract through Stoplight's Prism, which validates against the strict document.

``prism proxy --errors`` responds in the server's place if a request or a response is invalid.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.contract.openapi.document import document

if TYPE_CHECKING:
    from tests.external.conftest import Install

pytestmark = [pytest.mark.external, pytest.mark.timeout(900)]
ROOT = Path(__file__).parents[2]
#: Without the tests of the fidelity table: they list headers, and Prism adds some.
CONTRACT_TESTS = ("tests/contract", "--ignore=tests/contract/fidelity")


def run_through_prism(
    npm: Install, folder: Path, openapi: dict[str, Any], *tests: str
) -> subprocess.CompletedProcess[str]:
    """Run tests through Prism, which validates against a document."""
    (folder / "document.json").write_text(json.dumps(openapi))
    prism = npm("@stoplight/prism-cli@5") / "node_modules/.bin/prism"
    command = [sys.executable, "-m", "pytest", *tests, "-p", "tests.external.prism", "--tb=line"]
    options = ["--prism", str(prism), "--prism-document", str(folder / "document.json")]
    return subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, timeout=800
    )


def test_the_contract_tests_pass_through_prism(npm: Install, tmp_path: Path) -> None:
    result = run_through_prism(
        npm, tmp_path, document("http://127.0.0.1/v1", strict=True), *CONTRACT_TESTS
    )
    assert result.returncode == 0, result.stdout
    match = re.search(r"Prism: (\d+) passed, (\d+) refused by both", result.stdout)
    assert match is not None, result.stdout
    passed, refused = map(int, match.groups())
    assert passed > 5000
    assert refused > 500


def test_prism_finds_an_undocumented_response(npm: Install, tmp_path: Path) -> None:
    openapi = document("http://127.0.0.1/v1", strict=True)
    openapi["components"]["schemas"]["Message"]["properties"]["read_at"]["type"] = "string"
    result = run_through_prism(npm, tmp_path, openapi, "tests/contract/test_examples.py")
    assert result.returncode == 1, result.stdout
    failed = re.findall(r"Violation: (\w+ /v1/\w+).* read_at must be string", result.stdout)
    assert set(failed) == {"GET /v1/messages", "POST /v1/messages", "PUT /v1/messages"}


def test_prism_finds_a_forbidden_request(npm: Install, tmp_path: Path) -> None:
    openapi = document("http://127.0.0.1/v1", strict=True)
    openapi["components"]["schemas"]["ContactCreate"]["properties"]["username"]["maxLength"] = 3
    result = run_through_prism(npm, tmp_path, openapi, "tests/contract/test_examples.py")
    assert result.returncode == 1, result.stdout
    assert (
        re.findall(r"Violation: (.*) is accepted \(201\)", result.stdout)[0] == "POST /v1/contacts"
    )
