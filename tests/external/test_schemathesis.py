"""Test the server against the strict document with Schemathesis, all checks and phases."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockserver.contract.openapi.document import document
from mockserver.server import Server
from mockserver.settings import Settings

pytestmark = [pytest.mark.external, pytest.mark.timeout(600)]
TOKEN = "schemathesis"
JSON = "application/json"

#: Checks that are left out, and why.
ALWAYS = {
    "positive_data_acceptance": "no schema can say that a cursor, or the id of a contact in a "
    "body, must be that of an existing object: the reference requires 400 for others",
    "ensure_resource_availability": "an object may be deleted with another: an attachment with its "
    "message, a conversation with its contact",
}
IN_FORMS = {
    "negative_data_rejection": "a form has only strings, so the number 0 instead of a boolean "
    "is the same bytes as false",
}


def json_only(openapi: dict[str, Any]) -> dict[str, Any]:
    """Remove the forms from a document, and return it."""
    for path in openapi["paths"].values():
        for method in ("post", "put"):
            if method in path:
                content = path[method]["requestBody"]["content"]
                path[method]["requestBody"]["content"] = {JSON: content[JSON]}
    return openapi


def run_schemathesis(
    url: str, openapi: dict[str, Any], seed: int, folder: Path, *excluded: str
) -> str:
    """Return what Schemathesis prints if it finds a violation, else an empty string."""
    (folder / "document.json").write_text(json.dumps(openapi))
    result = subprocess.run(
        [
            *(Path(sys.executable).with_name("schemathesis"), "run", "document.json"),
            *("--url", f"{url}/v1", "--header", f"Authorization: Bearer {TOKEN}"),
            *("--checks", "all", "--exclude-checks", ",".join(excluded)),
            *("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "8"),
            *("--seed", str(seed), "--suppress-health-check", "all", "--no-color"),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
    )
    return "" if result.returncode == 0 else result.stdout + result.stderr


@pytest.fixture
def server(serve: Callable[..., Server]) -> Server:
    """A server that accepts one token only, so that others are refused."""
    return serve(Settings(token=(TOKEN,)))


@pytest.mark.parametrize("seed", range(1, 6))
def test_schemathesis_finds_no_violation(server: Server, seed: int, tmp_path: Path) -> None:
    strict = document(server.url, strict=True)
    assert run_schemathesis(server.url, strict, seed, tmp_path, *ALWAYS, *IN_FORMS) == ""
    assert run_schemathesis(server.url, json_only(strict), seed, tmp_path, *ALWAYS) == ""


def test_schemathesis_finds_an_undocumented_type(server: Server, tmp_path: Path) -> None:
    strict = document(server.url, strict=True)
    # Simulate a server that returns another type than the documented one.
    strict["components"]["schemas"]["Contact"]["properties"]["created_at"] = {"type": "string"}
    output = run_schemathesis(server.url, json_only(strict), 1, tmp_path, *ALWAYS)
    assert "Response violates schema" in output
    assert "created_at" in output
