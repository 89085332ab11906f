"""Stoplight's Prism stands before the server while all that tests/contract does goes through it.

``prism proxy --errors`` answers in the server's place wherever a request or an answer is not as
the strict document says.
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


def judged(
    npm: Install, folder: Path, shown: dict[str, Any], *tests: str
) -> subprocess.CompletedProcess[str]:
    """A run of these tests through Prism, which judges by ``shown``."""
    (folder / "document.json").write_text(json.dumps(shown))
    prism = npm("@stoplight/prism-cli@5") / "node_modules/.bin/prism"
    command = [sys.executable, "-m", "pytest", *tests, "-p", "tests.external.prism", "--tb=line"]
    options = ["--prism", str(prism), "--prism-document", str(folder / "document.json")]
    return subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, timeout=800
    )


def test_the_scenarios_and_examples_run_through_it_without_a_violation(
    npm: Install, tmp_path: Path
) -> None:
    done = judged(npm, tmp_path, document("http://127.0.0.1/v1", strict=True), "tests/contract")
    assert done.returncode == 0, done.stdout
    told = re.search(r"Prism: (\d+) passed, (\d+) refused by both", done.stdout)
    assert told is not None, done.stdout
    passed, refused = map(int, told.groups())
    assert passed > 5000
    assert refused > 500


def test_it_would_find_an_answer_that_is_not_as_documented(npm: Install, tmp_path: Path) -> None:
    shown = document("http://127.0.0.1/v1", strict=True)
    shown["components"]["schemas"]["Message"]["properties"]["read_at"]["type"] = "string"
    done = judged(npm, tmp_path, shown, "tests/contract/test_examples.py")
    assert done.returncode == 1, done.stdout
    failed = re.findall(r"Violation: (\w+ /v1/\w+).* read_at must be string", done.stdout)
    assert set(failed) == {"GET /v1/messages", "POST /v1/messages", "PUT /v1/messages"}


def test_it_would_find_a_request_that_the_document_forbids(npm: Install, tmp_path: Path) -> None:
    shown = document("http://127.0.0.1/v1", strict=True)
    shown["components"]["schemas"]["ContactCreate"]["properties"]["username"]["maxLength"] = 3
    done = judged(npm, tmp_path, shown, "tests/contract/test_examples.py")
    assert done.returncode == 1, done.stdout
    assert re.findall(r"Violation: (.*) is taken \(201\)", done.stdout)[0] == "POST /v1/contacts"
