"""Collections imported from the document for generators: Postman's, run by newman, and Bruno's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.contract.openapi.sdk import sdk_document
from mockserver.resources.registry import ResourceRegistry
from tests.external.commands import run

if TYPE_CHECKING:
    from tests.conftest import Client
    from tests.external.conftest import Install

pytestmark = [pytest.mark.external, pytest.mark.timeout(600)]
POSTMAN_OPTIONS = "parametersResolution=Example,enableOptionalParameters=false"
SUCCESSES = {"GET": 200, "POST": 201, "PUT": 200, "DELETE": 204}


def requests(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the requests in the folders of a Postman collection."""
    for item in items:
        if "item" in item:
            yield from requests(item["item"])
        else:
            yield item["request"]


def import_to_postman(folder: Path) -> None:
    """Import the document, choose the file to upload, and select two parameters of paging."""
    run(f"openapi2postmanv2 -s sdk.json -o collection.json -O {POSTMAN_OPTIONS}", folder)
    collection = json.loads((folder / "collection.json").read_text())
    for request in requests(collection["item"]):
        if request.get("body", {}).get("mode") == "formdata":
            (folder / "plan.txt").write_text("Up")
            request["body"]["formdata"][0]["src"] = "plan.txt"
        for parameter in request["url"]["query"]:
            parameter["disabled"] = parameter["key"] not in ("limit", "starting_after")
    (folder / "collection.json").write_text(json.dumps(collection))


def import_to_bruno(folder: Path) -> None:
    """Import the document, and add two parameters of paging to the URLs of the lists."""
    run("bru import openapi --source sdk.json --output collection", folder)
    for file in (folder / "collection").glob("*/List *.yml"):
        text = file.read_text()
        [cursor] = set(re.findall(r"name: starting_after\s+value: (\w+)", text))
        url = f'{{{{baseUrl}}}}/{file.parent.name}"'
        paging = f'{url[:-1]}?limit=10&starting_after={cursor}"'
        file.write_text(text.replace(url, paging, 1))


#: The npm packages of each tool, its import, and the command that runs the collection.
TOOLS: dict[str, tuple[tuple[str, ...], Callable[[Path], None], str]] = {
    "newman": (
        ("newman@6", "openapi-to-postmanv2@6"),
        import_to_postman,
        "newman run collection.json --env-var bearerToken={token}",
    ),
    "bruno": (
        ("@usebruno/cli@4",),
        import_to_bruno,
        "sh -c 'cd collection && bru run -r --env \"This sandbox\" --env-var token={token}'",
    ),
}


@pytest.mark.parametrize("tool", TOOLS)
def test_each_request_of_a_collection_succeeds_once(
    tool: str, npm: Install, client: Client, tmp_path: Path
) -> None:
    packages, import_document, command = TOOLS[tool]
    (tmp_path / "node_modules").symlink_to(npm(*packages) / "node_modules")
    (tmp_path / "sdk.json").write_text(json.dumps(sdk_document(client.url)))
    import_document(tmp_path)
    operations = ResourceRegistry().operations
    first = {name: SUCCESSES[method] for name, method in operations.items()}
    deleted = (".retrieve", ".update", ".delete")
    second = {name: 404 if name.endswith(deleted) else first[name] for name in operations}
    for expected in (first, second):
        client.delete("/_sandbox/requests", json={})
        run(command.format(token=client.token), tmp_path, check=False)
        journal = client.get("/_sandbox/requests").json["data"]
        assert {entry["operation"]: entry["status"] for entry in journal} == expected
        queries = [entry["query"] for entry in journal if entry["operation"].endswith(".list")]
        assert [list(query) for query in queries] == [["limit", "starting_after"]] * 5
