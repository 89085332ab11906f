"""Clients that nobody here wrote, generated from the document, do all that the API can."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.contract.openapi.document import document

if TYPE_CHECKING:
    from tests.conftest import Client
    from tests.external.conftest import Install

pytestmark = [pytest.mark.external, pytest.mark.timeout(600)]
CLIENTS = Path(__file__).with_name("clients")
#: What only a bad day brings, each once. Not 421: to that, Node's fetch asks again (Fetch,
#: "HTTP-network-or-cache fetch").
BAD_DAYS = (413, 415, 429, 500, 503)
ERROR = ["documentation_url", "message", "type"]
Report = dict[str, Any]
Run = Callable[["Client"], Report]


def expected(client: Client) -> Report:
    """What every client shall tell; the counts by a walk of our own."""
    paths = ("contacts", "conversations", "groups", "messages", "attachments")
    counts = {path: len(client.walk(f"/v1/{path}")) for path in paths}
    statuses = (400, 401, 404, 409, *BAD_DAYS)
    return {
        "walked": {path: [count, count - 1, count - 1] for path, count in counts.items()},
        "created": ["Buzz", "Buzz", True, "plan.txt", 7, True],
        "updated": ["B", "Up", True, [{"joy": ["Buzz"]}], "b.txt"],
        "retrieved": ["B", "Up", True, "Well?", "text/plain"],
        "deleted": [404, "invalid_request", ERROR],
        "refused": [
            [each, "api_error" if each >= 500 else "invalid_request", ERROR] for each in statuses
        ],
    }


def set_up(client: Client, *, tomorrow: bool) -> None:
    """Bad days for one group, and with ``tomorrow`` unknown attributes wherever else one looks."""
    rules: list[Any] = [
        {
            "match": {"operation": "groups.update", "path": "/v1/groups/l7cGNIBKZiNJ6wqF"},
            "times": 1,
            "fault": {"type": "error", "status": status, "retry_after": 1},
        }
        for status in BAD_DAYS
    ]
    if tomorrow:
        rules.append({"fault": {"type": "schema_drift"}})
    answer = client.put("/_sandbox/faults", json={"data": rules})
    assert answer.status == 200, answer.data


def told(client: Client, command: list[str], folder: Path, **variables: str) -> Report:
    """What a script prints, which finds the API as a user's would."""
    found = {"PROTOCOL_API_BASE_URL": f"{client.url}/v1", "MOCKSERVER_TOKEN": client.token}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **found, **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report: Report = json.loads(done.stdout)
    return report


def written(folder: Path) -> None:
    """The published document, as openapi.json."""
    (folder / "openapi.json").write_text(json.dumps(document("http://127.0.0.1:4242")))


@pytest.fixture(scope="session")
def openapi_generator(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Python, by openapi-generator (PyPI: openapi-generator-cli, which brings the jar)."""
    folder = tmp_path_factory.mktemp("openapi-generator")
    # Without this option it takes every object for closed (its docs/generators/python.md).
    options = "packageName=protocol_client,disallowAdditionalPropertiesIfNotPresent=false"
    written(folder)
    run(
        folder,
        *(Path(sys.executable).with_name("openapi-generator-cli"), "generate", "-g", "python"),
        *("-i", "openapi.json", "-o", "client", f"--additional-properties={options}"),
    )
    script = [sys.executable, str(CLIENTS / "generated.py")]
    return lambda client: told(client, script, folder, PYTHONPATH=str(folder / "client"))


def typescript(folder: Path, npm: Path, script: str) -> Run:
    """A script of ours, type-checked in ``folder`` by tsc --strict, and run by Node."""
    (folder / "node_modules").symlink_to(npm / "node_modules")
    (folder / "package.json").write_text('{"type": "module"}')
    for each in ("twin.ts", script):
        shutil.copy(CLIENTS / each, folder)
    run(
        folder,
        *(npm / "node_modules/.bin/tsc", "--strict", "--noEmit", "--target", "es2022"),
        *("--module", "esnext", "--moduleResolution", "bundler", "--types", "node"),
        *("--skipLibCheck", "--allowImportingTsExtensions", script),
    )
    run(
        folder,
        *(npm / "node_modules/.bin/esbuild", script, "--bundle", "--platform=node"),
        *("--format=esm", "--outfile=built.mjs", "--log-level=warning"),
    )
    return lambda client: told(client, ["node", "built.mjs"], folder)


TYPESCRIPT = ("typescript@5", "@types/node@20", "esbuild@0")


@pytest.fixture(scope="session")
def openapi_fetch(tmp_path_factory: pytest.TempPathFactory, npm: Install) -> Run:
    """TypeScript, by openapi-typescript and openapi-fetch (npm)."""
    folder = tmp_path_factory.mktemp("openapi-fetch")
    installed = npm("openapi-typescript@7", "openapi-fetch@0", *TYPESCRIPT)
    written(folder)
    program = installed / "node_modules/.bin/openapi-typescript"
    run(folder, program, "openapi.json", "-o", "schema.d.ts")
    return typescript(folder, installed, "fetched.ts")


@pytest.fixture(scope="session")
def hey_api(tmp_path_factory: pytest.TempPathFactory, npm: Install) -> Run:
    """TypeScript, by @hey-api/openapi-ts (npm); later versions than 0.95 want Node 22."""
    folder = tmp_path_factory.mktemp("hey-api")
    installed = npm("@hey-api/openapi-ts@0.95", *TYPESCRIPT)
    written(folder)
    run(folder, installed / "node_modules/.bin/openapi-ts", "-i", "openapi.json", "-o", "client")
    return typescript(folder, installed, "hey.ts")


def run(folder: Path, *words: Path | str) -> None:
    """Run a tool in ``folder``; it must succeed."""
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("generator", ["openapi_generator", "openapi_fetch", "hey_api"])
@pytest.mark.parametrize("tomorrow", [False, True], ids=["today", "tomorrow"])
def test_it_does_all_that_the_api_can(
    generator: str, client: Client, request: pytest.FixtureRequest, tomorrow: bool
) -> None:
    do: Run = request.getfixturevalue(generator)
    wanted = expected(client)
    set_up(client, tomorrow=tomorrow)
    assert do(client) == wanted
