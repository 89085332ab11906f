"""Clients generated from the document for generators work, without workarounds.

The programs in ``clients/`` use them, and each prints a report as JSON.
"""

from __future__ import annotations

import json
import os
import shutil
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.contract.openapi.sdk import sdk_document
from tests.external.commands import run

if TYPE_CHECKING:
    from tests.conftest import Client
    from tests.external.conftest import Install

pytestmark = [pytest.mark.external, pytest.mark.timeout(600)]
PROGRAMS = Path(__file__).with_name("clients")
GENERATE = "openapi-generator-cli generate -i sdk.json -o client -g"


def typescript(program: str) -> list[str]:
    """Return the commands that check a program's types, build it and run it."""
    checks = "--strict --noEmit --target es2022 --module esnext --moduleResolution bundler"
    build = "--bundle --packages=external --platform=node --format=esm --outfile=built.mjs"
    return [
        f"tsc {checks} --types node --skipLibCheck --allowImportingTsExtensions {program}",
        f"esbuild {program} {build} --log-level=warning",
        "node built.mjs",
    ]


#: The commands that generate and build each client, and last the one that runs the program.
CLIENTS: dict[str, list[str]] = {
    "python": [
        f"{GENERATE} python --additional-properties=packageName=protocol_client",
        "python openapi_generator.py",
    ],
    "ruby": [f"{GENERATE} ruby", "ruby -I client/lib ruby.rb"],
    "java": [
        # By default, an update empties the arrays that it does not set. JsonNullable is in no
        # package of Debian.
        f"{GENERATE} java --library native"
        " --additional-properties=containerDefaultToNull=true,openApiNullable=false",
        "javac -nowarn -sourcepath client/src/main/java -d . Client.java",
        "java Client",
    ],
    "go": [
        # By default, the client rejects new attributes.
        f"{GENERATE} go --additional-properties=disallowAdditionalPropertiesIfNotPresent=false",
        "go build -mod=mod -o main",
        "./main",
    ],
    "typescript-fetch": [f"{GENERATE} typescript-fetch", *typescript("typescript_fetch.ts")],
    "typescript-axios": [f"{GENERATE} typescript-axios", *typescript("typescript_axios.ts")],
    "openapi-python-client": [
        "openapi-python-client generate --path sdk.json --output-path client",
        "python openapi_python_client.py",
    ],
    "openapi-fetch": [
        "openapi-typescript sdk.json -o schema.d.ts",
        *typescript("openapi_fetch.ts"),
    ],
    "hey-api": ["openapi-ts -i sdk.json -o client", *typescript("hey_api.ts")],
    "orval": ["orval", *typescript("orval.ts")],
}
#: Versions of hey-api after 0.95 need Node 22.
PACKAGES = (
    *("typescript@5", "@types/node@20", "esbuild@0", "axios@1", "orval@7"),
    *("openapi-typescript@7", "openapi-fetch@0", "@hey-api/openapi-ts@0.95"),
)
#: The Java client's libraries from Debian's libhttpmime-java, besides the generator's own Jackson.
JARS = [
    *(
        f"/usr/share/java/{name}.jar"
        for name in ("httpmime", "httpcore", "httpclient", "commons-logging")
    ),
    "/usr/share/java/geronimo-annotation-1.3-spec.jar",
]
#: Clients whose program calls every operation.
COMPLETE = {"python", "openapi-fetch", "hey-api"}
#: Errors that only a fault causes, each once. Not 421: Node's fetch retries it (Fetch,
#: "HTTP-network-or-cache fetch").
FAULT_STATUSES = (413, 415, 429, 500, 503)
ERROR = ["documentation_url", "message", "type"]
Report = dict[str, Any]


def short_report(client: Client) -> Report:
    """Return the report of a program that pages, creates, updates, uploads, deletes and fails."""
    return {
        "walked": len(client.walk("/v1/contacts")),
        "created": ["Buzz", "plan.txt", 7],
        "updated": [True, [{"joy": ["Buzz"]}]],
        "error": [404, "invalid_request"],
    }


def complete_report(client: Client) -> Report:
    """Return the report of a program that calls every operation."""
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


#: Code whose libraries cannot be had: a file, and what it contains.
UNBUILT = {
    "kotlin": (
        "src/main/kotlin/org/openapitools/client/models/MessageUpdate.kt",
        "val reactions: kotlin.collections.List<kotlin.collections.Map<kotlin.String, "
        "kotlin.collections.List<kotlin.String>>>? = null",
    ),
    "rust": (
        "src/models/message_update.rs",
        "pub reactions: Option<Vec<std::collections::HashMap<String, Vec<String>>>>",
    ),
    "java": (  # with okhttp
        "src/main/java/org/openapitools/client/api/AttachmentsApi.java",
        'localVarContentTypes = {\n            "multipart/form-data"\n        };',
    ),
}


@pytest.mark.parametrize("generator", UNBUILT)
def test_code_that_is_not_built_has_the_right_types(generator: str, tmp_path: Path) -> None:
    (tmp_path / "sdk.json").write_text(json.dumps(sdk_document("http://127.0.0.1:4242")))
    run(f"{GENERATE} {generator}", tmp_path)
    file, text = UNBUILT[generator]
    assert text in (tmp_path / "client" / file).read_text()


@pytest.mark.parametrize("generator", CLIENTS)
def test_a_generated_client_works(
    generator: str, client: Client, npm: Install, tmp_path: Path
) -> None:
    *build, program = CLIENTS[generator]
    folder = tmp_path / "sdk"
    shutil.copytree(PROGRAMS, folder)
    (folder / "sdk.json").write_text(json.dumps(sdk_document(client.url)))
    if program == "node built.mjs":
        (folder / "node_modules").symlink_to(npm(*PACKAGES) / "node_modules")
        (folder / "package.json").write_text('{"type": "module"}')
    jackson = files("openapi_generator_cli") / "openapi-generator.jar"
    environment = {
        "PYTHONPATH": "client",
        "CLASSPATH": os.pathsep.join([".", str(jackson), *JARS]),
        "PROTOCOL_API_BASE_URL": f"{client.url}/v1",
        "MOCKSERVER_TOKEN": client.token,
    }
    for command in build:
        run(command, folder, environment)
    expected = (complete_report if generator in COMPLETE else short_report)(client)
    for schema_drift in (False, True):
        assert client.post("/_sandbox/reset", json={}).status == 200
        set_up(client, schema_drift=schema_drift)
        assert json.loads(run(program, folder, environment)) == expected
