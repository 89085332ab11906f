"""Schemathesis holds the server to the strict document, with all checks and phases (PyPI:
schemathesis)."""

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
TOKEN = "judge"
JSON = "application/json"

#: What is not asked, and why.
ALWAYS = {
    "positive_data_acceptance": "no schema can say that a cursor, or the id of a contact in a "
    "body, must be that of an object that is there: the reference makes others a 400",
    "ensure_resource_availability": "what was just created may be gone with another: an attachment "
    "with its message, a conversation with its contact",
}
IN_FORMS = {
    "negative_data_rejection": "a form has texts only, so the number 0 in the place of a boolean "
    "is the same bytes as false",
}


def json_only(shown: dict[str, Any]) -> dict[str, Any]:
    """The document without forms."""
    for path in shown["paths"].values():
        for method in ("post", "put"):
            if method in path:
                content = path[method]["requestBody"]["content"]
                path[method]["requestBody"]["content"] = {JSON: content[JSON]}
    return shown


def judged(url: str, shown: dict[str, Any], seed: int, folder: Path, *left_out: str) -> str:
    """What Schemathesis prints where it finds anything."""
    (folder / "document.json").write_text(json.dumps(shown))
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("schemathesis"), "run", "document.json"),
            *("--url", f"{url}/v1", "--header", f"Authorization: Bearer {TOKEN}"),
            *("--checks", "all", "--exclude-checks", ",".join(left_out)),
            *("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "8"),
            *("--seed", str(seed), "--suppress-health-check", "all", "--no-color"),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.fixture
def server(serve: Callable[..., Server]) -> Server:
    """One that takes one token only, so that other credentials are seen to be refused."""
    return serve(Settings(token=(TOKEN,)))


@pytest.mark.parametrize("seed", range(1, 6))
def test_it_finds_nothing(server: Server, seed: int, tmp_path: Path) -> None:
    strict = document(server.url, strict=True)
    assert judged(server.url, strict, seed, tmp_path, *ALWAYS, *IN_FORMS) == ""
    assert judged(server.url, json_only(strict), seed, tmp_path, *ALWAYS) == ""


def test_it_would_find_what_is_wrong(server: Server, tmp_path: Path) -> None:
    strict = document(server.url, strict=True)
    # As if the server answered what is not told.
    strict["components"]["schemas"]["Contact"]["properties"]["created_at"] = {"type": "string"}
    told = judged(server.url, json_only(strict), 1, tmp_path, *ALWAYS)
    assert "Response violates schema" in told
    assert "created_at" in told
