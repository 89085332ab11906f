"""Clients generated from the document call every operation, and get the expected results."""

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
#: Errors that only a fault causes, each once. Not 421: Node's fetch retries it (Fetch,
#: "HTTP-network-or-cache fetch").
FAULT_STATUSES = (413, 415, 429, 500, 503)
ERROR = ["documentation_url", "message", "type"]
Report = dict[str, Any]
Run = Callable[["Client"], Report]


def expected_report(client: Client) -> Report:
    """Return the report that every client must give; our own client counts the objects."""
    paths = ("contacts", "conversations", "groups", "messages", "attachments")
    counts = {path: len(client.walk(f"/v1/{path}")) for path in paths}
    statuses = (400, 401, 404, 409, *FAULT_STATUSES)
    return {
        "walked": {path: [count, count - 1, count - 1] for path, count in counts.items()},
        "created": ["Buzz", "Buzz", True, "plan.txt", 7, True],
        "updated": ["B", "Up", True, [{"joy": ["Buzz"]}], "b.txt"],
        "retrieved": ["B", "Up", True, "Well?", "text/plain"],
        "deleted": [404, "invalid_request", ERROR],
        "refused": [
            [status, "api_error" if status >= 500 else "invalid_request", ERROR]
            for status in statuses
        ],
    }


def set_up(client: Client, *, schema_drift: bool) -> None:
    """Inject errors for one group, and with ``schema_drift`` unknown attributes everywhere else."""
    rules: list[Any] = [
        {
            "match": {"operation": "groups.update", "path": "/v1/groups/l7cGNIBKZiNJ6wqF"},
            "times": 1,
            "fault": {"type": "error", "status": status, "retry_after": 1},
        }
        for status in FAULT_STATUSES
    ]
    if schema_drift:
        rules.append({"fault": {"type": "schema_drift"}})
    response = client.put("/_sandbox/faults", json={"data": rules})
    assert response.status == 200, response.data


def run_script(client: Client, command: list[str], folder: Path, **variables: str) -> Report:
    """Run a client script and return the report that it prints."""
    address = {"PROTOCOL_API_BASE_URL": f"{client.url}/v1", "MOCKSERVER_TOKEN": client.token}
    result = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **address, **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    report: Report = json.loads(result.stdout)
    return report


def write_document(folder: Path) -> None:
    """Write the published document as openapi.json."""
    (folder / "openapi.json").write_text(json.dumps(document("http://127.0.0.1:4242")))


@pytest.fixture(scope="session")
def openapi_generator(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A Python client by openapi-generator (PyPI: openapi-generator-cli, with the jar)."""
    folder = tmp_path_factory.mktemp("openapi-generator")
    # By default it generates closed objects (docs/generators/python.md).
    options = "packageName=protocol_client,disallowAdditionalPropertiesIfNotPresent=false"
    write_document(folder)
    run(
        folder,
        *(Path(sys.executable).with_name("openapi-generator-cli"), "generate", "-g", "python"),
        *("-i", "openapi.json", "-o", "client", f"--additional-properties={options}"),
    )
    script = [sys.executable, str(CLIENTS / "openapi_generator.py")]
    return lambda client: run_script(client, script, folder, PYTHONPATH=str(folder / "client"))


def typescript(folder: Path, npm: Path, script: str) -> Run:
    """Type-check one of our scripts by tsc --strict, build it, and return its runner."""
    (folder / "node_modules").symlink_to(npm / "node_modules")
    (folder / "package.json").write_text('{"type": "module"}')
    for name in ("helpers.ts", script):
        shutil.copy(CLIENTS / name, folder)
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
    return lambda client: run_script(client, ["node", "built.mjs"], folder)


TYPESCRIPT = ("typescript@5", "@types/node@20", "esbuild@0")


@pytest.fixture(scope="session")
def openapi_fetch(tmp_path_factory: pytest.TempPathFactory, npm: Install) -> Run:
    """A TypeScript client by openapi-typescript and openapi-fetch (npm)."""
    folder = tmp_path_factory.mktemp("openapi-fetch")
    installed = npm("openapi-typescript@7", "openapi-fetch@0", *TYPESCRIPT)
    write_document(folder)
    program = installed / "node_modules/.bin/openapi-typescript"
    run(folder, program, "openapi.json", "-o", "schema.d.ts")
    return typescript(folder, installed, "openapi_fetch.ts")


@pytest.fixture(scope="session")
def hey_api(tmp_path_factory: pytest.TempPathFactory, npm: Install) -> Run:
    """A TypeScript client by @hey-api/openapi-ts (npm); versions after 0.95 need Node 22."""
    folder = tmp_path_factory.mktemp("hey-api")
    installed = npm("@hey-api/openapi-ts@0.95", *TYPESCRIPT)
    write_document(folder)
    run(folder, installed / "node_modules/.bin/openapi-ts", "-i", "openapi.json", "-o", "client")
    return typescript(folder, installed, "hey_api.ts")


def run(folder: Path, *command: Path | str) -> None:
    """Run a tool in a folder, and check that it succeeds."""
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("generator", ["openapi_generator", "openapi_fetch", "hey_api"])
@pytest.mark.parametrize("schema_drift", [False, True], ids=["documented", "schema_drift"])
def test_a_generated_client_calls_every_operation(
    generator: str, client: Client, request: pytest.FixtureRequest, schema_drift: bool
) -> None:
    run_client: Run = request.getfixturevalue(generator)
    expected = expected_report(client)
    set_up(client, schema_drift=schema_drift)
    assert run_client(client) == expected
